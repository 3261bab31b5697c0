import type { Notice } from '../../shared/bridge.ts';
import type { NativeWords } from '../native-words.ts';
import type { CacheCall, CacheCalls, CacheMessage, CacheNotice, Question } from './calls.ts';

/** A process with the cache in it. */
export interface CacheChild {
  postMessage(message: Question): void;
  onMessage(listener: (message: CacheMessage) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}

interface ClientDeps {
  fork: () => CacheChild;
  notice: (notice: Notice) => void;
  words: () => NativeWords;
  /** the process was started again, and has forgotten what it had not written */
  reopened: () => void;
  now: () => number;
}

/** The cache said no, and why. */
export class CacheRefused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A process that dies more often than this, within `restartsWithin` ms, is left alone. */
const mostRestarts = 3;
const restartsWithin = 300_000;

/**
 * Main's side of the cache: one process, one account, whoever asks. A process that dies is started again and given the
 * account it had; what it had not written yet is asked for again, like anything else that is missing.
 */
export class CacheClient {
  #deps: ClientDeps;
  #child: CacheChild | undefined;
  #opened: CacheCalls['open']['input'] | undefined;
  #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #next = 1;
  #deaths: number[] = [];

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  /** Whether an account's cache is open. */
  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  async open(input: CacheCalls['open']['input']): Promise<CacheCalls['open']['output']> {
    this.#child ??= this.#fork();
    this.#opened = undefined;
    const answer = await this.#ask('open', input);
    this.#opened = input;
    return answer;
  }

  /** Closes the account's cache; `remove`: and takes it off the disk. */
  async close(remove: boolean): Promise<void> {
    if (this.#child === undefined) return;
    this.#opened = undefined;
    await this.#ask('close', { remove });
  }

  /** Rejects with CacheRefused when the cache cannot, or is not there. */
  call<C extends Exclude<CacheCall, 'open' | 'close'>>(
    name: C,
    input: CacheCalls[C]['input'],
  ): Promise<CacheCalls[C]['output']> {
    if (this.#opened === undefined) return Promise.reject(new CacheRefused('NotOpen', 'there is no local cache now'));
    return this.#ask(name, input);
  }

  /** Writes what is in memory and ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#opened = undefined;
    await this.#ask('close', { remove: false }).catch(() => {});
    this.#child = undefined;
    child.kill();
  }

  #ask<C extends CacheCall>(call: C, input: CacheCalls[C]['input']): Promise<CacheCalls[C]['output']> {
    const child = this.#child;
    if (child === undefined) return Promise.reject(new CacheRefused('NotOpen', 'the process of the cache has ended'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      child.postMessage({ id, call, input });
    });
  }

  #fork(): CacheChild {
    const child = this.#deps.fork();
    child.onMessage((message) => {
      if ('notice' in message) {
        this.#deps.notice(inWords(message.notice, this.#deps.words()));
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.ok) waiting?.resolve(message.value);
      else waiting?.reject(new CacheRefused(message.error.name, message.error.message));
    });
    child.onExit((code) => {
      if (this.#child === child) this.#died(code);
    });
    return child;
  }

  #died(code: number): void {
    this.#child = undefined;
    for (const { reject } of this.#waiting.values()) reject(new CacheRefused('Died', `the cache ended with ${code}`));
    this.#waiting.clear();
    const opened = this.#opened;
    this.#opened = undefined;
    const now = this.#deps.now();
    const say = this.#deps.words().cache;
    this.#deaths = [...this.#deaths.filter((at) => now - at < restartsWithin), now];
    if (this.#deaths.length > mostRestarts) {
      this.#deps.notice({ key: 'cache-off', text: say.endedOften });
      return;
    }
    this.#deps.notice({ key: 'cache-died', text: say.startedAgain });
    if (opened !== undefined) {
      this.open(opened).then(this.#deps.reopened, (error: Error) => {
        this.#deps.notice({ key: 'cache-off', text: say.cannotOpen(error.message) });
      });
    }
  }
}

function inWords(notice: CacheNotice, { cache }: NativeWords): Notice {
  const { key } = notice;
  switch (key) {
    case 'clock':
      return { key, text: cache.clockBehind(notice.minutes) };
    case 'cache-damaged':
      return { key, text: notice.newer ? cache.newer : cache.damaged };
    case 'cache-full':
      return { key, text: cache.full };
    case 'cache-writes':
      return { key, text: cache.writes };
    case 'cache-piece':
      return { key, text: cache.piece };
  }
}
