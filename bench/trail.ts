import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Changes } from '../daemon/project/changes.ts';
import { SmallRegistry } from '../daemon/project/story.fixture.ts';
import { Trails } from '../daemon/project/trails.ts';
import { atResolution, type Position } from '../protocol/position.ts';
import { decodeColumns, trailColumns } from '../protocol/trail-chunk.ts';
import { forComparison, lessIsBetter, moreIsBetter, type Row } from './row.ts';

/**
 * Trails as chunks, beside the plain way: a row a point, clustered by van and time. Both in WAL mode with
 * synchronous=NORMAL, both with every field, and both giving every field back.
 */
export const midnight = Date.UTC(2026, 3, 1);
export const daySeconds = 86_400;
const vans = 100;
/** The other vans of the table send every so many seconds. */
const slow = 10;
const manyVans = 5000;
const manySeconds = 60;
/** Points in a commit of the write test, as at 6,000 messages a second. */
const commitPoints = 6000;

export async function trailBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-trail-'));
  try {
    return [...dayOfOneVan(folder), ...writing(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function dayOfOneVan(folder: string): Row[] {
  const ours = new OurTrails(join(folder, 'ours.sqlite'));
  const rows = new PlainRows(join(folder, 'rows.sqlite'));
  const tracks = Array.from({ length: vans }, (_, i) => new Track(i));
  let points = 0;
  for (let second = 0; second < daySeconds; second += slow) {
    const batch: { van: number; position: Position }[] = [];
    for (let i = 0; i < slow; i++) {
      for (const [van, track] of tracks.entries()) {
        if (van === 0 || i === van % slow) batch.push({ van, position: track.at(second + i, van === 0 ? 1 : slow) });
      }
    }
    points += batch.length;
    ours.write(batch);
    rows.write(batch);
  }
  ours.end();
  const [first, last] = [midnight, midnight + daySeconds * 1000];
  const columns = best(() => expectDay(ours.readColumns('v0', first, last)));
  const asPoints = best(() => expectDay(ours.read('v0', first, last)));
  const objects = best(() => expectDay(rows.read(0, first, last)));
  const bytes = ours.bytes() / points;
  const result = [
    lessIsBetter('trail: bytes a point on disk, at most 10', bytes, 10, 1, 'B'),
    lessIsBetter('trail: bytes a point, beside a row a point', bytes, rows.bytes() / points, 4, 'B'),
    lessIsBetter("trail: a van's day read to be drawn, beside clustered rows", columns, objects, 8, 'ms'),
    forComparison("trail: a van's day as points with jumps marked, times faster", objects, asPoints, 'ms'),
  ];
  ours.close();
  rows.close();
  return result;
}

function writing(folder: string): Row[] {
  const tracks = Array.from({ length: manyVans }, (_, i) => new Track(i));
  const batches: { van: number; position: Position }[][] = [];
  let batch: { van: number; position: Position }[] = [];
  for (let second = 0; second < manySeconds; second++) {
    for (const [van, track] of tracks.entries()) {
      batch.push({ van, position: track.at(second, 1) });
      if (batch.length === commitPoints) {
        batches.push(batch);
        batch = [];
      }
    }
  }
  const points = manyVans * manySeconds;
  const ours = new OurTrails(join(folder, 'many.sqlite'));
  const rows = new PlainRows(join(folder, 'many-rows.sqlite'));
  const oursMs = timed(() => {
    for (const each of [...batches, batch]) ours.write(each);
    ours.end();
  });
  const rowsMs = timed(() => {
    for (const each of [...batches, batch]) rows.write(each);
  });
  ours.close();
  rows.close();
  return [
    moreIsBetter('trail: points written, beside a row a point', points / oursMs, points / rowsMs, 3, 'thousand/s'),
  ];
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The best of many rounds: what other programs take from the machine meanwhile belongs to neither side. */
function best(work: () => void): number {
  return Math.min(...Array.from({ length: 25 }, () => timed(work)));
}

function expectDay(points: number): void {
  if (points !== daySeconds) throw new Error(`${points} points of the day were read`);
}

class OurTrails {
  #db: Database.Database;
  #trails = new Trails({ registry: new SmallRegistry(), now: () => midnight });
  #changes = new Changes();
  #place = { before: null, after: 'x' };
  #columns = trailColumns(daySeconds);

  constructor(file: string) {
    this.#db = open(file);
    this.#trails.open(this.#db);
  }
  write(batch: readonly { van: number; position: Position }[]): void {
    for (const { position } of batch) {
      this.#trails.apply({ topic: 'positions', agency: 'demo', value: position }, this.#place, this.#changes);
    }
    this.#save(false);
  }
  end(): void {
    this.#save(true);
  }
  #save(closing: boolean): void {
    this.#db.transaction(() => this.#trails.save(this.#db, 'x', closing))();
    this.#trails.saved();
  }
  read(device: string, from: number, to: number): number {
    let points = 0;
    for (const page of this.#trails.device('demo', device, from, to)) points += page.length;
    return points;
  }
  /** As it is drawn: every field in a column of its own. */
  readColumns(device: string, from: number, to: number): number {
    let points = 0;
    for (const page of this.#trails.packed('demo', device, from, to)) {
      for (const chunk of page) points += decodeColumns(chunk, this.#columns, points);
    }
    return points;
  }
  bytes(): number {
    return fileBytes(this.#db);
  }
  close(): void {
    this.#db.close();
  }
}

export class PlainRows {
  #db: Database.Database;
  #insert: Database.Statement<unknown[]>;
  #select: Database.Statement<unknown[]>;

  constructor(file: string) {
    this.#db = open(file);
    this.#db.exec(`CREATE TABLE trail (van INTEGER, fixTime INTEGER, receivedAt INTEGER, latitude REAL, longitude REAL,
      speed REAL, course REAL, altitude INTEGER, accuracy INTEGER, battery INTEGER, ignition INTEGER,
      PRIMARY KEY (van, fixTime)) WITHOUT ROWID`);
    this.#insert = this.#db.prepare('INSERT OR IGNORE INTO trail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#select = this.#db.prepare(`SELECT fixTime, receivedAt, latitude, longitude, speed, course, altitude, accuracy,
      battery, ignition FROM trail WHERE van = ? AND fixTime >= ? AND fixTime < ? ORDER BY fixTime`);
  }
  write(batch: readonly { van: number; position: Position }[]): void {
    this.#db.transaction(() => {
      for (const { van, position: p } of batch) {
        const measured = [p.speed, p.course, p.altitude, p.accuracy, p.battery, Number(p.ignition)];
        this.#insert.run(van, p.fixTime, p.receivedAt, p.latitude, p.longitude, ...measured);
      }
    })();
  }
  read(van: number, from: number, to: number): number {
    return this.#select.all(van, from, to).length;
  }
  bytes(): number {
    return fileBytes(this.#db);
  }
  close(): void {
    this.#db.close();
  }
}

function open(file: string): Database.Database {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -64000');
  return db;
}

function fileBytes(db: Database.Database): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}

/**
 * A van as its receiver reports it: it speeds up and slows down, turns, stops at doors. The error of a fix wanders (a
 * receiver smooths what it measures) and has some jitter; the network delays a message by 0.3 to 0.7 s.
 */
export class Track {
  #seed: number;
  #device: string;
  #latitude: number;
  #longitude: number;
  #speed = 20;
  #course = 90;
  #stopUntil = 0;
  #error = { north: 0, east: 0 };

  constructor(van: number) {
    this.#device = `v${van}`;
    this.#seed = van + 1;
    this.#latitude = 18.4 + van / 1000;
    this.#longitude = 73.8 + van / 1000;
  }

  at(second: number, interval: number): Position {
    const root = Math.sqrt(interval);
    if (second < this.#stopUntil) this.#speed = 0;
    else {
      if (this.#random() < 0.004 * interval) this.#stopUntil = second + 60 + 180 * this.#random();
      this.#speed = Math.max(0, Math.min(60, this.#speed + this.#noise(3 * root)));
      this.#course = (this.#course + this.#noise(5 * root) + 360) % 360;
    }
    const metres = (this.#speed / 3.6) * interval;
    this.#latitude += (Math.cos((this.#course * Math.PI) / 180) * metres) / 111_200;
    this.#longitude += (Math.sin((this.#course * Math.PI) / 180) * metres) / 105_400;
    this.#error.north = 0.98 * this.#error.north + this.#noise(0.5);
    this.#error.east = 0.98 * this.#error.east + this.#noise(0.5);
    const fixTime = midnight + second * 1000;
    return atResolution({
      device: this.#device,
      fixTime,
      receivedAt: fixTime + 300 + Math.round(400 * this.#random()),
      latitude: this.#latitude + (this.#error.north + this.#noise(0.3)) / 111_200,
      longitude: this.#longitude + (this.#error.east + this.#noise(0.3)) / 105_400,
      speed: Math.max(0, this.#speed + this.#noise(0.3)),
      course: this.#course,
      altitude: 560 + 2 * this.#error.north,
      accuracy: 3 + Math.abs(this.#error.east),
      battery: Math.round(100 - (second % 50_000) / 1000),
      ignition: second >= this.#stopUntil,
    });
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return this.#seed / 0x7fffffff;
  }

  /** About normal, with this standard deviation. */
  #noise(size: number): number {
    return (this.#random() + this.#random() + this.#random() - 1.5) * 2 * size;
  }
}
