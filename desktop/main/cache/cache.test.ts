import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../protocol/feed.ts';
import {
  answer,
  batch,
  fixAt,
  minute,
  morning,
  openCache,
  second,
  snapshot,
  temporary,
  times,
  timesOf,
  welcome,
} from './cache.fixture.ts';
import type { TrailCache } from './cache.ts';

let place: ReturnType<typeof temporary>;
let cache: TrailCache;
beforeEach(() => {
  place = temporary();
  cache = openCache(place.folder).cache;
});
afterEach(() => {
  cache.stop();
  place.remove();
});
/** The app is closed and opened again. */
const restart = (options?: Parameters<typeof openCache>[1]) => {
  cache.stop();
  const opened = openCache(place.folder, options);
  cache = opened.cache;
  return opened;
};
const asha = { id: 'c1', name: 'Asha Kulkarni', phone: '+91 98220-12345', address: 'Lane 4, Kothrud', version: 1 };
const order = { id: 'o1', consumerId: 'c1', cylinders: 1, state: 'booked', bookedAt: morning, flags: [], version: 1 };
const event = (name: string, more: object) => ({ type: 'event', cursor: 'c.9', name, ...more }) as ServerMessage;

describe('the last picture', () => {
  it('is none before anything was seen', () => {
    expect(cache.picture(undefined)).toBeUndefined();
  });

  it('is there after a restart, with its age, before any network', () => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1', 'v2'], consumers: [asha] })] }));
    cache.take(batch({ at: morning + 6 * second, fixes: { v1: [morning + 5 * second] } }));
    restart();
    const first = cache.picture(undefined);
    expect(first).toMatchObject({ asOf: morning + 6 * second, next: 'consumer/1/' });
    expect(JSON.parse(first?.agency ?? '')).toMatchObject({ name: 'Pune Gas', timeZone: 'Asia/Kolkata' });
    const { vans, page, last } = JSON.parse(first?.message ?? '');
    expect([page, last]).toEqual([0, false]);
    expect(vans.map((each: { van: { id: string } }) => each.van.id)).toEqual(['v1', 'v2']);
    expect(vans[0].position).toEqual(fixAt(morning + 5 * second));
    expect(vans[1].position).toBeNull();
    // No daemon gives such numbers: a live position is never taken for one of the picture's.
    for (const { index } of vans) expect(index).toBeGreaterThan(0xffffff);
    const rest = cache.picture(first?.next);
    expect(JSON.parse(rest?.message ?? '').consumers[0].consumer).toEqual(asha);
    const third = cache.picture(rest?.next);
    const fourth = cache.picture(third?.next);
    expect(fourth?.next).toBeUndefined();
    expect(JSON.parse(fourth?.message ?? '').last).toBe(true);
  });

  it('has the alerts that were open, and neither those that closed nor those a later snapshot left out', () => {
    const alert = (id: string, more: object = {}) => ({ id, kind: 'silent', severity: 'warning', text: id, ...more });
    const [first, over, third] = ['silent:v1:1', 'silent:v2:2', 'silent:v3:3'] as const;
    const all = snapshot({ vans: ['v1'], alerts: [alert(first), alert(over), alert(third)] });
    cache.take(batch({ at: morning, messages: [welcome, all] }));
    const closed = event('alert', { alert: alert(over, { closedAt: morning + second }) });
    cache.take(batch({ at: morning + second, messages: [closed] }));
    const pictured = () => {
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const part = cache.picture(after);
        const { alerts = [], last } = JSON.parse(part?.message ?? '');
        for (const each of alerts) ids.push(each.alert.id);
        after = part?.next;
        expect(last).toBe(after === undefined);
      } while (after !== undefined);
      return ids;
    };
    expect(pictured()).toEqual([first, third]);
    cache.take(
      batch({
        link: 2,
        at: morning + minute,
        messages: [welcome, snapshot({ vans: ['v1'], alerts: [alert(third)] })],
      }),
    );
    restart();
    expect(pictured()).toEqual([third]);
    expect(cache.find('alert', first)).toBeUndefined();
    expect(cache.find('alert', over)).toBeDefined();
  });

  it('comes in parts where there is much, each thing once', () => {
    const consumers = Array.from({ length: 9001 }, (_, i) => ({ id: `c${i}`, name: `Consumer ${i}`, version: 1 }));
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'], consumers })] }));
    const seen = new Set<string>();
    const numbers = new Set<number>();
    let after: string | undefined;
    do {
      const part = cache.picture(after);
      const message = JSON.parse(part?.message ?? '');
      for (const { index, consumer } of message.consumers) {
        seen.add(consumer.id);
        numbers.add(index);
      }
      after = part?.next;
      expect(message.last).toBe(after === undefined);
    } while (after !== undefined);
    expect([seen.size, numbers.size]).toEqual([9001, 9001]);
  });
});

