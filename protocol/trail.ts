import type { Position } from './position.ts';

/** A point of a trail: a position, plus why it is not believed (it never becomes a live position). */
export interface TrailPoint extends Omit<Position, 'device'> {
  mark?: 'jump' | 'inaccurate';
}
