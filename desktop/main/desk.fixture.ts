import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bridge, News, NewsName, Notice, Thing } from '../shared/bridge.ts';
import { bridgeHost } from './bridge-host.ts';
import type { CacheMessage } from './cache/calls.ts';
import { type CacheChild, CacheClient } from './cache/client.ts';
import { serveCache } from './cache/serve.ts';
import { Desk } from './desk.ts';
import { Feeder } from './feeder.ts';
import { appMenu, trayText } from './menu.ts';
import { nativeWords } from './native-words.ts';
import { NewsDesk } from './news-desk.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SettingsFile } from './settings.ts';
import { TokenStore } from './token-store.ts';

export const server = 'http://127.0.0.1:8080';

/** Everything that crosses a process goes through this: what Electron could not carry throws here too. */
const carried = <T>(message: T): T => structuredClone(message);

/** The process of the cache, in this one: messages are carried, `die` is kill -9. */
class CacheHere {
  children: { die: () => void }[] = [];
  #now: () => number;
  constructor(now: () => number) {
    this.#now = now;
  }
  fork = (): CacheChild => {
    let message: (message: CacheMessage) => void = () => {};
    let exit: (code: number) => void = () => {};
    let isAlive = true;
    const serving = serveCache({
      send: (sent) => queueMicrotask(() => isAlive && message(carried(sent))),
      now: this.#now,
    });
    const die = () => {
      isAlive = false;
      serving.stop();
      exit(9);
    };
    this.children.push({ die });
    return {
      postMessage: (question) => queueMicrotask(() => isAlive && serving.ask(carried(question))),
      onMessage: (listener) => {
        message = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
      kill: die,
    };
  };
}

export interface DeskBed {
  desk: Desk;
  cache: CacheClient;
  cacheHere: CacheHere;
  settings: SettingsFile;
  folder: string;
  /** a window's page: what it finds as `window.vantrail` */
  page(window: number, address?: string): Bridge;
  feeder: Feeder;
  news: NewsDesk;
  /** the daemon's answer to each path; throws: it is away */
  answers: { of: (path: string, init: RequestInit) => Response };
  asked: string[];
  reloads: (number | undefined)[];
  shown: { title: string; open: Thing | undefined }[];
  unread: number[];
  /** menu and tray, each time they are written anew */
  spoken: { file: string | undefined; tray: string }[];
  /** what the person chooses when signing out */
  choice: { of: 'keep' | 'remove' | undefined };
  failures: unknown[];
  notices: Notice[];
  clock: { now: number };
  remove(): Promise<void>;
}

/** The desktop app without Electron: all parts of main, pages behind a channel that carries like Electron's. */
export function makeDesk(now: number, folder = mkdtempSync(join(tmpdir(), 'vantrail-desk-'))): DeskBed {
  const clock = { now };
  const time = () => clock.now;
  const asked: string[] = [];
  const reloads: (number | undefined)[] = [];
  const shown: DeskBed['shown'] = [];
  const unread: number[] = [];
  const spoken: DeskBed['spoken'] = [];
  const words = () => nativeWords[settings.get().language ?? 'en'];
  const choice: DeskBed['choice'] = { of: 'keep' };
  const failures: unknown[] = [];
  const notices: Notice[] = [];
  const listeners = new Map<number, Map<NewsName, Set<(news: never) => void>>>();
  const answers: DeskBed['answers'] = {
    of: () => {
      throw new TypeError('fetch failed');
    },
  };
  const fetch = (async (address: string, init: RequestInit) => {
    asked.push(address.slice(server.length));
    return answers.of(address.slice(server.length), init);
  }) as unknown as typeof globalThis.fetch;

  const settings = new SettingsFile(join(folder, 'settings.json'));
  const safe = {
    isEncryptionAvailable: () => true,
    encryptString: (text: string) => Buffer.from(text),
    decryptString: (bytes: Buffer) => bytes.toString(),
  };
  const tokens = new TokenStore(join(folder, 'sign-in'), safe, 'win32');
  const news = new NewsDesk((window, name, what) => {
    for (const listener of listeners.get(window)?.get(name) ?? []) (listener as (news: unknown) => void)(carried(what));
  });
  const notice = (each: Notice) => {
    notices.push(each);
    news.notice(each);
  };
  const feeder = new Feeder((window) => news.tell(window, 'feeds', { feeds: true }));
  const keeper = new SessionKeeper({ fetch, tokens, server: () => settings.get().server, now: time });
  const cacheHere = new CacheHere(time);
  const cache = new CacheClient({
    fork: cacheHere.fork,
    notice,
    words,
    reopened: () => desk.cacheReopened(),
    now: time,
  });
  const desk = new Desk({
    version: '1.2.3',
    settings,
    tokens,
    keeper,
    cache,
    cacheFolder: join(folder, 'cache'),
    feeder,
    news,
    fetch,
    now: time,
    words,
    screen: {
      speak() {
        const nothing = () => {};
        const [first] = appMenu({
          platform: 'linux',
          words: words(),
          act: nothing,
          newWindow: nothing,
          about: nothing,
        });
        spoken.push({ file: first?.label, tray: trayText(2, words()) });
      },
      askRemoval: async () => choice.of,
      notify: (title, _body, open) => shown.push({ title, open }) > 0,
      unread: (alerts) => unread.push(alerts),
      reload: (but) => reloads.push(but),
    },
  });
  const host = bridgeHost(desk.handlers, (_name, error) => failures.push(error));
  return {
    ...{
      desk,
      cache,
      cacheHere,
      settings,
      folder,
      feeder,
      news,
      answers,
      asked,
      reloads,
      shown,
      unread,
      choice,
      spoken,
    },
    ...{ failures, notices, clock },
    page(window, address = 'app://vantrail/console/') {
      const own = new Map<NewsName, Set<(news: never) => void>>();
      listeners.set(window, own);
      return {
        call: async (name, input) =>
          carried(await host.call(name, carried(input), { id: window, address, isMainFrame: true })) as never,
        on<N extends NewsName>(name: N, listener: (news: News[N]) => void) {
          const all = own.get(name) ?? new Set();
          own.set(name, all.add(listener as (news: never) => void));
          return () => void all.delete(listener as (news: never) => void);
        },
      };
    },
    async remove() {
      await desk.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
