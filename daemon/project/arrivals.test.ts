import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { changeConsumer } from '../domain/decide-consumer.ts';
import { cancelOrder } from '../domain/decide-order.ts';
import { minute, nine } from './agency-day.fixture.ts';
import { fixes, Street } from './arrivals.fixture.ts';
import { ArrivalsClock, type EstimatesChange } from './arrivals-told.ts';
import { tidy } from './story.fixture.ts';

const open: Street[] = [];
afterEach(async () => {
  for (const street of open.splice(0)) await street.end();
});
afterAll(tidy);

async function street(): Promise<Street> {
  const made = await Street.open();
  open.push(made);
  return made;
}

/** Three orders on v1's run; loaded and started at ten past nine, at the first door from 9:14 to 9:18. */
async function underWay(orders: readonly string[] = ['o1', 'o2', 'o3']): Promise<Street> {
  const day = await street();
  await day.run('v1', ...orders);
  await day.stands('v1', 0, 10, 0);
  await day.starts(...orders);
  await day.drives('v1', 10, 14, 0, 1);
  await day.stands('v1', 14, 18, 1);
  await day.delivers('o1');
  return day;
}

describe('a run', () => {
  it('is driven as planned: arrivals are the stands at the doors, and the last one ends it', async () => {
    const day = await underWay();
    expect(day.told()).toEqual(['o1 delivered 14-', 'o2 next', 'o3 waiting']);
    await day.drives('v1', 18, 22, 1, 2);
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 next', 'o3 waiting']);
    await day.stands('v1', 22, 25, 2);
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 here 22-', 'o3 next']);
    await day.fails('o2');
    await day.drives('v1', 25, 29, 2, 3);
    await day.stands('v1', 29, 32, 3);
    await day.delivers('o3');
    await day.drives('v1', 32, 44, 3, 0);
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 failed 22-25', 'o3 delivered 29-32']);
    expect(day.progress()).toMatchObject({ state: 'over', done: 3, left: 0, outOfOrder: false });
    expect(day.arrivals.stop('pune', 'o3')).toBeUndefined();
  });

  it('is planned until the first order goes out, and keeps what was expected then', async () => {
    const day = await street();
    await day.run('v1', 'o1', 'o2', 'o3');
    await day.stands('v1', 0, 10, 0);
    expect(day.progress().state).toBe('planned');
    expect(day.progress().stops.map(({ planned }) => planned)).toEqual([undefined, undefined, undefined]);
    await day.starts('o1', 'o2', 'o3');
    const { state, startedAt, stops } = day.progress();
    expect({ state, startedAt }).toEqual({ state: 'under-way', startedAt: nine + 10 * minute });
    // 1.3 km by road at 18 km/h, then four minutes a stop.
    const planned = stops.map((stop) => ((stop.planned ?? 0) - nine) / minute - 10);
    expect(planned[0]).toBeGreaterThan(3);
    expect(planned[0]).toBeLessThan(5);
    expect((planned[1] ?? 0) - (planned[0] ?? 0)).toBeGreaterThan(7);
    expect((planned[1] ?? 0) - (planned[0] ?? 0)).toBeLessThan(10);
    // He dawdles for half an hour: the plan stays, lateness grows.
    await day.stands('v1', 10, 40, 0);
    await day.drives('v1', 40, 44, 0, 1);
    await day.stands('v1', 44, 48, 1);
    const late = day.progress().stops;
    expect(late.map((stop) => ((stop.planned ?? 0) - nine) / minute - 10)).toEqual(planned);
    expect((late[0]?.lateBy ?? 0) / minute).toBeCloseTo(33.8 - (planned[0] ?? 0), 0);
    expect((late[2]?.lateBy ?? 0) / minute).toBeGreaterThan(20);
  });

  it('is driven out of order: what was left out is skipped, and what is nearer comes next', async () => {
    const day = await underWay(['o1', 'o2', 'o3', 'o4', 'o6']);
    await day.drives('v1', 18, 26, 1, 4);
    await day.stands('v1', 26, 30, 4);
    await day.delivers('o4');
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 skipped', 'o3 skipped', 'o4 delivered 26-', 'o6 waiting']);
    expect(day.progress()).toMatchObject({ outOfOrder: true, next: 'o3' });
    // He might turn round, or drive on and come back for it in the end: both are in the range.
    const [o2, o6] = [day.estimate('o2'), day.estimate('o6')];
    expect(o2.from).toBeLessThan(o6.likely);
    expect(o2.until).toBeGreaterThanOrEqual(o6.until);
    await day.drives('v1', 30, 34, 4, 3);
    await day.stands('v1', 34, 38, 3);
    await day.delivers('o3');
    expect(day.told()[2]).toBe('o3 delivered 34-');
    expect(day.progress().next).toBe('o2');
  });

  it('is planned anew in its middle: the new order counts, and nothing was skipped', async () => {
    const day = await underWay(['o1', 'o2', 'o3', 'o4']);
    await day.run('v1', 'o4', 'o3', 'o2');
    expect(day.told()).toEqual(['o1 delivered 14-', 'o4 next', 'o3 waiting', 'o2 waiting']);
    expect(day.progress().outOfOrder).toBe(false);
    const [o4, o3, o2] = [day.estimate('o4'), day.estimate('o3'), day.estimate('o2')];
    expect([o4.stopsBefore, o3.stopsBefore, o2.stopsBefore]).toEqual([0, 1, 2]);
    expect(o4.likely).toBeLessThan(o3.likely);
    expect(o3.likely).toBeLessThan(o2.likely);
    // One that is put in front now was not left out before.
    await day.run('v1', 'o5', 'o4', 'o3', 'o2');
    expect(day.progress()).toMatchObject({ next: 'o5', outOfOrder: false });
  });

  it('loses a stop to another van: each has its own arrivals', async () => {
    const day = await underWay();
    await day.run('v2', 'o6', 'o5');
    await day.stands('v2', 10, 20, 0);
    await day.starts('o6', 'o5');
    await day.drives('v2', 20, 30, 0, 5);
    // v1 stood near o2's door for tea before it was v2's.
    await day.drives('v1', 18, 22, 1, 2);
    await day.stands('v1', 22, 33, 2);
    await day.assigns('o2', 'v2', 0);
    await day.assigns('o6', 'v1');
    expect(day.told('v1')).toEqual(['o1 delivered 14-18', 'o3 next', 'o6 waiting']);
    expect(day.told('v2')).toEqual(['o2 next', 'o5 waiting']);
    await day.drives('v2', 33, 40, 5, 2);
    await day.stands('v2', 40, 44, 2);
    await day.starts('o2');
    await day.delivers('o2');
    expect(day.told('v2')).toEqual(['o2 delivered 40-', 'o5 next']);
    expect(day.told('v1')).toHaveLength(3);
    expect(day.estimate('o6').likely).toBeGreaterThan(day.estimate('o3').likely);
  });

  it('has begun when the van leaves the store, although nobody pressed start, and its stops are visited', async () => {
    const day = await street();
    await day.run('v1', 'o1', 'o2', 'o3');
    await day.stands('v1', 0, 12, 0);
    await day.drives('v1', 12, 16, 0, 1);
    const { state, startedAt = 0 } = day.progress();
    expect(state).toBe('under-way');
    expect(Math.round((startedAt - nine) / minute)).toBe(12);
    await day.stands('v1', 16, 20, 1);
    expect(day.told()).toEqual(['o1 here 16-', 'o2 next', 'o3 waiting']);
    await day.drives('v1', 20, 24, 1, 2);
    await day.stands('v1', 24, 28, 2);
    expect(day.told()).toEqual(['o1 visited 16-20', 'o2 here 24-', 'o3 next']);
    expect(day.progress()).toMatchObject({ done: 1, left: 2 });
    // The buttons are pressed later: it was there when it was there.
    await day.starts('o1');
    await day.delivers('o1');
    expect(day.told()[0]).toBe('o1 delivered 16-20');
  });

  it('forgets what is cancelled, and counts no stop for it', async () => {
    const day = await underWay();
    await day.does(cancelOrder(day.orders, 'pune', 'o2'));
    expect(day.told()).toEqual(['o1 delivered 14-', 'o2 cancelled', 'o3 next']);
    expect(day.estimate('o3').stopsBefore).toBe(0);
  });
});

