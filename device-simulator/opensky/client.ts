import { reasonOf } from '../link/api.ts';
import { type Aircraft, readStates } from './states.ts';

/** Degrees: the area of which states are wanted. Up to 25 square degrees cost one credit a call. */
export interface Bounds {
  lamin: number;
  lomin: number;
  lamax: number;
  lomax: number;
}

export type Poll =
  | {
      kind: 'states';
      aircraft: Aircraft[] /** calls left today, where OpenSky says so */;
      remaining: number | undefined;
    }
  | { kind: 'failed'; reason: string /** ms OpenSky asks to wait, where it does */; retryAfter: number | undefined };

export interface OpenSkyDeps {
  fetch: typeof fetch;
  now: () => number;
  bounds: Bounds;
  /** an API client of an OpenSky account; without one, calls are anonymous (400 credits a day instead of 4,000) */
  credentials?: { id: string; secret: string };
  signal?: AbortSignal;
}

const statesUrl = 'https://opensky-network.org/api/states/all';
const tokenUrl = 'https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token';
/** ms */
const timeout = 15_000;
/** Tokens live for 30 minutes; one is renewed this long before its end, ms. */
const early = 60_000;

/** OpenSky's REST API: one call, its answer or why there is none. Never throws but when stopped. */
export class OpenSkyClient {
  readonly #deps: OpenSkyDeps;
  #token: { text: string; until: number } | undefined;

  constructor(deps: OpenSkyDeps) {
    this.#deps = deps;
  }

  async poll(): Promise<Poll> {
    try {
      let response = await this.#ask();
      if (response.status === 401 && this.#token) {
        // ended early, as after a change of the account: one new token, one more try
        this.#token = undefined;
        await response.body?.cancel();
        response = await this.#ask();
      }
      if (!response.ok) {
        await response.body?.cancel();
        const retryAfter = seconds(response, 'x-rate-limit-retry-after-seconds') ?? seconds(response, 'retry-after');
        return { kind: 'failed', reason: refusal(response.status), retryAfter };
      }
      const remaining = seconds(response, 'x-rate-limit-remaining');
      return {
        kind: 'states',
        aircraft: readStates(await response.json()),
        remaining: remaining === undefined ? undefined : remaining / 1000,
      };
    } catch (error) {
      this.#deps.signal?.throwIfAborted();
      return {
        kind: 'failed',
        reason: error instanceof Error ? reasonOf(error) : String(error),
        retryAfter: undefined,
      };
    }
  }

  async #ask(): Promise<Response> {
    const url = new URL(statesUrl);
    for (const [name, value] of Object.entries(this.#deps.bounds)) url.searchParams.set(name, String(value));
    const token = await this.#bearer();
    return this.#deps.fetch(url, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: this.#limit(),
    });
  }

  /** OAuth2 client credentials; basic authentication is no longer taken since March 2026. */
  async #bearer(): Promise<string | undefined> {
    const { credentials, now } = this.#deps;
    if (!credentials) return undefined;
    if (this.#token && this.#token.until - early > now()) return this.#token.text;
    const response = await this.#deps.fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.id,
        client_secret: credentials.secret,
      }),
      signal: this.#limit(),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`OpenSky's sign-in answered ${response.status}: are the client id and secret right?`);
    }
    const { access_token: text, expires_in: life } = (await response.json()) as Record<string, unknown>;
    if (typeof text !== 'string') throw new Error("OpenSky's sign-in gave no token");
    this.#token = { text, until: now() + (typeof life === 'number' ? life : 1800) * 1000 };
    return text;
  }

  #limit(): AbortSignal {
    const limit = AbortSignal.timeout(timeout);
    return this.#deps.signal ? AbortSignal.any([this.#deps.signal, limit]) : limit;
  }
}

function refusal(status: number): string {
  if (status === 429) return 'it answered 429: the day’s credits are used up';
  if (status === 401 || status === 403) return `it answered ${status}: not allowed`;
  return `it answered ${status}`;
}

/** A header of whole seconds, as ms. */
function seconds(response: Response, header: string): number | undefined {
  const text = response.headers.get(header);
  return text !== null && /^\d+$/.test(text) ? Number(text) * 1000 : undefined;
}
