import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Verdicts } from './verdicts.ts';

const hour = 3_600_000;
let now = Date.UTC(2026, 3, 1, 6);

function opened(db = new Database(':memory:')) {
  const verdicts = new Verdicts(() => now);
  verdicts.open(db);
  const save = () => {
    db.transaction(() => verdicts.save(db))();
    verdicts.saved();
  };
  const count = () => db.prepare('SELECT sum(count) FROM verdict').pluck().get();
  return { db, verdicts, save, count };
}

describe('verdicts', () => {
  it('say what became of a command, before and after a save, and after a restart', () => {
    const { db, verdicts, save } = opened();
    void verdicts.expect('pune', 'a');
    void verdicts.expect('pune', 'b');
    expect(verdicts.state('pune', 'a')).toEqual({ id: 'a', state: 'pending' });
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    verdicts.take('pune', { id: 'b', time: now }, { dropped: 'van:v1 is at version 2, not 1' });
    verdicts.take('pune', { id: 'of another daemon', time: now }, 'applied');
    const dropped = { id: 'b', state: 'dropped', detail: 'van:v1 is at version 2, not 1' };
    const all = (of: Verdicts) => ['a', 'b', 'of another daemon', 'never heard of'].map((id) => of.state('pune', id));
    const expected = [{ id: 'a', state: 'applied' }, dropped, { id: 'of another daemon', state: 'applied' }, undefined];
    expect(all(verdicts)).toEqual(expected);
    expect(verdicts.undecided).toBe(0);
    save();
    expect(all(verdicts)).toEqual(expected);
    expect(all(opened(db).verdicts)).toEqual(expected);
  });

  it('tell of the event at hand whether it was dropped, however old it is, and a second time too', () => {
    const { verdicts } = opened();
    const dropped = (id: string, agency = 'pune') => verdicts.dropped(agency, id);
    verdicts.take('pune', { id: 'old', time: 0 }, { dropped: 'van:v1 is at version 2, not 1' });
    expect([dropped('old'), dropped('old', 'nagpur'), dropped('other')]).toEqual([true, false, false]);
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    expect(dropped('a')).toBe(false);
    verdicts.take('pune', { id: 'a', time: now }, { dropped: 'van:v1 is at version 2, not 1' });
    expect([dropped('a'), verdicts.state('pune', 'a')?.state]).toEqual([true, 'applied']);
    verdicts.take('pune', { id: 'b', time: now }, { dropped: 'van:v1 is at version 2, not 1' });
    verdicts.take('pune', { id: 'c', time: now }, 'applied');
    expect([dropped('b'), dropped('c')]).toEqual([true, false]);
  });

  it('are told to their own agency', () => {
    const { verdicts, save } = opened();
    void verdicts.expect('pune', 'waiting');
    void verdicts.expect('pune', 'refused');
    verdicts.refused('refused', 'the disk is full');
    verdicts.take('pune', { id: 'done', time: now }, 'applied');
    const states = () => ['waiting', 'refused', 'done'].map((id) => verdicts.state('nagpur', id));
    expect(states()).toEqual([undefined, undefined, undefined]);
    save();
    expect(states()).toEqual([undefined, undefined, undefined]);
    expect(verdicts.state('pune', 'refused')).toEqual({
      id: 'refused',
      state: 'dropped',
      detail: 'the log did not take it: the disk is full',
    });
  });

  it('stand: the same event again does not change what became of it', () => {
    const { verdicts, save } = opened();
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    verdicts.take('pune', { id: 'a', time: now }, { dropped: 'van:v1 is at version 1, not 0' });
    expect(verdicts.state('pune', 'a')?.state).toBe('applied');
    save();
    verdicts.take('pune', { id: 'a', time: now }, { dropped: 'van:v1 is at version 1, not 0' });
    save();
    expect(verdicts.state('pune', 'a')?.state).toBe('applied');
  });

  it('are kept for a day', () => {
    const { verdicts, save, count } = opened();
    verdicts.take('pune', { id: 'too old', time: now - 24 * hour - 1 }, 'applied');
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    verdicts.take('pune', { id: 'b', time: now + 2 * hour }, 'applied');
    save();
    expect(count()).toBe(2);
    now += 25 * hour;
    const state = (id: string) => verdicts.state('pune', id)?.state;
    expect(['too old', 'a', 'b'].map(state)).toEqual([undefined, undefined, 'applied']);
    now += 2 * hour;
    for (let n = 0; n < 300; n++) verdicts.take('pune', { id: `e${n}`, time: now }, 'applied');
    save();
    expect(count()).toBe(302);
    expect(['a', 'b', 'e0'].map(state)).toEqual([undefined, undefined, 'applied']);
    now += 24 * hour + 1;
    verdicts.take('pune', { id: 'the next day', time: now }, 'applied');
    save();
    expect(count()).toBe(302 - 256 + 1); // those of the last page go later
    expect(['e0', 'e299', 'the next day'].map(state)).toEqual([undefined, undefined, 'applied']);
  });

  it('are the newest 100,000, and what else is on the page of the oldest', () => {
    const { verdicts, save, count } = opened();
    for (let n = 0; n < 100_600; n++) {
      verdicts.take('pune', { id: `e${n}`, time: now }, 'applied');
      if (n % 1000 === 0) save();
    }
    save();
    expect(count()).toBe(100_600 - 2 * 256);
    const known = ['e0', 'e511', 'e512', 'e600', 'e100599'].map((id) => verdicts.state('pune', id)?.state);
    expect(known).toEqual([undefined, undefined, 'applied', 'applied', 'applied']);
  });

  it('are found among others whose ids and reasons read alike', () => {
    const { verdicts, save } = opened();
    verdicts.take('pune', { id: 'x', time: now }, { dropped: 'van:"a" is taken' });
    verdicts.take('a', { id: 'y', time: now }, 'applied');
    for (let n = 0; n < 256; n++) verdicts.take('pune', { id: `e${n}`, time: now }, 'applied');
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    verdicts.take('pune', { id: '"quoted" \\ %', time: now }, 'applied');
    save();
    expect(['a', '"quoted" \\ %', '%', 'e1'].map((id) => verdicts.state('pune', id)?.state)).toEqual([
      'applied',
      'applied',
      undefined,
      'applied',
    ]);
  });

  it('on many events are told together, of all agencies, and not kept', async () => {
    const { verdicts, save, count } = opened();
    expect(await verdicts.expectAll([])).toEqual(new Map());
    const told = verdicts.expectAll([
      { agency: 'pune', id: 'a' },
      { agency: 'nagpur', id: 'b' },
      { agency: 'pune', id: 'c' },
    ]);
    expect(verdicts.undecided).toBe(3);
    expect(verdicts.state('nagpur', 'b')).toEqual({ id: 'b', state: 'pending' });
    expect(verdicts.state('nagpur', 'c')).toBeUndefined();
    const dropped = { dropped: 'consumer:7 is at version 1, not 0' };
    verdicts.take('nagpur', { id: 'b', time: now }, dropped);
    verdicts.take('pune', { id: 'c', time: now }, 'applied');
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    expect(await told).toEqual(new Map([['b', dropped]]));
    expect(verdicts.undecided).toBe(0);
    save();
    expect(count()).toBeNull();
    expect(verdicts.state('nagpur', 'b')).toBeUndefined();
  });

  it('leave out what is no event', () => {
    const { verdicts, save, count } = opened();
    verdicts.take('pune', undefined, { dropped: 'it cannot be read' });
    verdicts.take('pune', { id: 7, time: now }, { dropped: 'it cannot be read' });
    verdicts.take('pune', { id: 'no time' }, { dropped: 'it cannot be read' });
    verdicts.take('pune', { id: 'half a millisecond', time: now + 0.5 }, 'applied');
    save();
    expect(count()).toBe(1);
  });

  it('of failed saves are written by the next', () => {
    const { db, verdicts, save, count } = opened();
    verdicts.take('pune', { id: 'a', time: now }, 'applied');
    db.exec('BEGIN');
    verdicts.save(db);
    db.exec('ROLLBACK');
    save();
    expect(count()).toBe(1);
  });
});
