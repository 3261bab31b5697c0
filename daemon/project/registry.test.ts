import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import type { Consumer } from '../../protocol/registry.ts';
import { Changes } from './changes.ts';
import { RegistryProjection } from './registry.ts';

const place = { before: null, after: '1' };
let count = 0;

function event(type: string, data: object, expects: Record<string, number> = {}, id = `e${++count}`): LogRecord {
  const expected = Object.entries(expects).map(([subject, version]) => ({ subject, version }));
  const value = { id, time: 1000, actor: 'ADMIN:anu', type, expects: expected, data };
  return { topic: 'events', agency: 'demo', value } as unknown as LogRecord;
}
const van = (id: string) => event('van-added', { id, name: `Van ${id}`, kind: 'van' }, { [`van:${id}`]: 0 });
const person = (fields: Consumer): LogRecord => ({ topic: 'people', agency: 'demo', id: fields.id, value: fields });

/** A projection that was opened on a file, as the projector does it. */
class Opened {
  readonly projection = new RegistryProjection();
  readonly changes = new Changes();
  readonly db: Database.Database;

  constructor(db: Database.Database) {
    this.db = db;
    this.projection.open(db);
  }
  take(...records: LogRecord[]): this {
    for (const record of records) this.projection.apply(record, place, this.changes);
    return this;
  }
  save(): number {
    this.db.transaction(() => expect(this.projection.save(this.db, 'here', true)).toBe('here'))();
    this.projection.saved();
    return this.db.prepare<[], { changes: number }>('SELECT total_changes() AS changes').get()?.changes ?? 0;
  }
}
const opened = (db = new Database(':memory:')) => new Opened(db);

