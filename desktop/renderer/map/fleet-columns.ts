import type { VanStatus } from '../../../protocol/status.ts';
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
  /** px right and down, by slot: where a van is drawn that stands on a spot with others */
  offsets = new Float32Array(0);

  /** Takes the vans that have a position. */
  take(vans: Iterable<VanEntry>): void {
    this.entries = [];
    for (const entry of vans) if (entry.position !== null) this.entries[entry.slot] = entry;
    const { length } = this.entries;
    this.statuses = new Array(length).fill(undefined);
    if (this.wanted.length === length) return;
    this.wanted = new Uint8Array(length).fill(1);
    this.offsets = new Float32Array(length * 2);
  }

  get length(): number {
    return this.entries.length;
  }

  /** Statuses of all at `now`, UTC ms. Answers whether any is another one than before. */
  judge(now: number): boolean {
    let changed = false;
    for (const entry of this.entries) if (entry !== undefined && this.judgeOne(entry, now)) changed = true;
    return changed;
  }

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
    for (const entry of this.entries) {
      if (entry === undefined || !isDrawn(entry.slot)) continue;
      const { slot, van } = entry;
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
}

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
