import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { Changes } from './changes.ts';
import { HealthProjection } from './health.ts';

const start = 1_700_000_000_000;
const place = { before: null, after: '1' };

function position(device: string, second: number, agency = 'demo'): LogRecord {
  const time = start + second * 1000;
  return { topic: 'positions', agency, value: { device, fixTime: time, receivedAt: time, latitude: 1, longitude: 2 } };
}
function letter(device: string, second: number): LogRecord {
  const value = { id: `${device}${second}`, time: start + second * 1000, device, reason: 'clock-ahead' as const };
  const rest = { detail: 'clock', format: 'native', via: 'mqtt', bytes: '', clockAhead: 7000 };
  return { topic: 'dead-letters', agency: 'demo', value: { ...value, ...rest } };
}

function opened(db = new Database(':memory:')) {
  const health = new HealthProjection({ now: () => start + 60_000 });
  health.open(db);
  const changes = new Changes();
  const take = (...records: LogRecord[]) => {
    for (const record of records) health.apply(record, place, changes);
  };
  const save = (cursor: string, closing = false) => {
    const from = db.transaction(() => health.save(db, cursor, closing))();
    health.saved();
    return from;
  };
  return { db, health, changes, take, save };
}

describe('the health projection', () => {
  it('keeps devices and agencies apart', () => {
    const { health, take } = opened();
    take(
      position('gps1', 0),
      position('gps1', 10),
      position('gps2', 5),
      position('gps1', 7, 'other'),
      letter('gps2', 9),
    );
    expect(health.device('demo', 'gps1')).toMatchObject({ positions: 2, rejected: 0, lastSeen: start + 10_000 });
    expect(health.device('demo', 'gps2')).toMatchObject({ positions: 1, rejected: 1, clockAhead: 7000 });
    expect(health.device('other', 'gps1')).toMatchObject({ positions: 1, lastSeen: start + 7000 });
    expect(health.device('other', 'gps2')).toBeUndefined();
  });

  it('is there again after a restart, and counts nothing twice from its cursor on', () => {
    const first = opened();
    first.take(
      position('gps1', 0),
      position('gps1', 10),
      position('gps1', 20),
      position('gps1', 30),
      letter('gps1', 31),
    );
    expect(first.save('a')).toBe('a');
    const before = first.health.device('demo', 'gps1');
    const second = opened(first.db);
    expect(second.health.device('demo', 'gps1')).toEqual(before);
    second.take(position('gps1', 40));
    expect(second.health.device('demo', 'gps1')).toMatchObject({ positions: 5, interval: 10_000 });
  });

  it('counts the duplicates that the trails found and those that never came to the log', () => {
    const { health, changes, take } = opened();
    take(position('gps1', 0), position('gps1', 10));
    changes.duplicate = true;
    take(position('gps1', 10));
    health.duplicate('demo', 'gps1', 3);
    expect(health.device('demo', 'gps1')).toMatchObject({ positions: 2, duplicates: 4 });
  });

  it('writes many devices rarely, and asks to be given the log again from what it wrote', () => {
    const { db, take, save } = opened();
    const fleet = (second: number) => take(...Array.from({ length: 600 }, (_, n) => position(`gps${n}`, second)));
    fleet(0);
    expect(save('a')).toBe('a');
    fleet(10);
    expect(save('b')).toBe('a');
    const again = opened(db);
    expect(again.health.device('demo', 'gps5')?.positions).toBe(1);
    fleet(20);
    expect(save('c', true)).toBe('c');
    expect(opened(db).health.device('demo', 'gps5')?.positions).toBe(3);
    fleet(30);
    const answers = Array.from({ length: 40 }, (_, n) => save(`d${n}`));
    expect(answers.slice(0, 29).every((answer) => answer === 'c')).toBe(true);
    expect(answers.slice(29)).toEqual(Array.from({ length: 11 }, (_, n) => `d${29 + n}`));
  });

  it('writes again what a failed save did not', () => {
    const { db, health, take, save } = opened();
    take(position('gps1', 0));
    db.exec('BEGIN');
    health.save(db, 'a', false);
    db.exec('ROLLBACK');
    expect(save('b')).toBe('b');
    expect(opened(db).health.device('demo', 'gps1')?.positions).toBe(1);
  });

  it('begins anew after a reset', () => {
    const { db, health, take, save } = opened();
    take(position('gps1', 0));
    save('a');
    health.reset(db);
    health.open(db);
    expect(health.device('demo', 'gps1')).toBeUndefined();
  });
});
