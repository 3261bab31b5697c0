import type { Fix } from '../daemon/domain/fold.ts';
import { Random } from '../device-simulator/random.ts';
import { course, destination, distance, type LatLon } from '../protocol/geo.ts';

/**
 * Agencies and days for judging estimates by. Nothing of it is known to the estimator: each agency has a speed, rush
 * hours and stop times of its own; stops have heavy tails (Pareto), days are slow or quick as a whole, drivers drink
 * tea, have lunch, swap stops and press buttons late, trackers fall silent and hand in later.
 */
export interface Consumer extends LatLon {
  id: string;
  /** median ms at this door */
  stop: number;
}

/** Something that reaches the daemon, at `time` (UTC ms). */
type Happening = { time: number } & (
  | { kind: 'fix'; fix: Fix }
  | { kind: 'start' }
  | { kind: 'delivered'; consumer: Consumer; actedAt: number }
);

export interface RunDay {
  /** in the planned order */
  stops: Consumer[];
  /** when the van left the store, UTC ms */
  startedAt: number;
  /** the true arrivals, by consumer, UTC ms */
  arrivals: Map<string, number>;
  happenings: Happening[];
}

const minute = 60_000;
const hour = 60 * minute;
const fixEvery = 10_000;
const timeZoneOffset = 5.5 * hour;

export class EstimatesWorld {
  readonly godown: LatLon;
  readonly consumers: Consumer[];
  /** whether its estimator is given road distances */
  readonly roads: boolean;
  readonly #random: Random;
  readonly #seed: number;
  /** m/s without traffic */
  readonly #speed: number;
  readonly #rush: { at: number; width: number; depth: number }[];
  readonly #teaPerHour: number;

  constructor(seed: number) {
    this.#seed = seed;
    const random = new Random(seed);
    this.#random = random;
    this.roads = random.chance(0.5);
    this.godown = { latitude: 21.1 + random.between(-0.05, 0.05), longitude: 79 + random.between(-0.05, 0.05) };
    const town = random.between(2500, 5000);
    const medianStop = random.between(2.4, 5) * minute;
    const wards = Array.from({ length: 9 }, () =>
      destination(this.godown, random.between(0, 360), town * random.next()),
    );
    this.consumers = Array.from({ length: 120 }, (_, i) => ({
      id: `c${i}`,
      ...destination(random.pick(wards), random.between(0, 360), 650 * Math.abs(random.normal())),
      stop: medianStop * Math.exp(0.2 * random.normal()),
    }));
    this.#speed = (random.between(17, 28) * 1000) / 3600;
    this.#rush = [random.between(9.5, 11), random.between(16.5, 18.5)].map((at) => ({
      at,
      width: random.between(0.7, 1.5),
      depth: random.between(0.2, 0.45),
    }));
    this.#teaPerHour = random.between(0.05, 0.15);
  }

  /** Metres by road between two places; the same for the same two. */
  road(from: LatLon, to: LatLon): number {
    return distance(from, to) * this.#detour(from, to);
  }

  day(number: number): RunDay {
    const random = this.#random.fork(`day ${number}`);
    const midnight = Date.UTC(2026, 2, 2) + number * 24 * hour - timeZoneOffset;
    const stops = this.#planned(random);
    const slow = Math.exp(0.08 * random.normal()) * (random.chance(0.1) ? 0.78 : 1);
    const hands = Math.exp(0.08 * random.normal());
    const startedAt = midnight + Math.round(random.between(9, 10.5) * hour);
    const log = new Tracker(random, startedAt);
    log.stand(this.godown, startedAt - 20 * minute, startedAt);
    const happenings: Happening[] = [{ kind: 'start', time: startedAt - Math.round(random.between(0, 3) * minute) }];
    const arrivals = new Map<string, number>();
    let at: LatLon = this.godown;
    let time = startedAt;
    let lunch = random.chance(0.33) ? midnight + random.between(12.75, 13.75) * hour : Number.POSITIVE_INFINITY;
    for (const consumer of this.#driven(stops, random)) {
      const metres = this.road(at, consumer);
      const speed = this.#speed * slow * this.#traffic(time - midnight) * Math.exp(0.16 * random.normal());
      const signals = random.chance(Math.min(0.9, metres / 2500)) ? -Math.log(1 - random.next()) * 30_000 : 0;
      const took = (metres / Math.max(1, speed)) * 1000 + signals + 15_000;
      let pause = random.chance((this.#teaPerHour * 7) / 60) ? 6 * minute * Math.exp(0.5 * random.normal()) : 0;
      if (time > lunch) {
        pause = random.between(20, 40) * minute;
        lunch = Number.POSITIVE_INFINITY;
      }
      time = log.drive(at, consumer, metres, time, took, pause);
      arrivals.set(consumer.id, time);
      const tail = random.chance(0.03) ? (3 * minute) / (1 - random.next()) ** (1 / 2.5) : 0;
      const stood = consumer.stop * hands * Math.exp(0.24 * random.normal()) + Math.min(hour, tail);
      log.stand(consumer, time, time + stood);
      time = Math.round(time + stood);
      const late = random.chance(0.05) ? random.between(2, 12) * minute : random.between(-20_000, 15_000);
      happenings.push({ kind: 'delivered', consumer, actedAt: time, time: Math.round(time + late) });
      at = consumer;
    }
    const all: Happening[] = [...happenings, ...log.told];
    all.sort((a, b) => a.time - b.time);
    return { stops, startedAt, arrivals, happenings: all };
  }

  /** 25 to 40 consumers, from one to the nearest next. */
  #planned(random: Random): Consumer[] {
    const left = new Set(random.shuffled(this.consumers).slice(0, 25 + random.below(16)));
    const stops: Consumer[] = [];
    let at: LatLon = this.godown;
    while (left.size > 0) {
      const next = [...left].reduce((a, b) => (distance(at, b) < distance(at, a) ? b : a));
      left.delete(next);
      stops.push(next);
      at = next;
    }
    return stops;
  }

  /** As it is driven: now and then the next but one comes first. */
  #driven(stops: readonly Consumer[], random: Random): Consumer[] {
    const driven = [...stops];
    for (let i = 1; i < driven.length; i++) {
      if (!random.chance(0.02)) continue;
      [driven[i - 1], driven[i]] = [driven[i] as Consumer, driven[i - 1] as Consumer];
    }
    return driven;
  }

  /** How much of the free speed the traffic leaves at a time of day, ms after midnight. */
  #traffic(time: number): number {
    const hours = time / hour;
    return this.#rush.reduce(
      (left, { at, width, depth }) => left * (1 - depth * Math.exp(-(((hours - at) / width) ** 2))),
      1,
    );
  }

  #detour(from: LatLon, to: LatLon): number {
    const key = [from.latitude, from.longitude, to.latitude, to.longitude].map((value) => Math.round(value * 1e5));
    const random = new Random(this.#seed).fork(key.join(' '));
    return Math.max(1.02, 1.35 * Math.exp(0.16 * random.normal()));
  }
}

