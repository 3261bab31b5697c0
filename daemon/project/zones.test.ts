import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { doorZone, godownZone } from '../../protocol/zone.ts';
import { changeAgency } from '../domain/decide-agency.ts';
import { addConsumer, changeConsumer, removeConsumer } from '../domain/decide-consumer.ts';
import { bookOrder, startOrder } from '../domain/decide-order.ts';
import { deliverOrder } from '../domain/decide-order-delivery.ts';
import { assignOrder, planRun, unassignOrder } from '../domain/decide-run.ts';
import { addZone, changeZone, removeZone } from '../domain/decide-zone.ts';
import type { Fix } from '../domain/fold.ts';
import { circle, drive, fix, nine } from '../domain/zone.fixture.ts';
import { MemoryLog } from '../log/memory.ts';
import { tidy } from './story.fixture.ts';
import { doorAt, positionOf, ZoneDay } from './zones.fixture.ts';

const days: ZoneDay[] = [];
const opened = async (options: Parameters<typeof ZoneDay.ofPune>[0] = {}) => {
  const day = await ZoneDay.ofPune(options);
  days.push(day);
  return day;
};
afterEach(async () => {
  for (const day of days.splice(0)) await day.end();
});
afterAll(tidy);

const yard = { id: 'yard', name: 'Yard', shape: circle(0, 100), rules: { enter: true } };
const past = drive(0, -300, 300, 36);

describe('zones of an agency', () => {
  it('are drawn, changed and removed, each at its version', async () => {
    const day = await opened();
    const { zones } = day;
    expect(await day.does(addZone(zones, 'pune', yard))).toMatchObject({ id: 'yard', version: 1 });
    expect(await day.refused(addZone(zones, 'pune', { ...yard, name: 'Other' }))).toMatchObject({ kind: 'exists' });
    const changed = await day.does(changeZone(zones, 'pune', 'yard', { name: 'Big yard', vans: ['v1'] }));
    expect(changed).toMatchObject({ name: 'Big yard', vans: ['v1'], version: 2, shape: { radius: 100 } });
    expect(await day.refused(changeZone(zones, 'pune', 'yard', { name: 'X' }), 1)).toMatchObject({
      kind: 'stale',
      current: { version: 2 },
    });
    expect(await day.does(changeZone(zones, 'pune', 'yard', { vans: null }))).not.toHaveProperty('vans');
    expect(await day.does(changeZone(zones, 'pune', 'yard', { vans: null }))).toMatchObject({ version: 3 });
    await day.does(removeZone(zones, 'pune', 'yard'));
    expect(zones.zone('pune', 'yard')).toBeUndefined();
    expect(await day.refused(removeZone(zones, 'pune', 'yard'))).toMatchObject({ kind: 'missing' });
    // Versions go on.
    expect(await day.does(addZone(zones, 'pune', yard))).toMatchObject({ version: 5 });
    expect([...zones.zones('pune')]).toHaveLength(1);
  });

  it('have names of their own', async () => {
    const day = await opened();
    const { zones } = day;
    await day.does(addZone(zones, 'pune', yard));
    const namesake = await day.refused(addZone(zones, 'pune', { ...yard, id: 'y2', name: '  yARD ' }));
    expect(namesake).toMatchObject({ kind: 'exists', detail: 'zone yard is called Yard' });
    await day.does(addZone(zones, 'pune', { ...yard, id: 'y2', name: 'Second' }));
    expect(await day.refused(changeZone(zones, 'pune', 'y2', { name: 'Yard' }))).toMatchObject({ kind: 'exists' });
    await day.does(changeZone(zones, 'pune', 'yard', { name: 'Old yard' }));
    expect(await day.does(changeZone(zones, 'pune', 'y2', { name: 'yard' }))).toMatchObject({ name: 'yard' });
  });

  it('have no shape that cannot be', async () => {
    const day = await opened();
    const { latitude, longitude } = doorAt(0);
    const corner = (north: number, east: number) => ({ latitude: latitude + north, longitude: longitude + east });
    const corners = [corner(0, 0), corner(0.01, 0.01), corner(0, 0.01), corner(0.01, 0)];
    const bow = { ...yard, shape: { type: 'polygon' as const, corners } };
    const refusal = await day.refused(addZone(day.zones, 'pune', bow));
    expect(refusal).toMatchObject({
      kind: 'invalid',
      detail: expect.stringMatching(/^shape\.corners: the edge after corner 1/),
    });
  });

  it('are decided once when two daemons draw them at the same time', async () => {
    const log = new MemoryLog();
    const one = await opened({ log });
    const other = await ZoneDay.begin({ log });
    days.push(other);
    other.now = one.now;
    const both = await Promise.all([
      one.commands.execute(addZone(one.zones, 'pune', yard), { actor: 'ADMIN:anu' }),
      other.commands.execute(addZone(other.zones, 'pune', { ...yard, id: 'y2' }), { actor: 'ADMIN:ravi' }),
    ]);
    // The name is the same, so one of them came too late.
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect([...one.zones.zones('pune')]).toEqual([...other.zones.zones('pune')]);
    expect([...one.zones.zones('pune')]).toHaveLength(1);
  });

  it('are there after a restart, with names, versions and visits', async () => {
    const day = await opened();
    await day.does(addZone(day.zones, 'pune', yard));
    await day.does(changeZone(day.zones, 'pune', 'yard', { name: 'Old yard' }));
    await day.drives('v1', past.slice(0, 8));
    await day.drives('v1', past.slice(8));
    expect(day.visits('yard')).toEqual(['v1 25 45']);
    const { log, file } = day;
    await day.projector.stop();
    const again = await ZoneDay.begin({ log, file });
    days.push(again);
    days.splice(days.indexOf(day), 1);
    again.now = day.now;
    expect(again.told).toEqual([]);
    expect(again.visits('yard')).toEqual(['v1 25 45']);
    expect(again.zones.count('pune', 'zone-name:yard')).toBe(day.zones.count('pune', 'zone-name:yard'));
    expect(await again.refused(addZone(again.zones, 'pune', { ...yard, id: 'y2', name: 'old YARD' }))).toMatchObject({
      kind: 'exists',
    });
    await again.drives('v1', drive(100, 300, -300, 36));
    expect(again.visits('yard')).toEqual(['v1 25 45', 'v1 125 145']);
  });
});