describe('estimates', () => {
  it('come in the order of the stops, and narrow as the van comes near', async () => {
    const day = await underWay();
    const [o2, o3] = [day.estimate('o2'), day.estimate('o3')];
    for (const { from, likely, until } of [o2, o3]) {
      expect(from).toBeLessThan(likely);
      expect(likely).toBeLessThan(until);
    }
    expect(o3.from).toBeGreaterThan(o2.from);
    expect(o3.until).toBeGreaterThan(o2.until);
    await day.drives('v1', 18, 21, 1, 1.8);
    const near = day.estimate('o2');
    expect(near.until - near.from).toBeLessThan((o2.until - o2.from) / 2);
  });

  it('widen with every minute in which nothing is heard of the van, and never begin in the past', async () => {
    const day = await underWay();
    await day.drives('v1', 18, 20, 1, 1.5);
    let before = day.estimate('o3');
    for (const now of [22, 25, 30, 40, 60]) {
      day.clock(now);
      const { from, likely, until } = day.estimate('o3');
      expect(until - Math.max(now, before.from)).toBeGreaterThan(0);
      expect(until).toBeGreaterThan(before.until);
      expect(from).toBeGreaterThanOrEqual(now - 0.1);
      expect(likely).toBeGreaterThanOrEqual(before.likely);
      before = { ...before, from, likely, until };
    }
    const wide = before.until - before.from;
    // The tracker finds its network again: at the door of o3 all the time.
    await day.drives('v1', 20, 26, 1.5, 3);
    await day.stands('v1', 26, 60, 3);
    expect(wide).toBeGreaterThan(20);
    expect(day.told()[2]).toBe('o3 here 26-');
  });

  it('go on from what the driver says while the tracker is silent', async () => {
    const day = await underWay();
    await day.drives('v1', 18, 20, 1, 1.5);
    day.clock(27);
    const silent = day.estimate('o3');
    await day.delivers('o2');
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 delivered 27- by its act', 'o3 next']);
    const told = day.estimate('o3');
    expect(told.until).toBeLessThan(silent.until);
    expect(told.until - told.from).toBeLessThan(silent.until - silent.from);
  });

  it('widen while the van stands where nobody ordered anything', async () => {
    const day = await underWay();
    await day.drives('v1', 18, 20, 1, 1.5);
    const driving = day.estimate('o2');
    await day.stands('v1', 20, 45, 1.5);
    const standing = day.estimate('o2');
    expect(standing.until - standing.from).toBeGreaterThan(1.5 * (driving.until - driving.from));
    expect(standing.from).toBeGreaterThan(45);
  });

  it('are corrected by a backlog, as if it had never been late', async () => {
    const day = await underWay();
    const late = [...fixes('v1', 18, 22, 1, 2), ...fixes('v1', 22, 26, 2)];
    // What comes first is the newest: nobody knows of a stop at o2, so the van has just driven past it.
    await day.drives('v1', 26, 30, 2, 3);
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 next', 'o3 waiting']);
    await day.tell(...late.toReversed());
    await day.delivers('o2');
    expect(day.told()).toEqual(['o1 delivered 14-18', 'o2 delivered 22-26', 'o3 next']);
  });

  it('say that a place is missing, and are wide for it', async () => {
    const day = await underWay(['o1', 'o2']);
    const { by } = day.arrivals.stop('pune', 'o2') ?? {};
    expect(by).toBe('straight');
    const known = day.estimate('o2');
    const { consumerId } = day.orders.order('pune', 'o2') ?? { consumerId: '' };
    const consumer = day.registry.view.consumer('pune', consumerId);
    if (consumer === undefined) throw new Error('there is no consumer');
    const { latitude: _latitude, longitude: _longitude, ...nowhere } = consumer;
    await day.tell({ topic: 'people', agency: 'pune', id: consumerId, value: { ...nowhere, version: 9 } });
    expect(day.arrivals.stop('pune', 'o2')?.by).toBe('none');
    const unknown = day.estimate('o2');
    expect(unknown.until - unknown.from).toBeGreaterThan(1.3 * (known.until - known.from));
  });

  it('are told of when they moved by more than a minute, and not with every fix', async () => {
    const day = await underWay();
    day.arrivals.refresh();
    expect(day.heard.at(-1)).toMatchObject({ agency: 'pune', vanId: 'v1', orders: ['o2', 'o3'] });
    const before = day.heard.length;
    for (let i = 0; i < 24; i++) {
      await day.drives('v1', 18 + i / 6, 18 + (i + 1) / 6, 1 + i / 26, 1 + (i + 1) / 26);
      day.arrivals.refresh();
    }
    // Four minutes of driving as expected: a handful of tellings for 24 fixes.
    expect(day.heard.length - before).toBeLessThan(6);
    const expected = day.heard.length;
    await day.stands('v1', 22, 42, 1.92);
    day.arrivals.refresh();
    expect(day.heard.length).toBe(expected + 1);
    await day.delivers('o2');
    day.arrivals.refresh();
    expect(day.heard.at(-1)?.orders).toContain('o2');
  });
});

