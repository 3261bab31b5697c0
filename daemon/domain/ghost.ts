import { distance, type LatLon } from '../../protocol/geo.ts';
import type { Order } from '../../protocol/order.ts';

/*
 * Ghost deliveries: handed over, says the app, but without the code, or with no stay of the van at the door. Nobody is
 * accused on a guess: a door whose place is unknown, or a trail with a gap in which the van could have been there, gives
 * "unknown". All of it is found out from the order and the trail each time anew, so that fixes that come late correct it.
 */

/** The van is at a door within this of it, m; and stays this long, ms. */
const doorRadius = 150;
const leastStay = 60_000;
/** Buttons are pressed at the door, on the way on, and sometimes before: the stay may lie so far from the act, ms. */
const before = 20 * 60_000;
const after = 10 * 60_000;
/** A van gets no faster from one place to another in a town, m/s (60 km/h, in a straight line). */
const fastest = 60 / 3.6;
/** Between two fixes so near one another the van stood (m): trackers sleep then, but say this often that they live, ms. */
const stood = 100;
const longestStand = 30 * 60_000;

/** As much of a fix as this needs; units as everywhere. */
export interface TrailFix extends LatLon {
  fixTime: number;
}

/** What there is to say about a delivery. Distances m, times UTC ms. */
export interface DeliveryEvidence {
  orderId: string;
  vanId?: string;
  /** when it was handed over, by the order */
  at: number;
  /** ghost: somebody should look at it · unknown: it cannot be said */
  verdict: 'fine' | 'ghost' | 'unknown';
  /** handed over without the code, or with a wrong one; one that is not checked yet counts as given */
  withoutCode: boolean;
  /** the van stayed at the door; unknown: nobody knows where that is, or where the van was */
  stayed: 'yes' | 'no' | 'unknown';
  /** where the app was when the button was pressed */
  metresFromDoor?: number;
  /** how near the van came, and when */
  nearest?: { metres: number; at: number };
  /** s of its longest stay at the door */
  dwell?: number;
  /** a silence in which it could have been there */
  unseen?: { from: number; until: number };
}

/** When the van may have been at the door: fixes of `from` ≤ fixTime < `until`, and one on each side, tell. */
export function windowOf(order: Pick<Order, 'endedAt' | 'outAt'>): { from: number; until: number } {
  const at = order.endedAt ?? 0;
  return { from: Math.max(at - before, Math.min(order.outAt ?? 0, at)), until: at + after };
}

/**
 * Watches a van's way past one door, fix by fix in the order of fixTime; only fixes that are believed. Needs the last
 * one before the window and the first one after it, and passes over all others outside.
 */
export class DoorWatch {
  readonly #door: LatLon;
  readonly #from: number;
  readonly #until: number;
  #last: TrailFix | undefined;
  #nearest: { metres: number; at: number } | undefined;
  #stay: { from: number; until: number } | undefined;
  #longest = 0;
  #unseen: { from: number; until: number } | undefined;
  /** stays at the door, UTC ms, oldest first */
  readonly stays: { from: number; until: number }[] = [];

  constructor(door: LatLon, window: { from: number; until: number }) {
    this.#door = door;
    this.#from = window.from;
    this.#until = window.until;
  }

