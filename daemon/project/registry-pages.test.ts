import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { Changes } from './changes.ts';
import { RegistryProjection } from './registry.ts';

const agencies = ['pune', 'nagpur'];
const consumers = Array.from({ length: 70 }, (_, n) => `c${n}`);
const vans = ['v1', 'v2', 'v3'];
const devices = ['gps1', 'gps2', 'gps3'];

/** A projection on a file, given a log whose cursors are how many of its records came before. */
class Daemon {
  readonly projection = new RegistryProjection({ leastInSlice: 1 });
  readonly db: Database.Database;

  constructor(db = new Database(':memory:')) {
    this.db = db;
    this.projection.open(db);
  }

  /** Takes a batch of the log. */
  take(log: readonly LogRecord[], from: number, to: number): void {
    const place = { before: from === 0 ? null : String(from), after: String(to) };
    for (const record of log.slice(from, to)) this.projection.apply(record, place, new Changes());
  }

  /** Answers from where the log is read after a crash. */
  save(upTo: number, closing = false): number {
    const from = this.db.transaction(() => this.projection.save(this.db, String(upTo), closing))();
    this.projection.saved();
    return Number(from ?? 0);
  }

  all(): unknown {
    const { view } = this.projection;
    return agencies.map((agency) => [
      view.counts(agency),
      [...consumers].map((id) => [view.consumer(agency, id), view.fields(agency, id)]),
      [...consumers].map((id) => view.count(agency, `consumer:${id}`)),
      vans.map((id) => [view.van(agency, id), view.count(agency, `van:${id}`), view.devicesOfVan(agency, id)]),
      devices.map((id) => [view.device(agency, id), view.count(agency, `device:${id}`), view.credential(id)]),
      ['asha', 'bina'].map((id) => [view.vanOfDriver(agency, id)?.id, view.count(agency, `driver:${id}`)]),
    ]);
  }
}

/** Events that expect what is so, or what was so before, and newest values; what a day in two agencies may bring. */
function history(length: number, random: () => number): LogRecord[] {
  const one = new Daemon();
  const log: LogRecord[] = [];
  const of = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const event = (agency: string, type: string, data: object, subjects: string[]): LogRecord => {
    const late = random() < 0.1 ? 1 : 0;
    const version = (subject: string) => Math.max(0, one.projection.view.count(agency, subject as 'van:x') - late);
    const expects = subjects.map((subject) => ({ subject, version: version(subject) }));
    const id = `00000000-0000-4000-8000-${String(log.length).padStart(12, '0')}`;
    const value = { id, time: log.length, actor: 'ADMIN:anu', type, expects, data };
    return { topic: 'events', agency, value } as unknown as LogRecord;
  };
  const next = (): LogRecord => {
    const agency = of(agencies);
    const { view } = one.projection;
    const dice = random();
    if (dice < 0.6) {
      const id = of(consumers);
      const there = view.consumer(agency, id) !== undefined;
      const type = there ? of(['consumer-changed', 'consumer-changed', 'consumer-removed']) : 'consumer-added';
      return event(agency, type, { id }, [`consumer:${id}`]);
    }
    if (dice < 0.85) {
      const id = of(consumers);
      const version = view.count(agency, `consumer:${id}`);
      const value = random() < 0.1 ? null : { id, name: `${id} at ${log.length}`, version };
      return { topic: 'people', agency, id, value };
    }
    if (dice < 0.93) {
      const [id, driverId] = [of(vans), of(['asha', 'bina', null])];
      const there = view.van(agency, id) !== undefined;
      const driver = driverId === null ? [] : [`driver:${driverId}`];
      if (there) return event(agency, 'van-changed', { id, driverId }, [`van:${id}`, ...driver]);
      return event(agency, 'van-added', { id, name: id, kind: 'van' }, [`van:${id}`]);
    }
    const id = of(devices);
    if (random() < 0.3) {
      const value = { kind: 'device' as const, username: id, deviceId: id, keyHash: `${agency} ${id} ${log.length}` };
      return { topic: 'accounts', agency, id: `device:${id}`, value };
    }
    const there = view.device(agency, id) !== undefined;
    if (there && random() < 0.3) return event(agency, 'device-removed', { id }, [`device:${id}`]);
    if (there) return event(agency, 'device-moved', { id, vanId: of(vans), from: log.length }, [`device:${id}`]);
    const data = { id, username: id, type: 'tracker', from: log.length };
    return event(agency, 'device-added', data, [`device:${id}`, `username:${id}`]);
  };
  for (let n = 0; n < length; n++) {
    log.push(next());
    one.take(log, n, n + 1);
  }
  return log;
}