describe('the registry projection', () => {
  it('is there again after a restart, erasures too', () => {
    const first = opened().take(
      event('agency-added', { agency: { id: 'demo', name: 'Demo', timeZone: 'UTC', language: 'en' } }),
      van('v1'),
      event('device-added', { id: 'gps1', username: 'gps1', type: 'tracker', vanId: 'v1', from: 0 }),
      {
        topic: 'accounts',
        agency: 'demo',
        id: 'device:gps1',
        value: { kind: 'device', username: 'gps1', deviceId: 'gps1', keyHash: 'h' },
      },
      event('consumer-added', { id: 'c1' }),
      person({ id: 'c1', name: 'Asha', version: 1 }),
      event('consumer-added', { id: 'c2' }),
      person({ id: 'c2', name: 'Bina', version: 1 }),
    );
    first.save();
    first.take({ topic: 'people', agency: 'demo', id: 'c2', value: null }, event('consumer-removed', { id: 'c2' }));
    first.save();
    const { view } = opened(first.db).projection;
    expect(view.agency('demo')?.name).toBe('Demo');
    expect(view.van('demo', 'v1')?.name).toBe('Van v1');
    expect(view.devicesOfVan('demo', 'v1').map((device) => device.id)).toEqual(['gps1']);
    expect(view.credential('gps1')?.agency).toBe('demo');
    expect([...view.consumers('demo')]).toEqual([{ id: 'c1', name: 'Asha', version: 1 }]);
    expect(view.counts('demo')).toEqual({ vans: 1, devices: 1, consumers: 1 });
    const rows = first.db.prepare('SELECT * FROM registry').all();
    expect(JSON.stringify(rows)).toContain('Asha');
    expect(JSON.stringify(rows)).not.toContain('Bina');
  });

  it('writes the pages that changed and nothing else', () => {
    const it = opened().take(...Array.from({ length: 60 }, (_, n) => van(`v${n}`)));
    expect(it.save()).toBe(3); // 24 things each
    expect(it.save()).toBe(3);
    it.take(event('van-changed', { id: 'v2', name: 'Blue' }, { 'van:v2': 1 }), van('v1'));
    expect(it.save()).toBe(4);
    expect(opened(it.db).projection.view.van('demo', 'v2')?.name).toBe('Blue');
  });

  it('goes on with the pages it finds after a restart', () => {
    const first = opened().take(...Array.from({ length: 20 }, (_, n) => van(`v${n}`)));
    first.save();
    const second = opened(first.db).take(van('v20'), event('van-changed', { id: 'v3', name: 'Red' }, { 'van:v3': 1 }));
    const before = first.db.prepare('SELECT count(*) FROM registry').pluck().get();
    second.save();
    expect(first.db.prepare('SELECT count(*) FROM registry').pluck().get()).toBe(before);
    const { view } = opened(first.db).projection;
    expect(view.counts('demo').vans).toBe(21);
    expect(view.van('demo', 'v3')?.name).toBe('Red');
  });

  it('writes again what a failed save did not', () => {
    const it = opened().take(van('v1'));
    it.db.exec('BEGIN');
    it.projection.save(it.db, 'here', true);
    it.db.exec('ROLLBACK');
    it.take(van('v2'));
    it.save();
    expect([...opened(it.db).projection.view.vans('demo')].map(({ id }) => id)).toEqual(['v1', 'v2']);
  });

  it('begins anew after a reset, with the same view', () => {
    const it = opened().take(van('v1'));
    it.save();
    const { view } = it.projection;
    it.projection.reset(it.db);
    it.projection.open(it.db);
    expect(view.van('demo', 'v1')).toBeUndefined();
    it.take(van('v1'));
    expect(view.van('demo', 'v1')?.version).toBe(1);
  });

  it('takes down what changed, and nothing for what was dropped', () => {
    const it = opened().take(
      van('v1'),
      event('device-added', { id: 'gps1', username: 'gps1', type: 'tracker', from: 0 }),
      person({ id: 'c1', name: 'Asha', version: 1 }),
    );
    expect(it.changes.take('1')).toMatchObject([
      { agency: 'demo', vans: new Set(['v1']), consumers: new Set(['c1']), devices: new Set(['gps1']) },
    ]);
    it.take(van('v1'), event('consumer-added', { id: 'c2' }));
    const [change] = it.changes.take('2');
    expect(change).toMatchObject({ vans: new Set(), consumers: new Set(['c2']) });
    expect(change?.devices).toBeUndefined();
  });

  it('tells whoever waits what became of an event', async () => {
    const it = opened();
    const won = it.projection.verdicts.expect('demo', 'a');
    const lost = it.projection.verdicts.expect('demo', 'b');
    const broken = it.projection.verdicts.expect('demo', 'c');
    it.take(event('van-added', { id: 'v1', name: 'x', kind: 'van' }, { 'van:v1': 0 }, 'a'));
    it.take(event('van-added', { id: 'v1', name: 'y', kind: 'van' }, { 'van:v1': 0 }, 'b'));
    const poison = { topic: 'events', agency: 'demo', value: { id: 'c', type: 'van-added' } } as unknown as LogRecord;
    expect(() => it.take(poison)).toThrow();
    expect(await won).toBe('applied');
    expect(await lost).toEqual({ dropped: 'van:v1 is at version 1, not 0' });
    expect(await broken).toEqual({ dropped: 'it cannot be read' });
  });

  it('loads 60,000 consumers, all of them', () => {
    const it = opened();
    for (let n = 0; n < 60_000; n++) {
      const id = `c${n}`;
      it.take(event('consumer-added', { id }, { [`consumer:${id}`]: 0 }));
      it.take(
        person({
          id,
          name: `Consumer ${n}`,
          phone: '+91 98450 00000',
          address: '12 Tank Road',
          latitude: 12.9,
          longitude: 77.6,
          version: 1,
        }),
      );
    }
    it.save();
    const { view } = opened(it.db).projection;
    expect(view.counts('demo').consumers).toBe(60_000);
    expect([...view.consumers('demo')].length).toBe(60_000);
    expect(view.consumer('demo', 'c59999')?.name).toBe('Consumer 59999');
  });
});
