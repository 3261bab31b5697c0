/** Points one after the other: x, y, x, y … */
export type Flat = number[];

/** The pieces of a line that come near a square tile of `size`, `margin` around it included. */
export function clippedLine(points: Flat, size: number, margin: number): Flat[] {
  const [low, high] = [-margin, size + margin];
  const pieces: Flat[] = [];
  let piece: Flat = [];
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points.slice(i, i + 4);
    const near =
      Math.max(x1, x2) >= low && Math.min(x1, x2) <= high && Math.max(y1, y2) >= low && Math.min(y1, y2) <= high;
    if (near) {
      if (piece.length === 0) piece.push(x1, y1);
      piece.push(x2, y2);
    } else if (piece.length > 0) {
      pieces.push(piece);
      piece = [];
    }
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** A ring cut to a square tile and its margin (Sutherland and Hodgman, 1974). Empty: it does not reach it. */
export function clippedRing(ring: Flat, size: number, margin: number): Flat {
  const edges = [
    { axis: 0, at: -margin, keep: 1 },
    { axis: 0, at: size + margin, keep: -1 },
    { axis: 1, at: -margin, keep: 1 },
    { axis: 1, at: size + margin, keep: -1 },
  ] as const;
  let points = ring;
  for (const { axis, at, keep } of edges) {
    const kept: Flat = [];
    const inside = (i: number) => ((points[i + axis] ?? 0) - at) * keep >= 0;
    for (let i = 0; i + 1 < points.length; i += 2) {
      const before = i === 0 ? points.length - 2 : i - 2;
      if (inside(i) !== inside(before)) {
        const [a = 0, b = 0] = [points[before + axis], points[i + axis]];
        const part = (at - a) / (b - a);
        const other = 1 - axis;
        const across =
          (points[before + other] ?? 0) + part * ((points[i + other] ?? 0) - (points[before + other] ?? 0));
        kept.push(...(axis === 0 ? [at, across] : [across, at]));
      }
      if (inside(i)) kept.push(points[i] ?? 0, points[i + 1] ?? 0);
    }
    points = kept;
  }
  return points;
}
