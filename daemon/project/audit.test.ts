import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, LogRecord } from '../../protocol/record.ts';
import { type AuditEntry, AuditProjection, type AuditQuery } from './audit.ts';

const agencies = ['pune', 'nagpur'];
const actors = ['ADMIN:anu', 'DISPATCHER:dev', 'daemon'];
const subjects = ['van:v1', 'order:O-1', 'driver:ravi', ...Array.from({ length: 9 }, (_, n) => `consumer:c${n}`)];

type EventRecord = Extract<LogRecord, { topic: 'events' }>;

/** What is told of every event that counted, and how it is looked for, in the plainest way. */
class Plain {
  readonly versions = new Map<string, number>();
  readonly entries: { agency: string; entry: AuditEntry }[] = [];

  take({ agency, value: { id, time, actor, type, expects, data } }: EventRecord): void {
    const nameOf = (subject: string) => `${agency} ${subject}`;
    if (expects.some(({ subject, version }) => (this.versions.get(nameOf(subject)) ?? 0) !== version)) return;
    for (const { subject, version } of expects) this.versions.set(nameOf(subject), version + 1);
    const number = this.entries.length + 1;
    this.entries.push({ agency, entry: { number, id, time, actor, type, about: expects[0]?.subject ?? '', data } });
  }

  list(agency: string, { actor, type, about, from = 0, to = Infinity, before = Infinity, limit }: AuditQuery) {
    return this.entries
      .filter((one) => one.agency === agency)
      .map(({ entry }) => entry)
      .filter((entry) => actor === undefined || entry.actor === actor)
      .filter((entry) => type === undefined || entry.type === type)
      .filter((entry) => about === undefined || entry.about === about)
      .filter(({ time, number }) => from <= time && time < to && number < before)
      .reverse()
      .slice(0, limit);
  }
}

/** The projection on a file, as the projector has it. */
class Opened {
  readonly projection = new AuditProjection();
  readonly db: Database.Database;

  constructor(db = new Database(':memory:')) {
    this.db = db;
    this.projection.open(db);
  }

  save(): void {
    this.db.transaction(() => this.projection.save(this.db, 'here'))();
    this.projection.saved();
  }

  /** The disk is full. */
  saveInVain(): void {
    this.db.exec('BEGIN');
    this.projection.save(this.db, 'here');
    this.db.exec('ROLLBACK');
  }
}

let count = 0;
function event(agency: string, time: number, actor: string, expects: Event['expects'], type = 'van-changed') {
  const id = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
  const value = { id, time, actor, type, expects, data: { id: `van ${count}` } };
  return { topic: 'events', agency, value } as unknown as EventRecord;
}

describe('the audit trail', () => {
  it('answers as a plain list of what counted would, whatever was saved, lost or read back in between', () => {
    let [dropped, pages] = [0, 0];
    const life = (chances: fc.Stream<number>) => {
      const random = () => (chances.next().value ?? 0) / 1e6;
      const of = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
      const plain = new Plain();
      let audit = new Opened();
      let unsaved: EventRecord[] = [];
      const expectationOf = (agency: string) => {
        const subject = of(subjects);
        const version = plain.versions.get(`${agency} ${subject}`) ?? 0;
        return { subject, version: random() < 0.1 ? version + 1 : version };
      };
      for (let n = 0; n < 500; n++) {
        const agency = random() < 0.8 ? 'pune' : 'nagpur';
        const expects = Array.from({ length: Math.floor(random() * 3.2) }, () => expectationOf(agency));
        const record = event(agency, 1000 + Math.floor(random() * 500), of(actors), expects, of(['van-changed', 'x']));
        const before = plain.entries.length;
        plain.take(record);
        if (plain.entries.length === before) dropped++;
        audit.projection.apply(record);
        unsaved.push(record);
        const dice = random();
        if (dice < 0.1) {
          audit.save();
          unsaved = [];
        } else if (dice < 0.12) audit.saveInVain();
        else if (dice < 0.14) {
          audit = new Opened(audit.db);
          for (const one of unsaved) audit.projection.apply(one);
        } else if (dice < 0.2) {
          const maybe = <T>(value: T) => (random() < 0.3 ? value : undefined);
          const query: AuditQuery = {
            actor: maybe(of(actors)),
            type: maybe('x'),
            about: maybe(random() < 0.1 ? '' : of(subjects)),
            from: maybe(1000 + random() * 500),
            to: maybe(1000 + random() * 500),
            before: maybe(Math.floor(random() * n)),
            limit: 1 + Math.floor(random() * 100),
          };
          const asked = of(agencies);
          expect(audit.projection.list(asked, query)).toEqual(plain.list(asked, query));
        }
      }
      audit.save();
      const again = new Opened(audit.db).projection;
      for (const agency of agencies) {
        expect(again.list(agency, { limit: 1000 })).toEqual(plain.list(agency, { limit: 1000 }));
      }
      pages += audit.db.prepare<[], number>('SELECT count(*) FROM audit_page').pluck().get() ?? 0;
    };
    fc.assert(fc.property(fc.noShrink(fc.infiniteStream(fc.noBias(fc.nat(999_999)))), life), { numRuns: 40 });
    expect(dropped).toBeGreaterThan(40 * 20);
    expect(pages).toBeGreaterThan(40 * 4);
  });

  it('takes no event that could not be written, and goes on', () => {
    const audit = new Opened();
    const whole = event('pune', 1, 'daemon', [{ subject: 'van:v1', version: 0 }]);
    const { time: _time, ...timeless } = whole.value;
    expect(() => audit.projection.apply({ ...whole, value: timeless } as unknown as LogRecord)).toThrow(TypeError);
    audit.projection.apply(whole);
    audit.save();
    expect(audit.projection.list('pune', { limit: 10 }).map(({ id }) => id)).toEqual([whole.value.id]);
  });

  it('has a row for many events, and none but a version for the one event about each thing of a long list', () => {
    const audit = new Opened();
    for (let n = 0; n < 1000; n++) {
      audit.projection.apply(event('pune', 1, 'ADMIN:anu', [{ subject: `consumer:c${n}`, version: 0 }]));
      if (n % 300 === 0) audit.save();
    }
    audit.save();
    const rows = (table: string) => audit.db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();
    expect(rows('audit_page')).toBe(Math.ceil(1000 / 64));
    expect([rows('audit_subject'), rows('audit_about')]).toEqual([1000, 0]);
    expect(audit.projection.list('pune', { about: 'consumer:c700', limit: 10 })).toHaveLength(1);
  });

  it('leaves nothing of what an earlier version kept when it is rebuilt', () => {
    const { db, projection } = new Opened();
    db.exec('CREATE TABLE audit (agency TEXT); CREATE INDEX audit_about_former ON audit (agency)');
    db.exec('CREATE TABLE audit_version (agency TEXT)');
    projection.reset(db);
    expect(db.prepare('SELECT name FROM sqlite_master').all()).toEqual([]);
  });
});
