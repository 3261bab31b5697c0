import type { VanStatus } from '../../../protocol/status.ts';
import { statusOf, type VanEntry } from '../world/entries.ts';
import type { Glides } from '../world/glide.ts';
import type { MarkerName } from './marker-art.ts';

/** The vans that have a place on the map, in columns as deck.gl takes them. */
export class FleetColumns {
  entries: VanEntry[] = [];
  /** longitude, latitude; 64 bits, since 32 would make markers jump by a metre */
  positions = new Float64Array(0);
  /** degrees counter-clockwise, as deck.gl turns */
  angles = new Float32Array(0);
  statuses: VanStatus[] = [];

  /** Takes the vans that have a position. */
  take(vans: Iterable<VanEntry>): void {
    this.entries = [...vans].filter((entry) => entry.position !== null);
    this.positions = new Float64Array(this.entries.length * 2);
    this.angles = new Float32Array(this.entries.length);
  }

  /** Statuses at `now`, UTC ms. */
  judge(now: number): void {
    this.statuses = this.entries.map((entry) => statusOf(entry, now));
  }

  /** Where the markers are at `time`, the clock of the glides. Fills the same arrays again. */
  fill(glides: Glides, time: number): void {
    const { positions, angles } = this;
    this.entries.forEach((entry, row) => {
      const marker = glides.at(entry.slot, time);
      positions[row * 2] = marker.longitude;
      positions[row * 2 + 1] = marker.latitude;
      angles[row] = -marker.course;
    });
  }

  markerOf(row: number): MarkerName {
    const status = this.statuses[row];
    const kind = this.entries[row]?.van.kind ?? 'van';
    return `${kind}-${status === undefined || status === 'new' ? 'silent' : status}`;
  }
}
