import type { Poll } from './client.ts';
import type { Aircraft } from './states.ts';

export interface SkyDeps {
  poll: () => Promise<Poll>;
  /** flights of our own, for when OpenSky does not answer */
  flights: (time: number) => Aircraft[];
  now: () => number;
  random: () => number;
  /** takes aircraft whose fixes are new */
  deliver: (aircraft: readonly Aircraft[]) => Promise<void>;
  say: (line: string) => void;
  /** ms between calls to OpenSky */
  interval: number;
}

/** ms: the longest wait between attempts while OpenSky is away and names no time itself */
const longestWait = 300_000;
/** With this few calls left today, one a minute has to do. */
const scarce = 20;
const scarceInterval = 60_000;
/** ms to wait when all calls of the day are used and OpenSky names no time */
const exhausted = 900_000;

/** Aircraft whose newest fix is remembered: more than fly over the earth at once. */
const remembered = 20_000;

/**
 * Where aircraft come from: OpenSky, as often as it allows, and our own flights while it refuses or cannot be reached.
 * Each change of the source is said once. `turn` does what is due and returns when it wants the next turn (UTC ms).
 */
export class Sky {
  readonly #deps: SkyDeps;
  readonly #newest = new Map<string, number>();
  #waiting: Aircraft[] = [];
  #isAway = false;
  #failures = 0;
  #nextPoll = 0;

  constructor(deps: SkyDeps) {
    this.#deps = deps;
  }

  async turn(): Promise<number> {
    const { now, interval, flights } = this.#deps;
    if (now() >= this.#nextPoll) this.#take(await this.#deps.poll(), now());
    if (this.#isAway) {
      await this.#deliver(flights(now()));
      return Math.min(this.#nextPoll, now() + interval);
    }
    await this.#deliver(this.#waiting);
    this.#waiting = [];
    return this.#nextPoll;
  }

  #take(poll: Poll, time: number): void {
    const { interval, random, say } = this.#deps;
    if (poll.kind === 'states') {
      if (this.#isAway) say('OpenSky answers again: its aircraft are shown from now on');
      this.#isAway = false;
      this.#failures = 0;
      this.#waiting = poll.aircraft;
      const left = poll.remaining;
      const wait = left === undefined || left > scarce ? interval : left > 0 ? scarceInterval : exhausted;
      this.#nextPoll = time + Math.max(interval, wait);
      return;
    }
    this.#waiting = [];
    this.#failures++;
    const most = Math.min(longestWait, interval * 2 ** Math.min(this.#failures, 10));
    // at least half of the interval, so that full jitter never hammers a service that asks for rest
    const wait = poll.retryAfter ?? Math.max(interval / 2, random() * most);
    this.#nextPoll = time + Math.max(wait, interval / 2);
    if (this.#isAway) return;
    this.#isAway = true;
    say(`OpenSky gives no states (${poll.reason}): own demo flights are shown until it does`);
  }

  async #deliver(aircraft: readonly Aircraft[]): Promise<void> {
    const fresh = aircraft.filter(({ icao24, fix }) => fix.fixTime > (this.#newest.get(icao24) ?? 0));
    for (const { icao24, fix } of fresh) {
      // last in the map is newest in time: what flew away long ago is forgotten from its beginning
      this.#newest.delete(icao24);
      this.#newest.set(icao24, fix.fixTime);
    }
    for (const icao24 of this.#newest.keys()) {
      if (this.#newest.size <= remembered) break;
      this.#newest.delete(icao24);
    }
    if (fresh.length > 0) await this.#deps.deliver(fresh);
  }
}
