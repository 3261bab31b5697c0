/** The stops with one of them at another place among them. */
export function withMoved(stops: readonly string[], id: string, to: number): string[] {
  const others = stops.filter((each) => each !== id);
  others.splice(Math.max(0, Math.min(others.length, to)), 0, id);
  return others;
}

/** Where among lines (their middles, px from the top, without the one that is moved) something at `y` belongs. */
export function placeAt(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length;
}