describe('visits', () => {
  it('are told as they happen, and once', async () => {
    const day = await opened();
    await day.does(addZone(day.zones, 'pune', yard), -60);
    for (const each of past) await day.drives('v1', [each]);
    await day.drives('v1', past);
    expect(day.told).toEqual(['v1 yard enter 25', 'v1 yard leave 45']);
    expect(day.visits('yard')).toEqual(['v1 25 45']);
    expect(day.zones.inside('pune', 'v1')).toEqual([]);
  });

  it('come out the same, and late, when a dead zone kept the fixes back', async () => {
    const day = await opened();
    await day.does(addZone(day.zones, 'pune', yard), -60);
    const there = [...past, ...drive(600, 300, 900, 36)];
    await day.drives('v1', there.slice(0, 3));
    await day.drives('v1', there.slice(-3));
    expect(day.told).toEqual([]);
    await day.drives('v1', there.slice(3, -3));
    expect(day.visits('yard')).toEqual(['v1 25 45']);
    expect(day.told).toEqual(['v1 yard enter 25 late', 'v1 yard leave 45 late']);
  });

  it('are taken back when a late fix shows that there was none', async () => {
    const day = await opened();
    await day.does(addZone(day.zones, 'pune', yard), -60);
    // Two fixes inside make a visit, until one in between says that the first was a spike.
    const fixes = [
      fix(0, -400, { speed: 30 }),
      fix(10, 0, { speed: 30 }),
      fix(30, 0, { speed: 30 }),
      fix(60, -400, { speed: 30 }),
      fix(70, -500, { speed: 30 }),
    ];
    await day.drives('v1', fixes);
    expect(day.visits('yard')).toEqual(['v1 10 60']);
    await day.drives('v1', [fix(20, -400, { speed: 30 }), fix(40, -400, { speed: 30 })]);
    expect(day.visits('yard')).toEqual([]);
    expect(day.told.slice(2)).toEqual(['v1 yard enter 10 withdrawn', 'v1 yard leave 60 withdrawn']);
  });

  it('of a zone that is drawn after the fixes count from its event on', async () => {
    const day = await opened();
    const parked = Array.from({ length: 20 }, (_, i) => fix(i * 30, 0, { speed: 0 }));
    await day.drives('v1', parked);
    await day.does(addZone(day.zones, 'pune', yard), 300);
    expect(day.visits('yard')).toEqual(['v1 300 zone …']);
    expect(day.zones.inside('pune', 'v1')).toMatchObject([{ zoneId: 'yard', enteredBy: 'zone' }]);
    await day.does(removeZone(day.zones, 'pune', 'yard'), 450);
    expect(day.visits('yard')).toEqual(['v1 300 zone 450 zone']);
    expect(day.zones.inside('pune', 'v1')).toEqual([]);
  });

  it('are listed by period, van and page', async () => {
    const day = await opened();
    await day.does(addZone(day.zones, 'pune', yard), -60);
    for (let i = 0; i < 6; i++) {
      await day.drives('v1', drive(i * 600, -300, 300, 36));
      await day.drives('v2', drive(i * 600 + 100, -300, 300, 36));
    }
    await day.drives('v2', drive(4000, 300, 0, 36));
    const list = (from: number, to: number, more: object = {}, limit = 100) =>
      day.zones
        .visits('pune', { zoneId: 'yard', from: nine + from * 1000, to: nine + to * 1000, ...more }, { limit })
        .map(({ vanId, entered }) => `${vanId} ${(entered - nine) / 1000}`);
    // Some are in the table, some are not yet.
    for (const saved of [false, true]) {
      if (saved) day.projector.saveNow();
      expect(list(0, 130)).toEqual(['v1 25', 'v2 125']);
      expect(list(30, 120)).toEqual(['v1 25']);
      expect(list(46, 120)).toEqual([]);
      expect(list(3000, 9000, { vanId: 'v2' })).toEqual(['v2 3125', 'v2 4025']);
      expect(list(5000, 9000)).toEqual(['v2 4025']);
      const pages: string[][] = [];
      const query = { zoneId: 'yard', from: nine + 30_000, to: nine + 9_000_000 };
      for (let after: { entered: number; vanId: string } | undefined; ; ) {
        const page = day.zones.visits('pune', query, { limit: 5, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        pages.push(page.map(({ vanId, entered }) => `${vanId} ${(entered - nine) / 1000}`));
        after = page.at(-1);
      }
      expect(pages.map((page) => page.length)).toEqual([5, 5, 3]);
      expect(pages.flat()).toEqual(list(30, 9000));
      expect(new Set(pages.flat()).size).toBe(13);
      expect(day.zones.began('pune', 'v2', nine + 3_000_000, nine + 4_100_000)).toHaveLength(2);
    }
  });
});

describe('zones that follow from other things', () => {
  it('are the godown, where it was then', async () => {
    const day = await opened();
    const moved = async (east: number, seconds: number) =>
      day.does(changeAgency('pune', { godown: doorAt(east) }), seconds);
    await moved(0, -60);
    await day.drives('v1', [...drive(0, -500, 0, 36), fix(60, 0, { speed: 0 }), ...drive(100, 0, 500, 36)]);
    await moved(500, 300);
    await day.drives('v1', [fix(310, 500), fix(320, 500)]);
    expect(day.visits(godownZone)).toEqual(['v1 40 120', 'v1 310 zone …']);
  });

  it('are the doors of the open orders of a run, for this van alone', async () => {
    const day = await opened();
    const { orders, zones } = day;
    await day.does(addConsumer('pune', { id: 'c1', name: 'Asha', ...doorAt(0) }), -120);
    await day.does(bookOrder(orders, 'pune', { id: 'o1', consumerId: 'c1' }), -110);
    await day.does(assignOrder(orders, 'pune', 'o1', { vanId: 'v1' }), -100);
    await day.does(startOrder(orders, 'pune', 'o1'), -90);
    const there = [...drive(0, -500, 0, 36), fix(60, 0, { speed: 0 }), fix(120, 0, { speed: 0 })];
    await day.drives('v1', there);
    await day.drives('v2', there);
    const delivery = { confirmation: 'none' as const, full: 1, empties: 1, reason: 'no phone' };
    await day.does(deliverOrder(orders, 'pune', 'o1', delivery), 130);
    await day.drives('v1', drive(150, 0, 900, 36));
    expect(day.visits(doorZone('c1'))).toEqual(['v1 40 170']);
    expect(zones.began('pune', 'v1', 0, nine + 1e9)).toMatchObject([{ zoneId: ':door:c1', dwelt: nine + 100_000 }]);
  });

  it('are no longer so when the order leaves the run, and are where the door is', async () => {
    const day = await opened();
    const { orders } = day;
    await day.does(addConsumer('pune', { id: 'c1', name: 'Asha', ...doorAt(0) }), -120);
    await day.does(bookOrder(orders, 'pune', { id: 'o1', consumerId: 'c1' }), -110);
    await day.does(planRun(orders, 'pune', { vanId: 'v1', stops: ['o1'] }), -100);
    await day.drives(
      'v1',
      Array.from({ length: 20 }, (_, i) => fix(i * 30, 0, { speed: 0 })),
    );
    expect(day.visits(':door:c1')).toEqual(['v1 0 start …']);
    // Told late: it was on the run of the other van then.
    await day.does(unassignOrder(orders, 'pune', 'o1'), 300);
    expect(day.visits(':door:c1')).toEqual(['v1 0 start 300 zone']);
    await day.does(changeConsumer('pune', { id: 'c1', ...doorAt(5000) }), 700);
    await setImmediate();
    expect(day.visits(':door:c1')).toEqual([]);
    await day.does(changeConsumer('pune', { id: 'c1', ...doorAt(10) }), 710);
    expect(day.visits(':door:c1')).toEqual(['v1 0 start 300 zone']);
    await day.does(removeConsumer('pune', 'c1'), 720);
    expect(day.visits(':door:c1')).toEqual([]);
  });
});

describe('a rebuild from the log', () => {
  it('gives the same visits, those at doors of long ago too', async () => {
    const day = await opened();
    const { orders, log } = day;
    await day.does(addConsumer('pune', { id: 'c1', name: 'Asha', ...doorAt(0) }), -120);
    await day.does(addZone(day.zones, 'pune', yard), -120);
    for (let i = 0; i < 5; i++) {
      const from = i * 30 * 3600;
      await day.does(bookOrder(orders, 'pune', { id: `o${i}`, consumerId: 'c1' }), from - 60);
      await day.does(assignOrder(orders, 'pune', `o${i}`, { vanId: 'v1' }), from - 50);
      await day.drives('v1', [...drive(from, -500, 0, 36), ...drive(from + 300, 0, 900, 36)]);
      await day.does(unassignOrder(orders, 'pune', `o${i}`), from + 600);
      await day.does(changeZone(day.zones, 'pune', 'yard', { shape: circle(i, 100 + i) }), from + 700);
    }
    day.now += 5 * 86_400_000;
    const expected = [day.visits('yard'), day.visits(':door:c1')];
    expect(expected.map((visits) => visits.length)).toEqual([5, 5]);
    // Years later, by its own clock, and saved while it reads.
    const again = new ZoneDay({ log });
    days.push(again);
    again.now = day.now + 300 * 86_400_000;
    await again.projector.start();
    await again.projector.caughtUp;
    again.projector.saveNow();
    expect([again.visits('yard'), again.visits(':door:c1')]).toEqual(expected);
  });
});

describe('any order and doubling of fixes and events', () => {
  it('gives the same visits', async () => {
    const random: Fix[] = [
      ...drive(0, -600, 0, 36),
      ...Array.from({ length: 10 }, (_, i) => fix(65 + i * 10, (i % 3) * 40, { speed: 2 })),
      fix(170, 800, { speed: 5 }),
      ...drive(180, 0, 700, 50),
      ...drive(260, 700, -300, 60, 12),
    ];
    const story = await opened();
    await story.does(addConsumer('pune', { id: 'c1', name: 'Asha', ...doorAt(0) }), -120);
    await story.does(bookOrder(story.orders, 'pune', { id: 'o1', consumerId: 'c1' }), -110);
    await story.does(addZone(story.zones, 'pune', yard), 10);
    await story.does(
      addZone(story.zones, 'pune', {
        ...yard,
        id: 'far',
        name: 'Far',
        shape: circle(400, 150),
        rules: { speedLimit: 40 },
      }),
      20,
    );
    await story.does(assignOrder(story.orders, 'pune', 'o1', { vanId: 'v1' }), 30);
    await story.does(changeZone(story.zones, 'pune', 'yard', { shape: circle(20, 150) }), 100);
    await story.does(removeZone(story.zones, 'pune', 'far'), 275);
    await story.does(unassignOrder(story.orders, 'pune', 'o1'), 290);
    await story.drives('v1', random);
    const visits = (day: ZoneDay) => ['yard', 'far', ':door:c1'].map((zone) => day.visits(zone));
    const expected = visits(story);
    expect(expected).toEqual([['v1 55 195', 'v1 296 …'], ['v1 200 225'], ['v1 50 195']]);
    const events: LogRecord[] = [];
    for await (const { records } of story.log.read(null)) {
      events.push(...records.filter(({ topic }) => topic !== 'positions'));
    }
    const before = events.length - 6;
    const fixes = random.map((one) => positionOf('v1', one));
    const shuffles = fc.tuple(
      fc.shuffledSubarray([...fixes, ...fixes.slice(0, 10)], { minLength: fixes.length + 10 }),
      fc.array(fc.integer({ min: 0, max: fixes.length }), { minLength: 6, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(shuffles, async ([shuffled, places, sizes]) => {
        const records = [...shuffled];
        // Events keep their order, wherever they come among the fixes.
        for (const [i, place] of [...places].sort((a, b) => a - b).entries()) {
          records.splice(place + i, 0, events[before + i] as LogRecord);
        }
        const day = await ZoneDay.begin();
        await day.tell(...events.slice(0, before));
        for (let i = 0, batch = 0; i < records.length; batch++) {
          const size = sizes[batch % sizes.length] ?? 1;
          await day.tell(...records.slice(i, i + size));
          if (batch % 5 === 4) day.projector.saveNow();
          i += size;
        }
        const found = visits(day);
        await day.end();
        expect(found).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
