import type { LatLon } from '../../protocol/geo.ts';

/** m a degree of latitude is long (6 371 008.8 m · π / 180) */
const degree = 111_195;

/** A line that is to be driven, and how far from it something is. Flat geometry: exact to 0.1 % within 50 km. */
export class Way {
  /** x, y of the corners, m from the first */
  readonly #corners: Float64Array;
  readonly #latitude: number;
  readonly #longitude: number;
  readonly #width: number;

  constructor(line: readonly LatLon[]) {
    const [first = { latitude: 0, longitude: 0 }] = line;
    this.#latitude = first.latitude;
    this.#longitude = first.longitude;
    this.#width = degree * Math.cos((first.latitude * Math.PI) / 180);
    this.#corners = new Float64Array(line.length * 2);
    for (const [i, { latitude, longitude }] of line.entries()) {
      this.#corners[2 * i] = (longitude - this.#longitude) * this.#width;
      this.#corners[2 * i + 1] = (latitude - this.#latitude) * degree;
    }
  }

  /**
   * m to the nearest part of the line, looked for around `place` first: once one within `enough` metres is found no
   * nearer one is looked for. `place`: the part that was found; give it back with the next fix. No line: 0 m.
   */
  metresFrom(latitude: number, longitude: number, place: number, enough: number): { metres: number; place: number } {
    const x = (longitude - this.#longitude) * this.#width;
    const y = (latitude - this.#latitude) * degree;
    const parts = this.#corners.length / 2 - 1;
    if (parts < 1) return { metres: 0, place: 0 };
    const start = Math.min(Math.max(place, 0), parts - 1);
    let best = Number.POSITIVE_INFINITY;
    let nearest = start;
    // Outwards from where it was last: a van that drives on finds itself in a few steps.
    for (let step = 0; step < 2 * parts; step++) {
      const part = step % 2 === 0 ? start + step / 2 : start - (step + 1) / 2;
      if (part < 0 || part >= parts) continue;
      const squared = this.#squaredTo(part, x, y);
      if (squared >= best) continue;
      best = squared;
      nearest = part;
      if (best <= enough * enough) break;
    }
    return { metres: Math.sqrt(best), place: nearest };
  }

  #squaredTo(part: number, x: number, y: number): number {
    const ax = this.#corners[2 * part] as number;
    const ay = this.#corners[2 * part + 1] as number;
    const dx = (this.#corners[2 * part + 2] as number) - ax;
    const dy = (this.#corners[2 * part + 3] as number) - ay;
    const length = dx * dx + dy * dy;
    const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
  }
}