describe('who listens', () => {
  it('hears what moved although somebody else asked for it before', async () => {
    const day = await underWay();
    await day.drives('v1', 18, 19, 1, 1.2);
    day.arrivals.refresh();
    const before = day.heard.length;
    // In a jam: each minute somebody looks at the page.
    for (let minutes = 19; minutes < 29; minutes++) {
      await day.drives('v1', minutes, minutes + 1, 1.2, 1.2 + (minutes - 18) / 100);
      day.estimate('o2');
      day.arrivals.refresh();
    }
    expect(day.heard.length).toBeGreaterThan(before);
    expect(day.heard.at(-1)?.orders).toEqual(['o2', 'o3']);
  });

  it('hears at once of an order that is over, also when nothing is heard of the van', async () => {
    const day = await underWay();
    day.arrivals.refresh();
    expect(day.arrivals.refresh()).toBe(0);
    await day.delivers('o2');
    day.estimate('o3');
    day.arrivals.refresh();
    expect(day.heard.at(-1)?.orders).toContain('o2');
  });

  it('hears of a door that is found to be elsewhere', async () => {
    const day = await underWay();
    day.arrivals.refresh();
    const { likely } = day.estimate('o3');
    const there = { latitude: 18.56, longitude: 73.85 };
    await day.does(changeConsumer('pune', { id: 'c3', ...there }));
    day.arrivals.refresh();
    expect(day.heard.at(-1)?.orders).toContain('o3');
    expect(day.estimate('o3').likely).toBeGreaterThan(likely + 5);
  });
});

