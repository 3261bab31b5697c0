import type { VanStatus } from '../../../protocol/status.ts';
import type { Glides } from '../world/glide.ts';
import { type FleetColumns, placeStride } from './fleet-columns.ts';
import { type Group, groupNear } from './groups.ts';
import type { MarkRows } from './mark-rows.ts';
import { latitudeAt, longitudeAt, mercatorX, mercatorY, worldSize } from './mercator.ts';
import { mostSpread, spread } from './spread.ts';
import type { Box } from './surface.ts';

/** Vans far away, drawn as one mark. */
export interface Cluster {
  slots: number[];
  at: [longitude: number, latitude: number];
  counts: Record<Exclude<VanStatus, 'new'>, number>;
}

/** From this zoom on each van has its own marker, and those that stand on one spot are spread around it. */
export const clustersEnd = 14;
/** Marks nearer than this are one, px. A small fleet is told apart as long as its markers do not cover one another. */
const clusterRadius = { few: 30, many: 52 };
const many = 200;
/** Standing vans nearer than this cover one another, px. */
const spotRadius = 22;

interface Grouping {
  /** which vans are drawn one by one now: only those glide */
  rows: MarkRows;
  glides: Glides;
  zoom: number;
  /** the clock of the glides */
  time: number;
  selected: number | undefined;
  /** the view and what is around it */
  box: Box;
}

/** Decides which vans are drawn as one, which by themselves, and which aside of their spot. Writes the offsets. */
export class FleetGroups {
  clusters: Cluster[] = [];
  /** by slot: 1 for those that are in or near the view and for whom no cluster stands */
  #drawn = new Uint8Array(0);
  #x = new Float64Array(0);
  #y = new Float64Array(0);

  isDrawn = (slot: number): boolean => this.#drawn[slot] === 1;

  regroup(fleet: FleetColumns, { rows, glides, zoom, time, selected, box }: Grouping): void {
    const { length, places } = fleet;
    const { west, east, south, north } = box;
    if (this.#x.length !== length) {
      this.#x = new Float64Array(length);
      this.#y = new Float64Array(length);
      this.#drawn = new Uint8Array(length);
    }
    const side = worldSize(zoom);
    const clusters = zoom < clustersEnd;
    for (let slot = 0; slot < length; slot++) {
      const at = slot * placeStride;
      let latitude = places[at] ?? 0;
      let longitude = places[at + 1] ?? 0;
      const isIn = longitude >= west && longitude <= east && latitude >= south && latitude <= north;
      const isNear = (isIn || slot === selected) && fleet.entries[slot] !== undefined;
      this.#drawn[slot] = Number(isNear);
      // A cluster holds all its vans, whatever part of them is in view; a spot is drawn only where it is seen.
      if (!isNear && !clusters) continue;
      if (rows.has(slot)) ({ longitude, latitude } = glides.look(slot, time));
      this.#x[slot] = mercatorX(longitude) * side;
      this.#y[slot] = mercatorY(latitude) * side;
    }
    fleet.offsets.fill(0);
    this.clusters = [];
    const isShown = (slot: number) => fleet.entries[slot] !== undefined && fleet.wanted[slot] === 1;
    if (clusters) {
      const radius = length > many ? clusterRadius.many : clusterRadius.few;
      // What is selected stands for itself, however far away.
      const groups = groupNear(this.#x, this.#y, radius, (slot) => slot !== selected && isShown(slot));
      for (const group of groups) this.#cluster(fleet, group, side);
      return;
    }
    const stands = (slot: number) => this.isDrawn(slot) && isShown(slot) && fleet.statuses[slot] !== 'moving';
    for (const group of groupNear(this.#x, this.#y, spotRadius, stands)) {
      if (group.rows.length <= mostSpread) this.#spread(fleet, group);
      else this.#cluster(fleet, { ...group, rows: group.rows.filter((slot) => slot !== selected) }, side);
    }
  }

  #cluster({ statuses }: FleetColumns, { rows, x, y }: Group, side: number): void {
    const counts = { moving: 0, stopped: 0, silent: 0 };
    for (const slot of rows) {
      this.#drawn[slot] = 0;
      const status = statuses[slot];
      counts[status === undefined || status === 'new' ? 'silent' : status]++;
    }
    this.clusters.push({ slots: rows, at: [longitudeAt(x / side), latitudeAt(y / side)], counts });
  }

  #spread({ offsets }: FleetColumns, { rows, x, y }: Group): void {
    // By slot, so that a van keeps its place in the ring while others come and go behind it.
    rows.sort((a, b) => a - b);
    for (const [i, [right, down]] of spread(rows.length).entries()) {
      const slot = rows[i] ?? 0;
      offsets[slot * 2] = x - (this.#x[slot] ?? 0) + right;
      offsets[slot * 2 + 1] = y - (this.#y[slot] ?? 0) + down;
    }
  }
}
