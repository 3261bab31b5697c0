import type { LatLon } from '../../protocol/geo.ts';

/** How far and how long it is by road: m, s. */
export interface Way {
  metres: number;
  seconds: number;
}

/** From one point to the next; the line begins and ends on the road, beside the points. */
export interface Leg extends Way {
  line?: LatLon[];
}

/** A fix of a driven trail: UTC ms, degrees, m. */
export interface TrackPoint extends LatLon {
  fixTime: number;
  accuracy?: number;
}

/**
 * Where roads lead. Asynchronous and with an own time limit: each call settles soon, and rejects with a RouteError when
 * there is no answer. null: it was answered, and there is no such way. Whoever asks goes on with a straight line then.
 */
export interface RouteFinder {
  readonly name: string;
  /** by road from each point to the next, one leg fewer than points */
  legs(points: readonly LatLon[]): Promise<Leg[] | null>;
  /** a row for each of `from`; null in it: no way is known */
  matrix(from: readonly LatLon[], to: readonly LatLon[]): Promise<(Way | null)[][] | null>;
  /** the road under a driven track, oldest first */
  snap(track: readonly TrackPoint[]): Promise<LatLon[] | null>;
  /** indices of `stops` in the quickest order; null: this one does not put in order */
  order(start: LatLon, stops: readonly LatLon[], end?: LatLon): Promise<number[] | null>;
}

/** Why a finder did not answer. */
export type RouteFault = 'slow' | 'busy' | 'resting' | 'unreachable' | 'garbage' | 'refused';

export class RouteError extends Error {
  override name = 'RouteError';
  readonly fault: RouteFault;

  constructor(fault: RouteFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.fault = fault;
  }
}

/** Whether these are the numbers 0 … count − 1, each once. */
export function isOrderOf(order: readonly number[], count: number): boolean {
  return (
    order.length === count && new Set(order).size === count && order.every((i) => i >= 0 && i < count && i % 1 === 0)
  );
}
