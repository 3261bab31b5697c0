import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { motionStep } from '../daemon/domain/motion-step.ts';
import { Changes } from '../daemon/project/changes.ts';
import { Live } from '../daemon/project/live.ts';
import { MotionSettingsProjection } from '../daemon/project/motion-settings.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import { Trails } from '../daemon/project/trails.ts';
import { VanFolds } from '../daemon/project/van-folds.ts';
import type { AnyStep } from '../daemon/project/van-folds-state.ts';
import { atResolution, type Position } from '../protocol/position.ts';
import type { Event, LogRecord } from '../protocol/record.ts';
import { seededRandom } from '../test/random.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

/**
 * What going through the fixes of 10,000 vans in the order of fixTime costs a position: the engine and the step of
 * motion, with what it writes. Time of this thread alone: other programs of the machine do not count.
 */
const vans = 10_000;
/** Fixes of each van, `interval` s apart: half an hour, with the stops of a round. */
const rounds = 120;
const interval = 15;
const warmUp = 20;
/** Of the late fixes: every so many-th van's fix of ten minutes ago. */
const lateOf = 50;
/** The limit for motion, zones and arrivals together is 15 µs. */
const most = 4;
const began = Date.UTC(2026, 3, 2, 3, 30);

export async function foldsBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-folds-'));
  try {
    return measured(join(folder, 'projections.sqlite'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(file: string): Row[] {
  const day = new FoldedDay(file);
  const random = seededRandom(1);
  const drives = Array.from({ length: vans }, (_, i) => new Drive(i, random));
  const late: LogRecord[] = [];
  const empty = memory();
  for (let round = 0; round < rounds; round++) {
    if (round === warmUp) day.took = { apply: 0, save: 0, positions: 0, longestSave: 0 };
    const records = drives.map((drive) => drive.next(round));
    if (round === rounds - 40) late.push(...records.filter((_, i) => i % lateOf === 0));
    day.take(round === rounds - 40 ? records.filter((_, i) => i % lateOf !== 0) : records);
  }
  const { apply, save, positions, longestSave } = day.took;
  const bytes = (memory() - empty) / vans;
  const micros = (apply + save) / positions;
  const settling = day.late(late) / late.length;
  day.close();
  return [
    lessIsBetter('folds: motion, a position of 10,000 vans', micros, most, 1, 'µs'),
    forComparison('folds: of it writing, beside all', save / positions, micros, 'µs'),
    forComparison('folds: the longest save with 10,000 vans, beside 100 ms', longestSave / 1000, 100, 'ms'),
    lessIsBetter('folds: a fix ten minutes late, gone through again', settling, 2000, 1, 'µs'),
    forComparison('folds: memory a van with its trail and live state, beside 20 kB', bytes / 1000, 20, 'kB'),
  ];
}

class FoldedDay {
  took = { apply: 0, save: 0, positions: 0, longestSave: 0 };
  readonly #db: Database.Database;
  readonly #changes = new Changes();
  readonly #place = { before: null, after: 'x' };
  readonly #trails: Trails;
  readonly #live: Live;
  readonly #folds: VanFolds;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = NORMAL');
    const registry = new RegistryProjection();
    const settings = new MotionSettingsProjection();
    const now = () => began;
    this.#trails = new Trails({ registry: registry.view, now });
    this.#live = new Live({ registry: registry.view, trails: this.#trails });
    const steps: AnyStep[] = [motionStep((agency, time) => settings.at(agency, time))];
    this.#folds = new VanFolds({ registry: registry.view, trails: this.#trails, live: this.#live, steps, now });
    registry.open(this.#db);
    this.#trails.open(this.#db);
    this.#folds.open(this.#db);
    for (let van = 0; van < vans; van++) {
      const [id, device] = [`v${van}`, `t${van}`];
      for (const record of [
        happened('van-added', { id, name: id, kind: 'van' }),
        happened('device-added', { id: device, username: device, type: 'tracker', vanId: id, from: 0 }),
      ]) {
        registry.apply(record, this.#place, this.#changes);
        this.#live.apply(record, this.#place, this.#changes);
        this.#folds.apply(record, this.#place, this.#changes);
      }
    }
  }

  /** Each record to every projection before the next one would give the same: no two are of one van. */
  take(records: readonly LogRecord[]): void {
    for (const record of records) this.#trails.apply(record, this.#place, this.#changes);
    for (const record of records) this.#live.apply(record, this.#place, this.#changes);
    this.took.apply += micros(() => {
      for (const record of records) this.#folds.apply(record, this.#place, this.#changes);
    });
    const saving = this.#save();
    this.took.save += saving;
    this.took.longestSave = Math.max(this.took.longestSave, saving);
    this.took.positions += records.length;
    this.#changes.take('x');
  }

  /** µs until everything that came late is gone through. */
  late(records: readonly LogRecord[]): number {
    for (const record of records) this.#trails.apply(record, this.#place, this.#changes);
    for (const record of records) this.#live.apply(record, this.#place, this.#changes);
    return micros(() => {
      for (const record of records) this.#folds.apply(record, this.#place, this.#changes);
      for (let van = 0; van < vans; van += lateOf) this.#folds.state('demo', `v${van}`, 'motion');
    });
  }

  #save(): number {
    let took = 0;
    this.#db.transaction(() => {
      this.#trails.save(this.#db, 'x', false);
      took += micros(() => void this.#folds.save(this.#db, 'x'));
    })();
    this.#trails.saved();
    this.#folds.saved();
    return took;
  }

  close(): void {
    this.#db.close();
  }
}

/** A van on its round: it drives, waits at lights, stands at doors; its fixes are some metres off. */
class Drive {
  readonly #device: string;
  readonly #random: () => number;
  #latitude: number;
  #longitude: number;
  #speed = 0;
  #left = 0;
  #course = 0;

  constructor(van: number, random: () => number) {
    this.#device = `t${van}`;
    this.#random = random;
    this.#latitude = 21 + random() / 3;
    this.#longitude = 79 + random() / 3;
    this.#left = random() * 300;
  }

  next(round: number): LogRecord {
    this.#left -= interval;
    if (this.#left <= 0) {
      const stands = this.#speed > 0;
      this.#speed = stands ? 0 : 15 + 25 * this.#random();
      this.#left = stands ? 20 + 300 * this.#random() ** 2 : 60 + 240 * this.#random();
      this.#course = 6.283 * this.#random();
    }
    const metres = (this.#speed / 3.6) * interval;
    this.#latitude += (Math.cos(this.#course) * metres) / 111_200;
    this.#longitude += (Math.sin(this.#course) * metres) / 103_800;
    const fixTime = began + round * interval * 1000;
    const value: Position = atResolution({
      device: this.#device,
      fixTime,
      receivedAt: fixTime + 400,
      latitude: this.#latitude + (8 * (this.#random() - 0.5)) / 111_200,
      longitude: this.#longitude + (8 * (this.#random() - 0.5)) / 103_800,
      speed: this.#speed + 2 * this.#random(),
      course: (this.#course * 180) / Math.PI,
      accuracy: 4,
      ignition: this.#speed > 0 || this.#left < 60,
    });
    return { topic: 'positions', agency: 'demo', value };
  }
}

function happened<T extends Event['type']>(type: T, data: Extract<Event, { type: T }>['data']): LogRecord {
  const id = '00000000-0000-4000-8000-000000000000';
  const event = { id, time: began, actor: 'bench', type, expects: [], data };
  return { topic: 'events', agency: 'demo', value: event as unknown as Event };
}

/** µs this thread worked. */
function micros(work: () => void): number {
  const { user, system } = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return after.user + after.system - user - system;
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
