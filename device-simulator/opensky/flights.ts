import { course, destination, distance, type LatLon } from '../../protocol/geo.ts';
import { atResolution } from '../../protocol/position.ts';
import { Random } from '../random.ts';
import type { Bounds } from './client.ts';
import type { Aircraft } from './states.ts';

/** km/h and m of an airliner at cruise */
const cruise = { slowest: 690, fastest: 880, lowest: 9000, highest: 12_000 };

/**
 * Flights of our own for when OpenSky does not answer: straight across the area from one edge to another, again and
 * again on new ways. Where each is depends on seed and time alone.
 */
export function makeFlights(seed: number, bounds: Bounds, count: number): (time: number) => Aircraft[] {
  const flights = Array.from({ length: count }, (_, i) => new Flight(new Random(seed).fork(`flight ${i}`), bounds, i));
  return (time) => flights.map((flight) => flight.at(time));
}

interface Leg {
  from: LatLon;
  towards: number;
  /** km/h */
  speed: number;
  altitude: number;
  begins: number;
  ends: number;
}

class Flight {
  readonly #random: Random;
  readonly #bounds: Bounds;
  readonly #id: string;
  #leg: Leg | undefined;

  constructor(random: Random, bounds: Bounds, index: number) {
    this.#random = random;
    this.#bounds = bounds;
    this.#id = `demo-${String(index + 1).padStart(2, '0')}`;
  }

  at(time: number): Aircraft {
    // in the middle of its first leg when first seen
    this.#leg ??= this.#begin(time, this.#random.between(0.1, 0.9));
    while (time >= this.#leg.ends) this.#leg = this.#begin(Math.max(this.#leg.ends, time - 1), 0);
    const { from, towards, speed, altitude, begins } = this.#leg;
    const place = destination(from, towards, ((time - begins) / 3_600_000) * speed * 1000);
    return {
      icao24: this.#id,
      name: `Demo flight ${this.#id.slice(5)}`,
      fix: atResolution({ deviceId: this.#id, fixTime: Math.round(time), ...place, speed, course: towards, altitude }),
    };
  }

  #begin(time: number, done: number): Leg {
    const random = this.#random;
    const sides = random.shuffled([0, 1, 2, 3]);
    const from = this.#onEdge(sides[0] ?? 0);
    const to = this.#onEdge(sides[1] ?? 1);
    const speed = Math.round(random.between(cruise.slowest, cruise.fastest));
    const altitude = Math.round(random.between(cruise.lowest, cruise.highest) / 300) * 300;
    const takes = (distance(from, to) / 1000 / speed) * 3_600_000;
    const begins = time - takes * done;
    return { from, towards: course(from, to), speed, altitude, begins, ends: begins + takes };
  }

  #onEdge(side: number): LatLon {
    const { lamin, lamax, lomin, lomax } = this.#bounds;
    const part = this.#random.between(0.1, 0.9);
    if (side < 2) return { latitude: lamin + (lamax - lamin) * part, longitude: side === 0 ? lomin : lomax };
    return { latitude: side === 2 ? lamin : lamax, longitude: lomin + (lomax - lomin) * part };
  }
}
