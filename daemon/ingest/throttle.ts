export interface ThrottleOptions {
  /** monotonic milliseconds; a stepped wall clock must neither free nor lock anyone */
  now: () => number;
  /** failures that cost nothing: a mistyped key is not an attack */
  free?: number;
  /** ms of the first backoff; each further counted failure doubles it */
  first?: number;
  /** ms, the longest backoff */
  longest?: number;
  /** ms without a counted failure after which a key is forgotten */
  forget?: number;
  /** keys remembered; the one that failed longest ago goes first */
  entries?: number;
}

interface Failures {
  count: number;
  /** monotonic ms */
  until: number;
  last: number;
}

/**
 * Remembers who fails and for how long his further failures are to be turned away unheard. It only ever judges
 * failures: whoever is right is never asked about, since a whole fleet may sit behind one carrier's address.
 */
export class Throttle {
  readonly #options: Required<ThrottleOptions>;
  /** least recently failed first */
  readonly #failures = new Map<string, Failures>();

  constructor(options: ThrottleOptions) {
    this.#options = { free: 5, first: 1000, longest: 300_000, forget: 900_000, entries: 10_000, ...options };
  }

  /** Whether a failure of this key falls into its backoff. */
  slowed(key: string): boolean {
    return this.wait(key) > 0;
  }

  /** How long this key's backoff still lasts, ms; 0: it has none. */
  wait(key: string): number {
    const failures = this.#failures.get(key);
    return failures === undefined ? 0 : Math.max(0, failures.until - this.#options.now());
  }

  /** Counts a failure. Failures during the backoff are not to be counted: they cost nothing and prove nothing new. */
  failed(key: string): void {
    const { now, free, first, longest, forget, entries } = this.#options;
    const time = now();
    const before = this.#failures.get(key);
    const count = before !== undefined && time - before.last < forget ? before.count + 1 : 1;
    const wait = count <= free ? 0 : Math.min(longest, first * 2 ** Math.min(count - free - 1, 30));
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: time + wait, last: time });
    if (this.#failures.size <= entries) return;
    const oldest = this.#failures.keys().next();
    if (!oldest.done) this.#failures.delete(oldest.value);
  }

  /** Forgets a key that has proven itself. */
  succeeded(key: string): void {
    if (this.#failures.size > 0) this.#failures.delete(key);
  }

  get size(): number {
    return this.#failures.size;
  }
}

/**
 * One network customer as a throttle key: an IPv4 address, or the /64 of an IPv6 address (one line is given at least
 * a /64, so counting single addresses would count nothing).
 */
export function addressKey(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (v4?.[1] !== undefined) return v4[1];
  const [head = '', tail] = address.toLowerCase().split('%', 1).join('').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
