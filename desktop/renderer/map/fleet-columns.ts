import { silentAfter, type VanStatus } from '../../../protocol/status.ts';
import { statusOf, type VanEntry } from '../world/entries.ts';
import type { Glides } from '../world/glide.ts';
import type { MarkRows } from './mark-rows.ts';
import { markerCell } from './marker-art.ts';
import { wholeSize } from './marks-layer.ts';

/** Opacity of a marker that has just fallen silent; each minute takes some more away. */
const silentOpacity = 225;
const fadePerMinute = 2;
const leastOpacity = 110;
/** What the filter leaves out stays on the map as a shadow, so that nobody is forgotten. */
const shadow = 70;
const selectedSize = Math.round(wholeSize * 1.22);

/** What is known of all vans, one row a slot. */
export class FleetColumns {
  /** by slot; a slot may be empty */
  entries: (VanEntry | undefined)[] = [];
  statuses: (VanStatus | undefined)[] = [];
  /** by slot: 1 for those that the filter leaves in */
  wanted = new Uint8Array(0);
  /** by slot: latitude and longitude of the newest fix, and when it came (the clock of the glides, NaN: before this map) */
  places = new Float64Array(0);
  /** by slot: when a van will be silent unless it is heard, UTC ms */
  #silentAt = new Float64Array(0);
  /** px right and down, by slot: where a van is drawn that stands on a spot with others */
  offsets = new Float32Array(0);

  /** Takes the vans that have a position. */
  take(vans: Iterable<VanEntry>): void {
    const before = this.entries;
    this.entries = [];
    for (const entry of vans) if (entry.position !== null) this.entries[entry.slot] = entry;
    const { length } = this.entries;
    const places = new Float64Array(length * placeStride);
    places.set(this.places.subarray(0, places.length));
    this.places = places;
    this.#silentAt = new Float64Array(length);
    for (const entry of this.entries) {
      if (entry === undefined) continue;
      const isKnown = before[entry.slot] === entry;
      this.put(entry, isKnown ? (places[entry.slot * placeStride + 2] ?? Number.NaN) : Number.NaN);
    }
    this.statuses = new Array(length).fill(undefined);
    if (this.wanted.length === length) return;
    this.wanted = new Uint8Array(length).fill(1);
    this.offsets = new Float32Array(length * 2);
  }

  /** Takes the newest fix of a van; `time`: when it came. */
  put({ slot, position, interval }: VanEntry, time: number): void {
    if (position === null) return;
    this.#silentAt[slot] = position.fixTime + silentAfter(interval);
    const at = slot * placeStride;
    this.places[at] = position.latitude;
    this.places[at + 1] = position.longitude;
    this.places[at + 2] = time;
  }

  /** Where the newest fix of a van is. */
  placeOf(slot: number): { latitude: number; longitude: number } {
    return { latitude: this.places[slot * placeStride] ?? 0, longitude: this.places[slot * placeStride + 1] ?? 0 };
  }

  get length(): number {
    return this.entries.length;
  }

  /** Statuses of all at `now`, UTC ms. A van that was heard is judged then: here only silence begins, or ends. */
  judge(now: number): void {
    for (let slot = 0; slot < this.length; slot++) {
      const status = this.statuses[slot];
      const isSilent = now > (this.#silentAt[slot] ?? 0);
      if (status !== undefined && isSilent === (status === 'silent')) continue;
      const entry = this.entries[slot];
      if (entry !== undefined) this.judgeOne(entry, now);
    }
  }

  /** Answers whether the status is another one than before. */
  judgeOne(entry: VanEntry, now: number): boolean {
    const status = statusOf(entry, now);
    if (this.statuses[entry.slot] === status) return false;
    this.statuses[entry.slot] = status;
    return true;
  }

  /** Sets which are left in by the filter; all of them when it leaves nobody in, as in a search for a consumer. */
  filter(isWanted: ((entry: VanEntry) => boolean) | undefined): void {
    if (isWanted === undefined) {
      this.wanted.fill(1);
      return;
    }
    let some = 0;
    for (const entry of this.entries) {
      if (entry === undefined) continue;
      const keeps = Number(isWanted(entry));
      this.wanted[entry.slot] = keeps;
      some += keeps;
    }
    if (some === 0) this.wanted.fill(1);
  }

  /** Writes the rows of those that are drawn one by one. */
  paint(rows: MarkRows, { glides, selected, now, isDrawn }: Painting): void {
    rows.begin(this.length, glides);
    for (let slot = 0; slot < this.length; slot++) {
      const entry = isDrawn(slot) ? this.entries[slot] : undefined;
      if (entry === undefined) continue;
      const { van } = entry;
      if (!rows.has(slot)) this.#appear(entry, glides);
      const status = this.statuses[slot] ?? 'silent';
      const isSelected = slot === selected;
      rows.set(slot, {
        cell: markerCell(van.kind, status),
        opacity: this.wanted[slot] === 1 || isSelected ? opacityOf(entry, status, now) : shadow,
        size: isSelected ? selectedSize : wholeSize,
        right: this.offsets[slot * 2] ?? 0,
        down: this.offsets[slot * 2 + 1] ?? 0,
      });
    }
    rows.end();
  }

  /** A van that was not drawn has not been glided either: it is put where it would be by now. */
  #appear({ slot, position, interval, van }: VanEntry, glides: Glides): void {
    if (position === null) return;
    const cameAt = this.places[slot * placeStride + 2] ?? Number.NaN;
    if (Number.isNaN(cameAt)) {
      glides.place(slot, position, 0);
      return;
    }
    glides.place(slot, position, cameAt);
    glides.move(slot, position, cameAt, interval ?? 1000, van.kind);
  }
}

/** Numbers of a slot in `places`. */
export const placeStride = 3;

interface Painting {
  glides: Glides;
  selected: number | undefined;
  /** UTC ms */
  now: number;
  /** whether this slot is in or near the view, and no other mark stands for it */
  isDrawn: (slot: number) => boolean;
}

/** The longer nothing was heard of a van, the paler it is. */
function opacityOf({ position }: VanEntry, status: VanStatus, now: number): number {
  if (status !== 'silent' || position === null) return 255;
  const minutes = (now - position.fixTime) / 60_000;
  return Math.max(leastOpacity, Math.round(silentOpacity - minutes * fadePerMinute));
}