/** The van's tracker: a fix every ten seconds, a few metres off; what a dead zone holds back comes after it. */
class Tracker {
  readonly told: Happening[] = [];
  readonly #random: Random;
  #next: number;
  #silentUntil = 0;
  #off = { north: 0, east: 0 };

  constructor(random: Random, startedAt: number) {
    this.#random = random.fork('tracker');
    this.#next = startedAt - 20 * minute;
  }

  stand(at: LatLon, from: number, until: number): void {
    this.#report(from, until, () => at);
  }

  /** Around a corner, such that the way is as long as it is said to be; with a halt half way. Answers when it is there. */
  drive(from: LatLon, to: LatLon, metres: number, start: number, took: number, pause: number): number {
    const straight = distance(from, to);
    const side = this.#random.chance(0.5) ? 90 : -90;
    const middle = destination(from, course(from, to), straight / 2);
    const corner = destination(
      middle,
      course(from, to) + side,
      Math.sqrt(Math.max(0, metres ** 2 - straight ** 2)) / 2,
    );
    const half = start + took / 2;
    this.#report(start, half, (part) => between(from, corner, part));
    this.#report(half, half + pause, () => corner);
    const there = Math.round(start + took + pause);
    this.#report(half + pause, there, (part) => between(corner, to, part));
    return there;
  }

  #report(from: number, until: number, place: (part: number) => LatLon): void {
    for (; this.#next < until; this.#next += fixEvery) {
      const fixTime = this.#next;
      if (fixTime < from) continue;
      this.#off.north = 0.9 * this.#off.north + 1.5 * this.#random.normal();
      this.#off.east = 0.9 * this.#off.east + 1.5 * this.#random.normal();
      const exact = place((fixTime - from) / (until - from));
      const latitude = exact.latitude + this.#off.north / 111_195;
      const longitude = exact.longitude + this.#off.east / (111_195 * Math.cos((latitude * Math.PI) / 180));
      if (this.#random.chance(fixEvery / (2 * hour))) {
        this.#silentUntil = fixTime - Math.log(1 - this.#random.next()) * 4 * minute;
      }
      const time = Math.max(fixTime + 500, this.#silentUntil);
      this.told.push({ kind: 'fix', time, fix: { fixTime, latitude, longitude } });
    }
  }
}

function between(a: LatLon, b: LatLon, part: number): LatLon {
  return {
    latitude: a.latitude + (b.latitude - a.latitude) * part,
    longitude: a.longitude + (b.longitude - a.longitude) * part,
  };
}