describe('things', () => {
  it('can be searched and opened, also after they ended', () => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ consumers: [asha], orders: [order] })] }));
    expect(cache.search('kothrud asha', 10).map(({ id }) => id)).toEqual(['c1']);
    expect(cache.search('9822012345', 10).map(({ id }) => id)).toEqual(['c1']);
    expect(cache.search('kothrud ravi', 10)).toEqual([]);
    const ended = { ...order, state: 'delivered', endedAt: morning + minute, version: 2 };
    cache.take(batch({ at: morning + minute, messages: [event('order', { order: ended })] }));
    cache.take(batch({ link: 2, at: morning + 2 * minute, messages: [welcome, snapshot({ consumers: [asha] })] }));
    expect(cache.find('order', 'o1')).toMatchObject({ json: JSON.stringify(ended), heard: morning + minute });
  });

  it('forgets what it may not see any more: told, or left out of a whole snapshot', () => {
    const ravi = { id: 'c2', name: 'Ravi', version: 1 };
    const all = snapshot({ vans: ['v1', 'v2'], consumers: [asha, ravi], orders: [order] });
    cache.take(batch({ at: morning, messages: [welcome, all], fixes: { v1: [morning], v2: [morning] } }));
    const gone = { type: 'gone', cursor: 'c.3', kind: 'van', subject: 'v1' } as ServerMessage;
    cache.take(batch({ at: morning + second, messages: [gone] }));
    expect(cache.find('van', 'v1')).toBeUndefined();
    expect(timesOf(cache.trail('v1', { from: morning, to: morning + minute }))).toEqual([]);
    cache.take(
      batch({ link: 2, at: morning + minute, messages: [welcome, snapshot({ vans: ['v2'], consumers: [asha] })] }),
    );
    expect(cache.find('consumer', 'c2')).toBeUndefined();
    expect(cache.find('order', 'o1')).toBeUndefined();
    expect(cache.find('consumer', 'c1')).toBeDefined();
    expect(timesOf(cache.trail('v2', { from: morning, to: morning + minute }))).toEqual([morning]);
  });

  it('a snapshot that breaks off makes nothing forgotten', () => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'], consumers: [asha] })] }));
    const begun = { ...snapshot({ vans: ['v1'] }), last: false } as ServerMessage;
    cache.take(batch({ link: 2, at: morning + second, messages: [welcome, begun] }));
    const rest = { ...snapshot({}), page: 1, last: true } as ServerMessage;
    cache.take(batch({ link: 3, at: morning + 2 * second, messages: [welcome, rest] }));
    expect(cache.find('consumer', 'c1')).toBeDefined();
  });

  it('keeps what comes later and is told of by an id, alerts for one', () => {
    const alert = { id: 'a1', rule: 'late', text: 'Van v1 is late' };
    cache.take(batch({ at: morning, messages: [event('alert', { alert })] }));
    expect(cache.search('late', 5)).toEqual([{ kind: 'alert', id: 'a1', json: JSON.stringify(alert), heard: morning }]);
  });
});

