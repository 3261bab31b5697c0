import type { Fix } from './fold.ts';

/** A van that is, or perhaps is, faster than a zone allows. */
export interface Haste {
  /** UTC ms */
  since: number;
  /** km/h; the fastest so far */
  top: number;
  limit: number;
  /** told; before that one fix says it, and the next may deny it */
  certain?: boolean;
}

/** It has slowed down only when it is this much below the limit, so that one at the limit is not told of again and again. */
export const slow = 0.95;

type Tell = (what: 'speeding' | 'slowed', at: number, speed: number, limit: number) => void;

/** Takes the speed of a fix inside a zone; without a limit there is none, or none any more. Two fixes make it certain. */
export function afterSpeed(
  stay: { haste?: Haste | undefined },
  limit: number | undefined,
  { speed, fixTime }: Fix,
  tell: Tell,
): void {
  const { haste } = stay;
  if (limit === undefined || haste === undefined) {
    if (haste?.certain === true) tell('slowed', fixTime, haste.top, haste.limit);
    if (haste !== undefined) stay.haste = undefined;
    if (limit !== undefined && speed !== undefined && speed > limit) stay.haste = { since: fixTime, top: speed, limit };
    return;
  }
  if (speed === undefined) return;
  haste.top = Math.max(haste.top, speed);
  if (haste.certain === true) {
    if (speed > slow * limit) return;
    tell('slowed', fixTime, haste.top, limit);
    stay.haste = undefined;
  } else if (speed > limit) {
    haste.certain = true;
    tell('speeding', haste.since, haste.top, limit);
  } else stay.haste = undefined;
}
