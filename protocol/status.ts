import type { Position } from './position.ts';

/** What a van is doing, as far as its last fix tells. `silent`: it should have spoken by now; `new`: it never has. */
export type VanStatus = 'moving' | 'stopped' | 'silent' | 'new';
export const vanStatuses: readonly VanStatus[] = ['moving', 'stopped', 'silent', 'new'];

/** From this speed on a van is moving, km/h; below it GPS noise looks like motion. */
const movingSpeed = 4;
/** Silence is never called before this, ms, whatever the device's usual interval. */
const leastSilence = 120_000;
/** How many usual intervals a device may miss before it is called silent. */
const missedIntervals = 5;
/** The limit for a device whose interval is not known yet, ms (as Traccar's default). */
const unknownInterval = 600_000;

/** When a device with this usual interval counts as silent, ms after its last fix. */
export function silentAfter(interval: number | undefined): number {
  return interval === undefined ? unknownInterval : Math.max(leastSilence, missedIntervals * interval);
}

/** The status at `now` (UTC ms) of a van whose newest position is given; `interval` in ms. */
export function vanStatus(
  position: Pick<Position, 'fixTime' | 'speed'> | null,
  interval: number | undefined,
  now: number,
): VanStatus {
  if (position === null) return 'new';
  if (now - position.fixTime > silentAfter(interval)) return 'silent';
  return (position.speed ?? 0) >= movingSpeed ? 'moving' : 'stopped';
}
