import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Account, DeskState, Stretch, Thing } from '../shared/bridge.ts';
import type { Caller, Handlers } from './bridge-host.ts';
import { type CacheClient, CacheRefused } from './cache/client.ts';
import { fill, fillAll } from './cache/fill.ts';
import { DeskError } from './desk-error.ts';
import type { Feeder } from './feeder.ts';
import type { NativeWords } from './native-words.ts';
import type { NewsDesk } from './news-desk.ts';
import { styleOrigin } from './page-answers.ts';
import { readServerAddress } from './server-address.ts';
import { askDaemon, type SessionKeeper } from './session-keeper.ts';
import type { SettingsFile } from './settings.ts';
import type { TokenStore } from './token-store.ts';

interface DeskDeps {
  version: string;
  settings: SettingsFile;
  tokens: Pick<TokenStore, 'refusal'>;
  keeper: SessionKeeper;
  cache: CacheClient;
  /** a folder for each account's cache */
  cacheFolder: string;
  feeder: Feeder;
  news: NewsDesk;
  fetch: typeof fetch;
  /** in the language of the pages */
  words: () => NativeWords;
  /** what a screen is needed for */
  screen: {
    /** the language has become another one */
    speak(): void;
    /** asks whether what this computer has seen goes too; undefined: do not sign out */
    askRemoval(caller: Caller): Promise<'keep' | 'remove' | undefined>;
    notify(title: string, body: string, open: Thing | undefined): boolean;
    unread(alerts: number): void;
    /** begins every window's page anew, but this one's */
    reload(but: number | undefined): void;
  };
  now: () => number;
}

/** A break longer ago is filled when somebody opens the trail, ms. */
const longestBreak = 24 * 3_600_000;
/** After a full disk the page is asked to begin again, ms. */
const againAfter = 60_000;
const usualLimits = { days: 30, megabytes: 500 };

/** What the app does for its pages: session, cache, notes, notifications. Plain Node; Electron is behind `screen`. */
export class Desk {
  #deps: DeskDeps;
  /** how far the daemon's clock is ahead of ours, ms */
  #ahead = 0;
  #link: number | undefined;
  /** until when the daemon was heard before the present connection, UTC ms of its clock */
  #heardBefore: number | undefined;
  #heard: number | undefined;
  #filling = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** the cache is being opened: whoever asks it something meanwhile waits */
  #opening: Promise<void> = Promise.resolve();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /**
   * Begins to open the cache of whoever is signed in; windows need not wait for it, what they ask it waits. Never fails:
   * without a cache the console works as in a browser.
   */
  start(): void {
    const account = this.#account();
    if (account !== undefined) void this.#openCache(account);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#again);
    await this.#opening;
    await this.#deps.cache.stop();
  }

  /** The process of the cache was started again: what it had in memory only is told once more. */
  cacheReopened(): void {
    this.#deps.feeder.again();
  }

