import { type ConsumerEntry, placeOf } from '../world/entries.ts';
import { extentOf } from './extent.ts';
import { mercatorX, mercatorY } from './mercator.ts';
import type { Box } from './surface.ts';

/** So many places, evenly taken, tell where consumers live. */
const sample = 1000;

/**
 * The places of all consumers, written over in place: of 100,000 consumers mostly one has changed, and nothing is made
 * anew for the others.
 */
export class ConsumerColumns {
  entries: ConsumerEntry[] = [];
  /** longitude, latitude; there may be room for more at the end */
  places = new Float64Array(0);
  /** around all but stray ones; undefined when there is nobody */
  extent: Box | undefined;
  /** counts changes */
  version = 0;

  get length(): number {
    return this.entries.length;
  }

  /** Takes all that have a place. */
  take(consumers: ReadonlyMap<string, ConsumerEntry>): void {
    if (this.places.length < consumers.size * 2) {
      const larger = new Float64Array(Math.ceil(consumers.size * 1.2) * 2);
      larger.set(this.places);
      this.places = larger;
    }
    const { entries, places } = this;
    let row = 0;
    let changed = false;
    for (const entry of consumers.values()) {
      const place = placeOf(entry);
      if (place === undefined) continue;
      if (entries[row] !== entry || places[row * 2] !== place.longitude || places[row * 2 + 1] !== place.latitude) {
        entries[row] = entry;
        places[row * 2] = place.longitude;
        places[row * 2 + 1] = place.latitude;
        changed = true;
      }
      row++;
    }
    if (!changed && row === entries.length) return;
    entries.length = row;
    this.version++;
    this.extent = this.#extent();
  }

  /** All places in the world of side 1. */
  inWorld(): { x: Float64Array; y: Float64Array } {
    const x = new Float64Array(this.length);
    const y = new Float64Array(this.length);
    for (let row = 0; row < this.length; row++) {
      x[row] = mercatorX(this.places[row * 2] ?? 0);
      y[row] = mercatorY(this.places[row * 2 + 1] ?? 0);
    }
    return { x, y };
  }

  #extent(): Box | undefined {
    const step = Math.max(1, Math.floor(this.length / sample));
    const some: { longitude: number; latitude: number }[] = [];
    for (let row = 0; row < this.length; row += step) {
      some.push({ longitude: this.places[row * 2] ?? 0, latitude: this.places[row * 2 + 1] ?? 0 });
    }
    return extentOf(some);
  }
}
