/** Longest bar, px. */
const longest = 110;

/** The longest round length (1, 2 or 5 with noughts) whose bar has room, and how long that bar is. */
export function scaleOf(metresOfPixel: number): { metres: number; width: number } {
  const room = metresOfPixel * longest;
  const power = 10 ** Math.floor(Math.log10(room));
  const metres = ([5, 2, 1].find((step) => step * power <= room) ?? 1) * power;
  return { metres, width: Math.round(metres / metresOfPixel) };
}