  readonly handlers: Handlers = {
    'desk.state': (_input, caller) => this.#state(caller),
    'desk.language': ({ language }) => {
      if (language !== this.#deps.settings.get().language) {
        this.#deps.settings.set({ language });
        this.#deps.screen.speak();
      }
      return undefined;
    },
    'server.set': async ({ address }) => {
      let server: string;
      try {
        server = readServerAddress(address);
      } catch (error) {
        throw new DeskError('input', (error as Error).message);
      }
      const mapOrigins = await this.#probe(server);
      if (server !== this.#deps.settings.get().server) {
        this.#deps.keeper.forget();
        await this.#closeCache(false);
        this.#deps.settings.set({ server, mapOrigins, account: undefined });
      }
      // The page's policy names the server, so every page begins anew.
      this.#deps.screen.reload(undefined);
      return { server };
    },
    'session.token': async () => ({ token: await this.#deps.keeper.token() }),
    'session.sign-in': async ({ login, password }, caller) =>
      this.#entered(await this.#deps.keeper.signIn(login, password), caller),
    'session.invitation': ({ secret }) => this.#deps.keeper.invitation(secret),
    'session.accept': async ({ secret, password }, caller) =>
      this.#entered(await this.#deps.keeper.accept(secret, password), caller),
    'session.sign-out': async ({ cache }, caller) => {
      const choice = cache === 'ask' ? await this.#deps.screen.askRemoval(caller) : cache;
      if (choice === undefined) return { signedOut: false };
      await this.#deps.keeper.signOut();
      await this.#closeCache(choice === 'remove');
      this.#deps.settings.set({ account: undefined });
      this.#deps.screen.reload(caller.id);
      return { signedOut: true };
    },
    'cache.picture': (input) => this.#ask('picture', input),
    'cache.feed': async (batch, caller) => {
      await this.#opening;
      if (!this.#deps.feeder.feeds(caller.id) || !this.#deps.cache.isOpen) return { taken: false };
      this.#ahead = batch.at - this.#deps.now();
      if (this.#link !== batch.link) {
        this.#link = batch.link;
        this.#heardBefore = this.#heard;
      } else if (this.#heardBefore !== undefined) {
        void this.#fillBreak({ from: Math.max(this.#heardBefore, batch.at - longestBreak), to: batch.at });
      }
      this.#heard = batch.at;
      try {
        await this.#deps.cache.call('take', batch);
        return { taken: true };
      } catch (error) {
        if (!(error instanceof CacheRefused) || error.name === 'RangeError') throw error;
        // Not written: the cache has said why. Later the page begins again with all it knows.
        this.#again ??= setTimeout(() => {
          this.#again = undefined;
          this.#deps.feeder.again();
        }, againAfter);
        return { taken: false };
      }
    },
    'cache.trail': (input) => this.#ask('trail', input),
    'cache.fill': async ({ vanId, from, to }) => {
      this.#needCache();
      return { points: await fill(this.#fillDeps(), vanId, { from, to }) };
    },
    'cache.search': (input) => this.#ask('search', input),
    'cache.open': (input) => this.#ask('find', input),
    'cache.facts': async () => {
      await this.#opening;
      return this.#deps.cache.isOpen
        ? this.#ask('facts', null)
        : { open: false, bytes: 0, points: 0, things: 0, asOf: undefined };
    },
    'notes.add': (input) => this.#ask('add-note', input),
    'notes.list': () => this.#ask('notes', null),
    'notes.remove': async (input) => ({ removed: await this.#ask('remove-note', input) }),
    'notify.show': ({ title, body, open }) => ({ shown: this.#deps.screen.notify(title, body, open) }),
    'tray.unread': ({ alerts }) => {
      this.#deps.screen.unread(alerts);
      return undefined;
    },
  };

  #state(caller: Caller): DeskState {
    const { version, settings, tokens, feeder, news, words } = this.#deps;
    const refusal = tokens.refusal();
    const signInNote = refusal === undefined ? undefined : words().signIn[refusal];
    feeder.opened(caller.id);
    return {
      version,
      server: settings.get().server,
      account: this.#account(),
      signInKept: signInNote === undefined ? 'safe' : 'memory',
      signInNote,
      feeds: feeder.feeds(caller.id),
      ...news.ready(caller.id),
    };
  }

  #account(): Account | undefined {
    return this.#deps.keeper.isSignedIn() ? this.#deps.settings.get().account : undefined;
  }

  async #entered(account: Account, caller: Caller): Promise<Account> {
    this.#deps.settings.set({ account });
    await this.#openCache(account);
    this.#deps.screen.reload(caller.id);
    return account;
  }

  #openCache(account: Account): Promise<void> {
    this.#opening = this.#opened(account);
    return this.#opening;
  }

  async #opened({ agency, subject }: Account): Promise<void> {
    const { server, cacheDays, cacheMegabytes } = this.#deps.settings.get();
    const name = createHash('sha256')
      .update(JSON.stringify([server, agency, subject]))
      .digest('hex')
      .slice(0, 32);
    this.#link = undefined;
    this.#heard = undefined;
    try {
      const { asOf } = await this.#deps.cache.open({
        folder: join(this.#deps.cacheFolder, name),
        limits: { days: cacheDays ?? usualLimits.days, megabytes: cacheMegabytes ?? usualLimits.megabytes },
      });
      this.#heard = asOf;
    } catch (error) {
      const text = this.#deps.words().cache.off((error as Error).message);
      this.#deps.news.notice({ key: 'cache-off', text });
    }
  }

  async #closeCache(remove: boolean): Promise<void> {
    await this.#opening;
    await this.#deps.cache.close(remove);
  }

  /** Whether a daemon is there; answers where its map comes from. */
  async #probe(server: string): Promise<string[]> {
    const answer = await askDaemon(this.#deps.fetch, `${server}/api/map`, { headers: { accept: 'application/json' } });
    const text = await answer.text();
    if (!/^\s*\{/.test(text) || !text.includes('"kind"')) {
      throw new DeskError('failed', `There is no Vantrail server at ${server}.`);
    }
    const origin = styleOrigin(text);
    return origin === undefined ? [] : [origin];
  }

  #needCache(): void {
    // What was seen belongs to whoever is signed in, also while the network is away.
    if (!this.#deps.keeper.isSignedIn()) throw new DeskError('sign-in-needed', 'Nobody is signed in.');
  }

  #ask: CacheClient['call'] = async (name, input) => {
    this.#needCache();
    await this.#opening;
    try {
      return await this.#deps.cache.call(name, input);
    } catch (error) {
      if (error instanceof CacheRefused) throw new DeskError('cache', error.message);
      throw error;
    }
  };

  #fillDeps() {
    const { cache, keeper, settings, fetch, now } = this.#deps;
    return {
      cache,
      now: () => now() + this.#ahead,
      read: async (path: string) => {
        const headers = { authorization: `Bearer ${await keeper.token()}` };
        const answer = await askDaemon(fetch, `${settings.get().server}${path}`, { headers });
        return new Uint8Array(await answer.arrayBuffer());
      },
    };
  }

  /** Once for a break: what the vans did meanwhile. */
  async #fillBreak(period: Stretch): Promise<void> {
    this.#heardBefore = undefined;
    if (this.#filling || period.from >= period.to) return;
    this.#filling = true;
    try {
      await fillAll(this.#fillDeps(), period, (vanId) => this.#deps.news.tellAll('filled', { vanId }));
    } catch {
      // The daemon is away again, or the cache: whoever opens a trail asks for what is missing then.
    } finally {
      this.#filling = false;
    }
  }
}
