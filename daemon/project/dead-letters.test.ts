import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { DeadLetter, LogRecord } from '../../protocol/record.ts';
import { type DeadLettersOptions, DeadLettersProjection } from './dead-letters.ts';

const now = 1_700_000_000_000;

/** Letter `n` came `n` seconds after the start. */
function letter(n: number, fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    time: now + n * 1000,
    device: 'gps1',
    reason: 'no-fix',
    detail: `letter ${n}`,
    format: 'native',
    via: 'vantrail/gps1/position',
    bytes: 'eyJhIjoxfQ==',
    ...fields,
  };
}
const record = (value: DeadLetter, agency = 'demo'): LogRecord => ({ topic: 'dead-letters', agency, value });

function opened(options: DeadLettersOptions = {}, db = new Database(':memory:')) {
  const box = new DeadLettersProjection({ now: () => now, ...options });
  box.open(db);
  const save = () => {
    expect(db.transaction(() => box.save(db, 'here'))()).toBe('here');
    box.saved();
  };
  const take = (...letters: DeadLetter[]) => {
    for (const one of letters) box.apply(record(one));
  };
  return { box, db, save, take };
}
const numbers = (letters: DeadLetter[]) => letters.map(({ detail }) => Number(detail.split(' ')[1]));

describe('dead letters', () => {
  it('are given newest first in pages, written or not', () => {
    const { box, save, take } = opened();
    for (let n = 0; n < 25; n++) {
      take(letter(n));
      if (n === 5 || n === 14) save();
    }
    const pages: number[][] = [];
    let before: string | undefined;
    for (;;) {
      const page = box.list('demo', { limit: 10, ...(before === undefined ? {} : { before }) });
      if (page.length === 0) break;
      pages.push(numbers(page));
      before = page.at(-1)?.id;
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(Array.from({ length: 25 }, (_, n) => 24 - n));
  });

  it('of the same time have one order, and pages lose none of them', () => {
    for (const written of [true, false]) {
      const { box, save, take } = opened();
      take(...[3, 1, 4, 0, 2].map((n) => letter(n, { time: now })));
      if (written) save();
      const first = box.list('demo', { limit: 2 });
      const second = box.list('demo', { limit: 9, before: first[1]?.id ?? '' });
      expect(numbers([...first, ...second])).toEqual([4, 3, 2, 1, 0]);
    }
  });

  it('are found by reason, by device, by both and by id, in the own agency alone', () => {
    for (const written of [true, false]) {
      const { box, save, take } = opened();
      take(letter(1), letter(2, { device: 'gps2' }), letter(3, { reason: 'too-old' }));
      take(letter(4, { device: 'gps2', reason: 'clock-ahead', clockAhead: 5 }));
      box.apply(record(letter(5), 'other'));
      if (written) save();
      expect(numbers(box.list('demo', { limit: 9, reason: 'no-fix' }))).toEqual([2, 1]);
      expect(numbers(box.list('demo', { limit: 9, device: 'gps2' }))).toEqual([4, 2]);
      expect(numbers(box.list('demo', { limit: 9, device: 'gps2', reason: 'no-fix' }))).toEqual([2]);
      expect(numbers(box.list('other', { limit: 9 }))).toEqual([5]);
      expect(box.get('demo', letter(4).id)).toEqual(
        letter(4, { device: 'gps2', reason: 'clock-ahead', clockAhead: 5 }),
      );
      expect(box.get('demo', letter(1).id)).toEqual(letter(1));
      expect(box.get('demo', letter(5).id)).toBeUndefined();
      expect(box.list('demo', { limit: 9, before: letter(5).id })).toEqual([]);
    }
  });

  it('are counted per device since a time', () => {
    const { box, save, take } = opened();
    take(letter(1), letter(2), letter(3, { device: 'gps2' }));
    save();
    take(letter(4));
    expect(box.countOf('demo', 'gps1', now)).toBe(3);
    expect(box.countOf('demo', 'gps1', now + 2000)).toBe(2);
    expect(box.countOf('other', 'gps1', now)).toBe(0);
  });

  it('given a second time are kept once', () => {
    const { box, save, take } = opened();
    take(letter(1), letter(1));
    save();
    take(letter(1));
    save();
    expect(box.list('demo', { limit: 9 })).toHaveLength(1);
    expect(box.countOf('demo', 'gps1', 0)).toBe(1);
  });

  it('are there again after a restart', () => {
    const first = opened();
    first.take(letter(1), letter(2));
    first.save();
    expect(numbers(opened({}, first.db).box.list('demo', { limit: 9 }))).toEqual([2, 1]);
  });

  it('are written again when a save failed', () => {
    const { box, db, save, take } = opened();
    take(letter(1));
    db.exec('BEGIN');
    box.save(db, 'here');
    db.exec('ROLLBACK');
    expect(box.list('demo', { limit: 9 })).toHaveLength(1);
    save();
    expect(opened({}, db).box.list('demo', { limit: 9 })).toHaveLength(1);
  });

  it('expire by age, those that come too late at once', () => {
    const at = { ms: now };
    const { box, save, take } = opened({ now: () => at.ms, keptMs: 10_000 });
    take(letter(0), letter(8), letter(-11));
    save();
    expect(numbers(box.list('demo', { limit: 9 }))).toEqual([8, 0]);
    at.ms = now + 61_000;
    expect(box.wantsSave()).toBe(true);
    save();
    expect(box.list('demo', { limit: 9 })).toEqual([]);
    expect(box.wantsSave()).toBe(false);
  });

  it('keep to a number of bytes per agency: the oldest go first, the other agency keeps its own', () => {
    const { box, save, take } = opened({ maxBytes: 5000 });
    box.apply(record(letter(0), 'other'));
    for (let n = 1; n <= 30; n++) take(letter(n));
    save();
    const kept = numbers(box.list('demo', { limit: 99 }));
    expect(kept).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22]);
    take(letter(31, { bytes: 'A'.repeat(4000) }));
    save();
    expect(numbers(box.list('demo', { limit: 99 }))).toEqual([31]);
    expect(box.list('other', { limit: 9 })).toHaveLength(1);
  });

  it('want to be saved when many are unwritten', () => {
    const { box, save, take } = opened();
    save();
    expect(box.wantsSave()).toBe(false);
    for (let n = 0; n < 20; n++) take(letter(n, { bytes: 'A'.repeat(250_000) }));
    expect(box.wantsSave()).toBe(true);
    save();
    expect(box.wantsSave()).toBe(false);
  });
});