describe('the clock of the estimates', () => {
  it('tells listeners by itself, until it is stopped', async () => {
    const day = await underWay();
    const clock = new ArrivalsClock(day.arrivals);
    const heard = new Promise<EstimatesChange>((resolve) => day.arrivals.onEstimates(resolve));
    await clock.start();
    expect((await heard).orders).toEqual(['o2', 'o3']);
    await clock.stop();
    await clock.stop();
  });
});

describe('what was learnt', () => {
  it('makes a slow door longer, and other doors at that agency a little', async () => {
    const day = await underWay(['o1', 'o2', 'o3', 'o4']);
    await day.drives('v1', 18, 22, 1, 2);
    const before = { o3: day.estimate('o3'), o4: day.estimate('o4') };
    await day.stands('v1', 22, 36, 2);
    await day.delivers('o2');
    await day.drives('v1', 36, 40, 2, 3);
    const after = { o3: day.estimate('o3'), o4: day.estimate('o4') };
    const between = ({ o3, o4 }: typeof before) => o4.likely - o3.likely;
    expect(between(after)).toBeGreaterThan(between(before));
  });

  it('is the same after a restart and after a rebuild, and so is the plan', async () => {
    const day = await underWay();
    await day.drives('v1', 18, 22, 1, 2);
    await day.stands('v1', 22, 25, 2);
    await day.delivers('o2');
    await day.drives('v1', 25, 27, 2, 2.5);
    // A late fix that the folds have not gone through when everything is saved.
    await day.tell(...fixes('v2', 3, 9, 0, 2).toReversed());
    day.projector.saveNow();
    const known = { progress: day.progress(), o3: day.arrivals.stop('pune', 'o3') };
    await day.end();
    for (const options of [
      { log: day.log, file: day.file, now: day.now },
      { log: day.log, now: day.now },
    ]) {
      const again = await Street.begin(options);
      open.push(again);
      expect({ progress: again.progress(), o3: again.arrivals.stop('pune', 'o3') }).toEqual(known);
      await again.end();
    }
  });
});
