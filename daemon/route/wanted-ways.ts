import type { LatLon } from '../../protocol/geo.ts';
import { cellOf } from './pair-key.ts';

/** A way that somebody wants to know. */
export interface WantedWay {
  pair: string;
  from: LatLon;
  to: LatLon;
  /** who is to be told */
  agencies: Set<string>;
  /** whether its line is wanted as well */
  drawn: boolean;
}

/** Pairs in one question at most; one place more, and as many as Valhalla takes. */
export const mostTogether = 19;

/** Whether a way goes on where another ends, so that both can be asked in one question. */
export function goesOn(from: LatLon, last: WantedWay | undefined): boolean {
  return last !== undefined && cellOf(last.to) === cellOf(from);
}

/** The ways that wait to be asked, the oldest first; each once. */
export class WantedWays {
  readonly #most: number;
  readonly #ways = new Map<string, WantedWay>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#ways.size;
  }

  /** false: too many wait already */
  add(wanted: WantedWay): boolean {
    const already = this.#ways.get(wanted.pair);
    if (already !== undefined) {
      for (const agency of wanted.agencies) already.agencies.add(agency);
      already.drawn ||= wanted.drawn;
      return true;
    }
    if (this.#ways.size >= this.#most) return false;
    this.#ways.set(wanted.pair, wanted);
    return true;
  }

  /** Takes out the oldest, and those behind it that go on where it ends. */
  take(): WantedWay[] {
    const chain: WantedWay[] = [];
    for (const [pair, wanted] of this.#ways) {
      if (chain.length >= mostTogether || (chain.length > 0 && !goesOn(wanted.from, chain.at(-1)))) break;
      chain.push(wanted);
      this.#ways.delete(pair);
    }
    return chain;
  }

  clear(): void {
    this.#ways.clear();
  }
}
