import { hashKey } from '../daemon/domain/device-key.ts';
import { dayAt } from '../daemon/domain/order-day.ts';
import { destination, distance, type LatLon } from '../protocol/geo.ts';
import { atResolution, type Position } from '../protocol/position.ts';
import type { Event, LogRecord } from '../protocol/record.ts';
import type { Consumer } from '../protocol/registry.ts';
import { seededRandom } from '../test/random.ts';
import { somewhere, zoneAt } from './zones.ts';

/** A day at an agency of many vans, each on its run through a district full of zones: what the log is told of it. */
const agency = 'bench';
type PositionRecord = Extract<LogRecord, { topic: 'positions' }>;

/** What is so before the first fix: vans with their trackers, zones, and every van out with a run of so many stops. */
export function* worldOf(drives: readonly Drive[], zones: number, time: number): Generator<LogRecord> {
  const happened = eventsAt(time - 60_000);
  // Wherever it is about noon: nobody's run is of yesterday.
  const offset = 12 - new Date(time).getUTCHours();
  const timeZone = `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
  const day = dayAt(time, timeZone);
  yield happened('agency-added', { agency: { id: agency, name: 'Bench', timeZone, language: 'en' } });
  const random = seededRandom(2);
  for (let i = 0; i < zones; i++) {
    const zone = zoneAt(i, somewhere(random), random);
    yield happened('zone-added', { ...zone, name: zone.id });
  }
  for (const { van, device, doors } of drives) {
    yield happened('van-added', { id: van, name: van, kind: 'van' });
    yield happened('device-added', { id: device, username: device, type: 'tracker', vanId: van, from: 0 });
    const credential = { kind: 'device' as const, username: device, deviceId: device, keyHash: hashKey(keyOf(device)) };
    yield { topic: 'accounts', agency, id: device, value: credential };
    for (const [i, { latitude, longitude }] of doors.entries()) {
      const [id, consumerId] = [orderOf(van, i), `c-${van}-${i}`];
      const value: Consumer = { id: consumerId, name: consumerId, latitude, longitude, version: 1 };
      yield happened('consumer-added', { id: consumerId });
      yield { topic: 'people', agency, id: consumerId, value };
      yield happened('order-booked', { id, consumerId, cylinders: 1 });
    }
    yield happened('run-planned', { vanId: van, day, stops: doors.map((_, i) => orderOf(van, i)) });
    for (const i of doors.keys()) yield happened('order-started', { id: orderOf(van, i), attempt: 1 });
  }
}

/** What a tracker signs in with. */
export function keyOf(device: string): string {
  return `key of ${device}`;
}

function orderOf(van: string, stop: number): string {
  return `o-${van}-${stop}`;
}

let events = 0;
function eventsAt(time: number) {
  return <T extends Event['type']>(type: T, data: Extract<Event, { type: T }>['data']): LogRecord => {
    const id = `00000000-0000-4000-8000-${String(++events).padStart(12, '0')}`;
    const event = { id, time, actor: 'bench', type, expects: [], data };
    return { topic: 'events', agency, value: event as unknown as Event };
  };
}

/** A van on its run: it drives round two sides of a block to each door, stands there, and says that it delivered. */
export class Drive {
  readonly van: string;
  readonly device: string;
  readonly doors: readonly LatLon[];
  readonly #random: () => number;
  #at: LatLon;
  /** the door it drives to or stands at */
  #stop = 0;
  /** s it still stands */
  #stands = 0;
  /** km/h */
  #speed = 0;

  constructor(i: number, stops: number) {
    this.van = `v${i}`;
    this.device = `van-${i}`;
    this.#random = seededRandom(i + 1);
    const random = this.#random;
    this.#at = somewhere(random);
    const middle = this.#at;
    this.doors = Array.from({ length: stops }, () => destination(middle, random() * 360, 300 + random() * 2500));
    this.#stands = random() * 200;
  }

  /** What comes of it after so many more seconds: its fix, and at the end of a stand the delivery. */
  next(fixTime: number, seconds: number): { fix: PositionRecord; delivered?: LogRecord } {
    const random = this.#random;
    let delivered: LogRecord | undefined;
    const door = this.doors[this.#stop % this.doors.length] as LatLon;
    let course = 0;
    if (this.#stands > 0) {
      this.#speed = 0;
      this.#stands -= seconds;
      if (this.#stands <= 0 && distance(this.#at, door) < 5) {
        if (this.#stop < this.doors.length) delivered = this.#delivers(fixTime);
        this.#stop++;
      }
    } else {
      if (this.#speed === 0 || random() < 0.1) this.#speed = 12 + random() * 35;
      const metres = (this.#speed / 3.6) * seconds;
      const corner = { latitude: door.latitude, longitude: this.#at.longitude };
      const next = distance(this.#at, corner) > 5 ? corner : door;
      const left = distance(this.#at, next);
      course = next === corner ? (door.latitude > this.#at.latitude ? 0 : 180) : 90;
      const part = Math.min(1, metres / Math.max(left, 1));
      this.#at = {
        latitude: this.#at.latitude + part * (next.latitude - this.#at.latitude),
        longitude: this.#at.longitude + part * (next.longitude - this.#at.longitude),
      };
      if (next === door && part === 1) this.#stands = 90 + 400 * random() ** 2;
    }
    const standing = this.#stands > 0;
    const value: Position = atResolution({
      device: this.device,
      fixTime,
      receivedAt: fixTime + 400,
      // Some metres off, as receivers are.
      latitude: this.#at.latitude + (8 * (random() - 0.5)) / 111_200,
      longitude: this.#at.longitude + (8 * (random() - 0.5)) / 103_800,
      speed: standing ? random() : this.#speed,
      course,
      accuracy: 4 + Math.round(random() * 6),
      battery: 90,
      ignition: !standing,
    });
    return { fix: { topic: 'positions', agency, value }, ...(delivered === undefined ? {} : { delivered }) };
  }

  #delivers(time: number): LogRecord {
    const delivery = {
      id: orderOf(this.van, this.#stop),
      attempt: 1,
      confirmation: 'code' as const,
      full: 1,
      empties: 1,
    };
    return eventsAt(time)('order-delivered', delivery);
  }
}
