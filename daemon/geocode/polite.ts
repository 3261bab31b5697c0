import type { LatLon } from '../../protocol/geo.ts';
import type { RemoteAddress, RemoteGeocoder } from './remote.ts';

export interface PoliteOptions {
  /** ms between two questions; the public Nominatim allows one a second */
  everyMs?: number;
  /** answers that are remembered */
  remembered?: number;
  /** ms for which an answer is remembered */
  rememberMs?: number;
  /** questions that wait at most; further ones are not asked */
  mostWaiting?: number;
  /** ms after which an answer is given up */
  timeoutMs?: number;
  /** ms, monotonic */
  now?: () => number;
  /** calls back after ms */
  after?: (ms: number, then: () => void) => void;
}

/** Failures in a row after which the service is left alone for a while, and for how long, ms. */
const mostFailures = 3;
const restMs = 60_000;

/**
 * Asks a service outside as it asks to be asked: one question at a time and not too many, none twice, and none for a
 * while when it fails. Answers null (nothing known) instead of waiting long: an address is a convenience.
 */
export class PoliteGeocoder {
  readonly attribution: string;
  readonly #remote: RemoteGeocoder;
  readonly #options: Required<PoliteOptions>;
  /** oldest first; an entry that is used goes to the end */
  readonly #known = new Map<string, { until: number; found: RemoteAddress[] }>();
  readonly #asked = new Map<string, Promise<RemoteAddress[] | null>>();
  readonly #queue: (() => void)[] = [];
  #nextAt = 0;
  #timing = false;
  #failures = 0;
  #restUntil = 0;
  /** for metrics */
  readonly counts = { asked: 0, remembered: 0, failed: 0, refused: 0 };

  constructor(remote: RemoteGeocoder, options: PoliteOptions = {}) {
    this.#remote = remote;
    this.attribution = remote.attribution;
    this.#options = {
      everyMs: 1000,
      remembered: 20_000,
      rememberMs: 30 * 86_400_000,
      mostWaiting: 20,
      timeoutMs: 5000,
      now: () => performance.now(),
      after: (ms, then) => void setTimeout(then, ms).unref(),
      ...options,
    };
  }

  /** null: it was not asked, or did not answer */
  search(text: string, near: LatLon | undefined): Promise<RemoteAddress[] | null> {
    const around = near === undefined ? '' : `${near.latitude.toFixed(1)},${near.longitude.toFixed(1)}`;
    const key = `search ${around} ${text.trim().toLowerCase()}`;
    return this.#once(key, (signal) => this.#remote.search(text, near, signal));
  }

  /** Points within about 10 m are one question. */
  reverse({ latitude, longitude }: LatLon): Promise<RemoteAddress[] | null> {
    const point = { latitude: Number(latitude.toFixed(4)), longitude: Number(longitude.toFixed(4)) };
    return this.#once(`reverse ${point.latitude},${point.longitude}`, async (signal) => {
      const found = await this.#remote.reverse(point, signal);
      return found === null ? [] : [found];
    });
  }

  #once(key: string, ask: (signal: AbortSignal) => Promise<RemoteAddress[]>): Promise<RemoteAddress[] | null> {
    const known = this.#known.get(key);
    if (known !== undefined && known.until > this.#options.now()) {
      this.#known.delete(key);
      this.#known.set(key, known);
      this.counts.remembered++;
      return Promise.resolve(known.found);
    }
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    if (this.#queue.length >= this.#options.mostWaiting || this.#restUntil > this.#options.now()) {
      this.counts.refused++;
      return Promise.resolve(null);
    }
    const answer = this.#inTurn(key, ask);
    this.#asked.set(key, answer);
    return answer;
  }

  async #inTurn(key: string, ask: (signal: AbortSignal) => Promise<RemoteAddress[]>): Promise<RemoteAddress[] | null> {
    const { now, rememberMs, remembered, timeoutMs } = this.#options;
    await new Promise<void>((resolve) => {
      this.#queue.push(resolve);
      this.#plan();
    });
    try {
      if (this.#restUntil > now()) return null;
      this.counts.asked++;
      const found = await ask(AbortSignal.timeout(timeoutMs));
      this.#failures = 0;
      this.#known.set(key, { until: now() + rememberMs, found });
      for (const oldest of this.#known.keys()) {
        if (this.#known.size <= remembered) break;
        this.#known.delete(oldest);
      }
      return found;
    } catch {
      this.counts.failed++;
      if (++this.#failures >= mostFailures) this.#restUntil = now() + restMs;
      return null;
    } finally {
      this.#asked.delete(key);
    }
  }

  #plan(): void {
    if (this.#timing || this.#queue.length === 0) return;
    this.#timing = true;
    const { now, after, everyMs } = this.#options;
    after(Math.max(0, this.#nextAt - now()), () => {
      this.#timing = false;
      this.#nextAt = now() + everyMs;
      this.#queue.shift()?.();
      this.#plan();
    });
  }
}