describe('the pages of the registry', () => {
  it('are written in slices, and read back whole with what the log brings again, whenever a crash comes', () => {
    let behind = 0;
    const chance = fc.infiniteStream(fc.noBias(fc.nat(999_999)));
    const life = (chances: fc.Stream<number>) => {
      const random = () => (chances.next().value ?? 0) / 1e6;
      const log = history(600, random);
      let daemon = new Daemon();
      let from = 0;
      let at = 0;
      while (at < log.length) {
        const to = Math.min(log.length, at + 1 + Math.floor(random() * 12));
        daemon.take(log, at, to);
        at = to;
        const dice = random();
        if (dice < 0.3) from = daemon.save(at, random() < 0.05);
        else if (dice < 0.35) {
          daemon.db.exec('BEGIN');
          daemon.projection.save(daemon.db, String(at), false);
          daemon.db.exec('ROLLBACK');
        } else if (dice < 0.4) {
          behind += at > from ? 1 : 0;
          daemon = new Daemon(daemon.db);
          daemon.take(log, from, at);
        }
      }
      const calm = new Daemon();
      calm.take(log, 0, log.length);
      expect(daemon.all()).toEqual(calm.all());
      daemon.save(at, true);
      expect(new Daemon(daemon.db).all()).toEqual(calm.all());
    };
    fc.assert(fc.property(fc.noShrink(chance), life), { numRuns: 60 });
    expect(behind).toBeGreaterThan(60); // about two crashes a life
  });

  it('of vans and devices never wait, those of consumers some saves', () => {
    const daemon = new Daemon();
    const added = (kind: string, id: string, data: object): LogRecord => {
      const value = {
        id,
        time: 1,
        actor: 'o',
        type: `${kind}-added`,
        expects: [{ subject: `${kind}:${id}`, version: 0 }],
      };
      return { topic: 'events', agency: 'pune', value: { ...value, data: { id, ...data } } } as unknown as LogRecord;
    };
    const log = [
      ...consumers.map((id) => added('consumer', id, {})),
      ...Array.from({ length: 60 }, (_, n) => added('van', `v${n}`, { name: 'x', kind: 'van' })),
    ];
    daemon.take(log, 0, log.length);
    expect(daemon.save(log.length)).toBe(0);
    const read = () => new Daemon(daemon.db).projection.view.counts('pune');
    // The third page of the consumers has vans on it as well.
    expect(read()).toEqual({ vans: 60, devices: 0, consumers: 24 + 70 - 48 });
    expect(daemon.save(log.length)).toBe(log.length);
    expect(read()).toEqual({ vans: 60, devices: 0, consumers: 70 });
  });

  it('want a save a second after the last while some of them wait', () => {
    const daemon = new Daemon();
    expect(daemon.projection.wantsSave()).toBe(false);
    const person = (id: string): LogRecord => ({
      topic: 'people',
      agency: 'pune',
      id,
      value: { id, name: id, version: 1 },
    });
    daemon.take(consumers.map(person), 0, consumers.length);
    daemon.save(consumers.length);
    expect(daemon.projection.wantsSave()).toBe(false); // not at once
  });
});
