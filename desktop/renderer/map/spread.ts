/** px between the middles of neighbours: marks touch and do not cover one another. */
const between = 34;
/** More than these in one place stay one mark: a circle of that many would cover the streets around. */
export const mostSpread = 37;

/**
 * Where marks that stand on one spot are drawn, px right and down of the middle: one ring for up to six, then a middle
 * one and rings of 6, 12, 18 around it.
 */
export function spread(count: number): [right: number, down: number][] {
  if (count <= 1) return count === 1 ? [[0, 0]] : [];
  if (count <= 6) {
    const radius = between / (2 * Math.sin(Math.PI / Math.max(count, 3)));
    return ring(count, Math.max(radius, between / 2));
  }
  const places: [number, number][] = [[0, 0]];
  for (let i = 1; places.length < count; i++) {
    places.push(...ring(Math.min(6 * i, count - places.length), between * i));
  }
  return places;
}

function ring(count: number, radius: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    return [Math.cos(angle) * radius, Math.sin(angle) * radius];
  });
}
