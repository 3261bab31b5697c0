import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Addresses } from './addresses.ts';

/** A van that has moved less than this still has its address, m. */
const same = 40;
/** Look-ups under way at once, of all vans. */
const together = 4;

interface Known {
  at: LatLon;
  text: string | null;
}

/**
 * The address of every live van, for lists: looked up when somebody looks at the van and it has moved, so that a list
 * never waits. The first look at a van has none yet. What is told to staff alone is in it (streets known by consumers'
 * doors).
 */
export class VanAddresses {
  readonly #addresses: Pick<Addresses, 'reverse'>;
  readonly #known = new Map<string, Known>();
  /** where vans are whose address is wanted, the newest position of each */
  readonly #wanted = new Map<string, { agency: string; at: LatLon }>();
  /** what is being looked up, one position a van at a time */
  readonly #running = new Map<string, LatLon>();

  constructor(deps: { addresses: Pick<Addresses, 'reverse'> }) {
    this.#addresses = deps.addresses;
  }

  /** The address a van's present position has, as far as it is known by now; it is looked up where it is not. */
  of(agency: string, vanId: string, at: LatLon): string | undefined {
    const key = `${agency}/${vanId}`;
    const known = this.#known.get(key);
    const asked = this.#running.get(key) ?? known?.at;
    if (asked === undefined || distance(asked, at) > same) {
      this.#wanted.set(key, { agency, at });
      this.#goOn();
    }
    // An address a few streets back is better than none, one of another part of the town is not.
    return known !== undefined && distance(known.at, at) <= 10 * same ? (known.text ?? undefined) : undefined;
  }

  /** Forgets a van that was removed. */
  forget(agency: string, vanId: string): void {
    this.#known.delete(`${agency}/${vanId}`);
    this.#wanted.delete(`${agency}/${vanId}`);
  }

  #goOn(): void {
    for (const [key, { agency, at }] of this.#wanted) {
      if (this.#running.size >= together) return;
      if (this.#running.has(key)) continue;
      this.#wanted.delete(key);
      this.#running.set(key, at);
      void this.#addresses
        .reverse({ agency, seesConsumers: true }, at)
        .then(
          (found) => this.#known.set(key, { at, text: found?.text ?? null }),
          // It is asked for again with the next look at the van.
          () => {},
        )
        .finally(() => {
          this.#running.delete(key);
          this.#goOn();
        });
    }
  }
}
