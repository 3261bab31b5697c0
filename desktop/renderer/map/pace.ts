/** Markers look the same at 30 pictures a second as at 60, and cost half, ms. */
export const shortestFrame = 33;
/** The longest a picture may stand while vans glide, ms: turns are to be seen as such. */
const longestFrame = { few: 66, many: 250 };
/** Steps smaller than this are no steps to the eye, px. */
const smoothStep = 0.4;
/** A van in a hurry, m/s. */
const hurry = 15;

/**
 * How long a picture may stand before a van in a hurry would have made a visible step, ms: far away it moves less than a
 * pixel a second, and thirty pictures of that would be twenty-nine too many.
 */
export function pace(metresOfPixel: number, few: boolean): number {
  const step = (smoothStep * metresOfPixel * 1000) / hurry;
  return Math.min(few ? longestFrame.few : longestFrame.many, Math.max(shortestFrame, step));
}
