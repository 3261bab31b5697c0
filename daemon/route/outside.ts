import { Circuit, type CircuitOptions } from './circuit.ts';
import { RouteError } from './route-finder.ts';

export interface OutsideOptions {
  /** as the operator gave it; a path, a query (an API key) and user:password@ in it are kept */
  url: string;
  /** names us to the service */
  userAgent: string;
  /** ms after which an answer is given up */
  limitMs?: number;
  /** ms that a question waits for its turn at most */
  waitMs?: number;
  /** questions under way at once, and questions that wait for their turn at most */
  together?: number;
  waiting?: number;
  /** bytes of the longest answer that is read */
  mostBytes?: number;
  circuit?: CircuitOptions;
  fetch?: typeof fetch;
}

/** What an answer must look like: a compiled schema. */
interface Shape<T> {
  Check(value: unknown): value is T;
}

/** A question, and the shapes of its answer: the good one (2xx), and the one that says no (4xx). */
export interface Question<Good, No, Read> {
  path: string;
  query?: Readonly<Record<string, string>>;
  /** sent as JSON by POST; without it: GET */
  body?: unknown;
  good: Shape<Good>;
  no: Shape<No>;
  /** what the good answer means; throws where it means nothing */
  read: (good: Good) => Read;
}

export type Answer<Read, No> = { read: Read } | { no: No };

/**
 * A service outside that is asked over HTTP: a few questions at a time, each with a time limit, none for a while when it
 * fails, and nothing believed that has not the described shape. Rejects with a RouteError.
 */
export class Outside {
  readonly host: string;
  readonly #base: URL;
  readonly #headers: Record<string, string>;
  readonly #options: Required<Omit<OutsideOptions, 'circuit' | 'url' | 'userAgent'>>;
  readonly #circuit: Circuit;
  readonly #queue: (() => void)[] = [];
  #running = 0;
  /** for metrics */
  readonly counts = { asked: 0, failed: 0, refused: 0 };

  constructor({ url, userAgent, circuit, ...options }: OutsideOptions) {
    const base = new URL(url);
    this.#headers = { accept: 'application/json', 'user-agent': userAgent };
    if (base.username !== '' || base.password !== '') {
      const pair = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
      this.#headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
      base.username = '';
      base.password = '';
    }
    this.#base = base;
    this.host = base.host;
    this.#circuit = new Circuit(circuit);
    this.#options = { limitMs: 4000, waitMs: 8000, together: 4, waiting: 64, mostBytes: 8_000_000, fetch, ...options };
  }

  /** Nothing is asked at the moment, since the last answers failed. */
  get resting(): boolean {
    return this.#circuit.open;
  }

  async ask<Good, No, Read>(question: Question<Good, No, Read>): Promise<Answer<Read, No>> {
    const { limitMs, waitMs } = this.#options;
    await this.#turn(AbortSignal.timeout(Math.ceil(waitMs)));
    try {
      const signal = AbortSignal.timeout(Math.ceil(limitMs));
      if (!this.#circuit.admits()) throw this.#refused('resting', 'has failed a few times and is left alone');
      this.counts.asked++;
      try {
        const answer = await this.#fetched(question, signal);
        this.#circuit.succeeded();
        return answer;
      } catch (error) {
        this.counts.failed++;
        const failure = this.#failure(error, signal);
        this.#circuit.failed(failure);
        throw failure;
      }
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { together, waiting } = this.#options;
    if (this.#running < together) {
      this.#running++;
      return;
    }
    if (this.#queue.length >= waiting) throw this.#refused('busy', `has ${waiting} questions waiting already`);
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', giveUp);
        this.#running++;
        resolve();
      };
      const giveUp = () => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(this.#refused('slow', 'had no time for this question'));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(go);
    });
  }

  async #fetched<Good, No, Read>(
    { path, query = {}, body, good, no, read }: Question<Good, No, Read>,
    signal: AbortSignal,
  ): Promise<Answer<Read, No>> {
    const url = new URL(this.#base);
    url.pathname = url.pathname.replace(/\/+$/, '') + path;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await this.#options.fetch(url, {
      ...(body === undefined
        ? { headers: this.#headers }
        : {
            method: 'POST',
            headers: { ...this.#headers, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
      redirect: 'error',
      signal,
    });
    const { status } = response;
    if (status === 429 || status >= 500) {
      await response.body?.cancel();
      throw new RouteError('unreachable', `${this.host} answered ${status}`);
    }
    const value = parsed(await this.#text(response), this.host);
    if (!response.ok && no.Check(value)) return { no: value };
    const what = path.split('/')[1];
    if (!response.ok || !good.Check(value)) {
      throw new RouteError('garbage', `${this.host} answered ${status} with what is no answer to ${what}`);
    }
    try {
      return { read: read(value) };
    } catch (error) {
      throw new RouteError('garbage', `${this.host} answered ${what} wrongly: ${(error as Error).message}`);
    }
  }

  async #text(response: Response): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body ?? []) {
      bytes += piece.byteLength;
      if (bytes > this.#options.mostBytes) throw new RouteError('garbage', `${this.host} answered more than is read`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  #refused(fault: 'slow' | 'busy' | 'resting', why: string): RouteError {
    this.counts.refused++;
    return new RouteError(fault, `${this.host} ${why}`);
  }

  #failure(error: unknown, signal: AbortSignal): RouteError {
    if (error instanceof RouteError) return error;
    if (signal.aborted) {
      return new RouteError('slow', `${this.host} did not answer within ${this.#options.limitMs} ms`, { cause: error });
    }
    const cause = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
    return new RouteError('unreachable', `${this.host} cannot be reached: ${cause.message}`, { cause: error });
  }
}

function parsed(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RouteError('garbage', `${host} answered what is no JSON`, { cause: error });
  }
}