  add(fix: TrailFix): void {
    const last = this.#last;
    if (last !== undefined && last.fixTime >= this.#until) return;
    this.#last = fix;
    if (fix.fixTime < this.#from) return;
    const metres = distance(fix, this.#door);
    const within = fix.fixTime < this.#until;
    if (last !== undefined) this.#between(last, fix, metres);
    else this.#lookInto(this.#from, fix.fixTime, 0, metres);
    if (within && metres < (this.#nearest?.metres ?? Number.POSITIVE_INFINITY)) {
      this.#nearest = { metres, at: fix.fixTime };
    }
    if (metres > doorRadius) this.#stay = undefined;
    else if (this.#stay === undefined && within) {
      // It was there already when the window opened, if it was so before.
      const there = last !== undefined && distance(last, this.#door) <= doorRadius;
      this.#stay = { from: there ? Math.max(last.fixTime, this.#from) : fix.fixTime, until: fix.fixTime };
      this.stays.push(this.#stay);
    }
    if (this.#stay !== undefined) {
      this.#stay.until = Math.min(fix.fixTime, this.#until);
      this.#longest = Math.max(this.#longest, this.#stay.until - this.#stay.from);
    }
  }

  /** What can be said by now. What the trail does not reach yet is unseen. */
  found(): Pick<DeliveryEvidence, 'stayed' | 'nearest' | 'dwell' | 'unseen'> {
    const last = this.#last;
    if (last === undefined) return { stayed: 'unknown' };
    if (last.fixTime < this.#until && this.#longest < leastStay) {
      this.#lookInto(Math.max(last.fixTime, this.#from), this.#until, distance(last, this.#door), 0);
    }
    const seen = {
      ...(this.#nearest && { nearest: { metres: Math.round(this.#nearest.metres), at: this.#nearest.at } }),
      dwell: Math.round(this.#longest / 1000),
    };
    if (this.#longest >= leastStay) return { stayed: 'yes', ...seen };
    return this.#unseen === undefined
      ? { stayed: 'no', ...seen }
      : { stayed: 'unknown', ...seen, unseen: this.#unseen };
  }

  #between(last: TrailFix, fix: TrailFix, metres: number): void {
    const gap = fix.fixTime - last.fixTime;
    if (gap < leastStay) return;
    const wasAt = distance(last, this.#door);
    // A tracker that stands may sleep.
    const still = distance(last, fix) <= stood && gap <= longestStand;
    if (still || (wasAt <= doorRadius && metres <= doorRadius)) return;
    this.#lookInto(last.fixTime, fix.fixTime, wasAt, metres);
  }

  /** Whether the van could have gone to the door, stayed there and gone on, from one distance to another. */
  #lookInto(from: number, until: number, metresBefore: number, metresAfter: number): void {
    const away = Math.max(0, metresBefore - doorRadius) + Math.max(0, metresAfter - doorRadius);
    if (until - from < leastStay + (away / fastest) * 1000) return;
    const longer = this.#unseen === undefined || until - from > this.#unseen.until - this.#unseen.from;
    if (longer) this.#unseen = { from, until };
  }
}

/** The evidence on an order that was delivered; `watched`: what was found at its door, absent: nobody knows the door. */
export function evidenceOf(
  order: Pick<Order, 'id' | 'vanId' | 'state' | 'endedAt' | 'delivery'>,
  watched: ReturnType<DoorWatch['found']> | undefined,
): DeliveryEvidence | undefined {
  const { id: orderId, vanId, state, endedAt: at, delivery } = order;
  if (state !== 'delivered' || at === undefined || delivery === undefined) return undefined;
  const withoutCode = delivery.confirmation === 'none' || delivery.confirmation === 'wrong-code';
  const told = watched ?? { stayed: 'unknown' as const };
  // Where the door is unknown nobody can say that he was not there: the code alone does not decide it.
  const ghost = watched !== undefined && (withoutCode || watched.stayed === 'no');
  return {
    orderId,
    ...(vanId === undefined ? {} : { vanId }),
    at,
    verdict: ghost ? 'ghost' : told.stayed === 'yes' ? 'fine' : 'unknown',
    withoutCode,
    ...told,
    ...(delivery.metresFromDoor === undefined ? {} : { metresFromDoor: delivery.metresFromDoor }),
  };
}

/** The same from a trail, which must reach a fix beyond each end of `windowOf(order)` where there is one. */
export function ghostEvidence(
  order: Order,
  door: LatLon | undefined,
  trail: Iterable<TrailFix>,
): DeliveryEvidence | undefined {
  if (door === undefined) return evidenceOf(order, undefined);
  const watch = new DoorWatch(door, windowOf(order));
  for (const fix of trail) watch.add(fix);
  return evidenceOf(order, watch.found());
}
