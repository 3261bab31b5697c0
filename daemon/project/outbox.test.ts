import { describe, expect, it } from 'vitest';
import { mostWaiting, type News, Outbox } from './outbox.ts';

const start = Date.UTC(2026, 0, 5);
const day = 86_400_000;
const event = (key: string, time = start): News => ({ key, type: 'order-booked', time, body: '{}', derived: false });
const alert = (key: string, time = start): News => ({ key, type: 'alert-opened', time, body: '{}', derived: true });
const outbox = (...all: News[]) => {
  const made = new Outbox();
  for (const one of all) made.add(one, start);
  return made;
};
const keys = (of: Outbox) => [[...of.waiting.keys()], [...of.failed.keys()]];

describe('what waits for a webhook', () => {
  it('goes as far as a record says: events up to one, alerts one by one, wherever they stand in line', () => {
    const done = { upTo: 'e2', told: ['a1'], failed: [] };
    const here = outbox(event('e1'), alert('a1'), alert('a2'), event('e2'), event('e3'));
    here.taken(done, start);
    expect(keys(here)).toEqual([['a2', 'e3'], []]);
    // At another daemon the alerts came later, or have not come yet.
    const there = outbox(event('e1'), event('e2'), event('e3'), alert('a2'));
    there.taken(done, start);
    expect(there.add(alert('a1'), start)).toBe(false);
    expect(keys(there)).toEqual([['e3', 'a2'], []]);
  });

  it('ends as dead letters where a record says so, which replay in their order after what waits', () => {
    const box = outbox(event('e1'), event('e2'), alert('a1'), event('e3'), event('e4'));
    const failed = [
      { key: 'e1', why: 'it answered 500' },
      { key: 'a1', why: 'it answered 500' },
      { key: 'e3', why: 'it answered 422' },
    ];
    box.taken({ upTo: 'e3', told: [], failed }, start + 5);
    expect(keys(box)).toEqual([['e4'], ['e1', 'a1', 'e3']]);
    expect(box.failed.get('e3')).toMatchObject({ why: 'it answered 422', failedAt: start + 5 });
    box.replay(['e3']);
    box.replay([]);
    expect(keys(box)).toEqual([['e4', 'e3', 'e1', 'a1'], []]);
    // A replayed event is up to nothing but itself.
    box.taken({ upTo: 'e3', told: [], failed: [] }, start);
    expect(keys(box)).toEqual([['e1', 'a1'], []]);
  });

  it('is not moved by a record that came late, or a second time', () => {
    const box = outbox(event('e1'), event('e2'), event('e3'));
    box.taken({ upTo: 'e2', told: [], failed: [] }, start);
    box.taken({ upTo: 'e1', told: [], failed: [{ key: 'e2', why: 'late' }] }, start);
    expect(keys(box)).toEqual([['e3'], []]);
  });

  it('is bounded: the oldest events end when too many wait, alerts never push one out', () => {
    const box = outbox(alert('a1'));
    for (let i = 0; i < mostWaiting + 2; i++) box.add(event(`e${i}`), start + i);
    expect([...box.failed.keys()]).toEqual(['e0', 'e1']);
    expect(box.failed.get('e0')?.why).toBe(`more than ${mostWaiting} were waiting`);
    expect(box.waiting.size).toBe(mostWaiting + 1);
  });

  it('forgets dead letters after a month, what was told and alerts that nobody recorded after three days', () => {
    const box = outbox(event('e1'), event('e2'), alert('a1'), alert('a2', start + 2 * day));
    box.taken({ upTo: 'e1', told: ['a0'], failed: [{ key: 'e1', why: '' }] }, start);
    box.forget(start + 4 * day);
    expect(keys(box)).toEqual([['e2', 'a2'], ['e1']]);
    expect(box.told.size).toBe(0);
    box.forget(start + 31 * day);
    expect(keys(box)).toEqual([['e2'], []]);
  });
});