describe('trails', () => {
  const hour = { from: morning, to: morning + 60 * minute };

  it('come from the feed, over restarts, each fix once', () => {
    const all = times(morning, morning + 30 * minute, 5 * second);
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (const [i, time] of all.entries()) {
      cache.take(batch({ link: i < 200 ? 1 : 2, at: time + second, fixes: { v1: [time, time] } }));
      if (i === 150) cache.flush();
      if (i === 199) restart();
    }
    expect(timesOf(cache.trail('v1', hour))).toEqual(all);
    restart();
    expect(timesOf(cache.trail('v1', hour))).toEqual(all);
  });

  it('asks for exactly the break, and then for nothing', () => {
    const before = times(morning, morning + 10 * minute, 5 * second);
    const breakEnd = morning + 20 * minute;
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (const time of before) cache.take(batch({ at: time, fixes: { v1: [time] } }));
    restart();
    cache.take(batch({ link: 2, at: breakEnd, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (const time of times(breakEnd, breakEnd + minute, 5 * second)) {
      cache.take(batch({ link: 2, at: time, fixes: { v1: [time] } }));
    }
    const now = { from: morning, to: breakEnd + minute };
    const lastBefore = before.at(-1) ?? 0;
    const { missing } = cache.trail('v1', now);
    expect(missing).toEqual([{ from: lastBefore + 1, to: breakEnd }]);
    const answered = times(lastBefore + 5 * second, breakEnd, 5 * second);
    expect(cache.keep('v1', missing[0] ?? now, answer(answered), breakEnd + 40 * minute)).toBe(answered.length);
    expect(cache.trail('v1', now).missing).toEqual([]);
    expect(timesOf(cache.trail('v1', now))).toEqual(times(morning, breakEnd + minute, 5 * second));
  });

  it('does not take a dead zone for silence: its points come late, and the feed does not tell them', () => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })], fixes: { v1: [morning] } }));
    const back = morning + 10 * minute;
    // Sent at once when the van is back: the feed shows only some of what it kept.
    for (const time of times(morning + 5 * minute, back, minute / 2)) {
      cache.take(batch({ at: back + second, fixes: { v1: [time] } }));
    }
    cache.take(batch({ at: back + 2 * second, fixes: { v1: [back] } }));
    const { missing } = cache.trail('v1', { from: morning, to: back + second });
    expect(missing.length).toBeGreaterThan(0);
    expect(missing[0]).toEqual({ from: morning + 1, to: morning + 5 * minute });
  });

  it('a batch that cannot be read leaves nothing behind, not even a number for its van', () => {
    const all = times(morning, morning + minute, 5 * second);
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })], fixes: { v1: all } }));
    const wrong = batch({ at: morning + minute, fixes: { stray: all, v1: all } });
    expect(() => cache.take({ ...wrong, subjects: ['van/stray'] })).toThrow(RangeError);
    const later = times(morning + 2 * minute, morning + 3 * minute, 5 * second);
    cache.take(batch({ link: 2, at: morning + 3 * minute, fixes: { v2: later } }));
    cache.take(batch({ link: 2, at: morning + 3 * minute, fixes: { stray: [morning + 3 * minute] } }));
    expect(timesOf(cache.trail('v2', hour))).toEqual(later);
    expect(timesOf(cache.trail('stray', hour))).toEqual([morning + 3 * minute]);
    restart();
    expect(timesOf(cache.trail('v2', hour))).toEqual(later);
  });

  it('a van that stands and reports rarely is not asked for again and again while the feed is there', () => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })], fixes: { v1: [morning] } }));
    cache.take(batch({ at: morning + 4 * minute }));
    expect(cache.trail('v1', { from: morning, to: morning + 4 * minute }).missing).toEqual([]);
    cache.take(batch({ link: 2, at: morning + 5 * minute, messages: [welcome] }));
    expect(cache.trail('v1', { from: morning, to: morning + 5 * minute }).missing).toEqual([
      { from: morning + 1, to: morning + 5 * minute },
    ]);
  });

  it('takes answers about any time, in any order, and the fuller point wins', () => {
    const all = times(morning, morning + 60 * minute, 5 * second);
    const parts = [all.slice(400, 550), all.slice(0, 90), all.slice(300, 420), all.slice(80, 310), all.slice(540)];
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (const time of all.slice(600)) cache.take(batch({ at: time, fixes: { v1: [time] } }));
    for (const part of parts) {
      const asked = { from: part[0] ?? 0, to: (part.at(-1) ?? 0) + 1 };
      cache.keep('v1', asked, answer(part), morning + 500 * minute);
    }
    restart();
    expect(timesOf(cache.trail('v1', hour))).toEqual(all);
    expect(cache.trail('v1', hour).missing).toEqual([{ from: (all.at(-1) ?? 0) + 1, to: hour.to }]);
    expect(cache.facts().points).toBe(all.length);
  });
});

describe('retention', () => {
  const day = 86_400_000;
  const fillDays = (days: number) => {
    cache.take(batch({ at: morning, messages: [welcome, snapshot({ vans: ['v1'] })] }));
    for (let d = 0; d < days; d++) {
      const from = morning + d * day;
      const all = times(from, from + 80 * minute, 5 * second);
      cache.keep('v1', { from, to: from + day }, answer(all), morning + 400 * day);
    }
  };
  const present = (d: number) =>
    timesOf(cache.trail('v1', { from: morning + d * day, to: morning + (d + 1) * day })).length;

  it('forgets by age, with what it said to hold', () => {
    restart({ limits: { days: 3, megabytes: 500 } });
    fillDays(10);
    cache.take(batch({ at: morning + 10 * day }));
    cache.tidy();
    expect([0, 5, 7, 9].map(present)).toEqual([0, 0, 960, 960]);
    expect(cache.trail('v1', { from: morning, to: morning + day }).missing).toHaveLength(1);
  });

  it('forgets the oldest when it is too big', () => {
    restart({ limits: { days: 365, megabytes: 0.15 } });
    fillDays(200);
    expect(cache.facts().bytes).toBeGreaterThan(200_000);
    cache.take(batch({ at: morning + 200 * day }));
    cache.tidy();
    expect(cache.facts().bytes).toBeLessThanOrEqual(150_000);
    expect([present(0), present(199)]).toEqual([0, 960]);
  });

  it('a clock that jumps empties nothing: not this computer’s, not the daemon’s', () => {
    fillDays(2);
    cache.take(batch({ at: morning + 2 * day }));
    const { notices } = restart({ now: () => morning + 4000 * day, limits: { days: 30, megabytes: 500 } });
    cache.tidy();
    expect([present(0), present(1), notices.length]).toEqual([960, 960, 0]);
    cache.take(batch({ link: 2, at: morning + 4000 * day }));
    cache.tidy();
    expect([present(0), present(1)]).toEqual([960, 960]);
    const back = restart({ now: () => morning - 365 * day });
    expect(back.notices.map(({ key }) => key)).toEqual(['clock']);
    expect(cache.picture(undefined)?.asOf).toBe(morning + 4000 * day);
  });
});

describe('notes', () => {
  it('wait over restarts until they are taken', () => {
    const note = cache.addNote({ kind: 'consumer', id: 'c1' }, 'asks for the afternoon');
    restart();
    expect(cache.waitingNotes()).toEqual([note]);
    expect([cache.removeNote(note.id), cache.removeNote(note.id)]).toEqual([true, false]);
  });
});
