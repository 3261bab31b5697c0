/** A refusal by the daemon that trying again would not change. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Answer {
  status: number;
  json: unknown;
}

export interface ApiOptions {
  /** address of the daemon, http://host:port */
  url: string;
  /** a bearer token that is good now */
  token: () => Promise<string>;
  fetch: typeof fetch;
  /** ms to keep trying while the daemon cannot be reached or is busy */
  patience: number;
  /** waits; replaced in tests */
  sleep: (ms: number) => Promise<void>;
  signal?: AbortSignal;
}

/** An answer that takes longer than this is given up and asked for again, ms. */
const timeout = 20_000;
const busy = new Set([429, 502, 503, 504]);

/**
 * The daemon's HTTP API, as far as moving things need it. Waits for a daemon that is starting or busy (`Retry-After`
 * is respected); an answer is returned when its status is one of `expected`, else it is thrown as an ApiError.
 */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  post(path: string, body: unknown, expected: readonly number[]): Promise<Answer> {
    return this.call('POST', path, body, expected);
  }

  async get(path: string): Promise<unknown> {
    return (await this.call('GET', path, undefined, [200])).json;
  }

  async call(method: string, path: string, body: unknown, expected: readonly number[]): Promise<Answer> {
    let waited = 0;
    for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
      this.#options.signal?.throwIfAborted();
      const result = await this.#once(method, path, body);
      const isFinal = result instanceof Error ? waited >= this.#options.patience : !busy.has(result.status);
      if (!(result instanceof Error) && (isFinal || waited >= this.#options.patience)) {
        const json = await readJson(result);
        if (expected.includes(result.status)) return { status: result.status, json };
        throw new ApiError(result.status, `${method} ${path}: ${result.status} ${detailOf(json)}`.trim());
      }
      if (result instanceof Error && isFinal) {
        throw new Error(`cannot reach ${this.#options.url}: ${reasonOf(result)}`, { cause: result });
      }
      const asked = result instanceof Error ? 0 : Number(result.headers.get('retry-after') ?? 0) * 1000;
      if (!(result instanceof Error)) await result.body?.cancel();
      const pause = Math.max(wait, Number.isFinite(asked) ? Math.min(asked, 60_000) : 0);
      await this.#options.sleep(pause);
      waited += pause;
    }
  }

  async #once(method: string, path: string, body: unknown): Promise<Response | Error> {
    const { url, token, signal } = this.#options;
    const limit = AbortSignal.timeout(timeout);
    const bearer = await token();
    try {
      return await this.#options.fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a problem+json says to a person. */
function detailOf(json: unknown): string {
  const { title, detail } = (json ?? {}) as { title?: unknown; detail?: unknown };
  return [title, detail].filter((text) => typeof text === 'string').join(': ');
}

/** fetch says only "fetch failed"; the reason stands in its cause. */
export function reasonOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
