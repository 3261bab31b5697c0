import { describe, expect, it } from 'vitest';
import type { FeedConsumer, FeedVan } from '../../../protocol/feed.ts';
import { World } from './world.ts';

const position = (fixTime: number, latitude = 21, rest: object = {}) => ({
  device: 'tracker-1',
  fixTime,
  receivedAt: fixTime + 100,
  latitude,
  longitude: 78,
  ...rest,
});
const van = (id: string, index: number, at: FeedVan['position'] = null): FeedVan => ({
  index,
  van: { id, name: `Van ${id}`, kind: 'van', version: 1 },
  position: at,
});
const consumer = (id: string, index: number): FeedConsumer => ({
  index,
  consumer: { id, name: `Consumer ${id}`, phone: '+91 98765 43210', version: 1 },
  position: null,
});
const snapshot = (vans: FeedVan[], consumers: FeedConsumer[] = [], page = 0, last = true) =>
  ({ type: 'snapshot', cursor: 'c', page, last, vans, consumers }) as const;
const frame = (...positions: { index: number; fixTime: number; latitude: number }[]) =>
  ({ type: 'frame', cursor: 'c', positions: positions.map((each) => ({ longitude: 78, ...each })) }) as const;

describe('a snapshot', () => {
  it('in pages drops what it did not name, and only once it is whole', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0), van('b', 1)], [consumer('x', 10)]));
    world.apply(snapshot([van('b', 0)], [], 0, false));
    expect([...world.vans.keys()]).toEqual(['a', 'b']);
    const change = world.apply(snapshot([van('c', 1)], [], 1, true));
    expect([...world.vans.keys()].sort()).toEqual(['b', 'c']);
    expect(world.consumers.size).toBe(0);
    expect(change).toMatchObject({ vans: true, consumers: true });
  });

  it('gives the numbers of the new connection', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0, position(1000)), van('b', 1, position(1000))]));
    world.apply(snapshot([van('a', 1, position(1000)), van('b', 0, position(1000))]));
    world.apply(frame({ index: 1, fixTime: 2000, latitude: 22 }));
    expect(world.vans.get('a')?.position?.latitude).toBe(22);
    expect(world.vans.get('b')?.position?.latitude).toBe(21);
  });
});

describe('positions', () => {
  it('move a van forward, never back', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0, position(10_000))]));
    expect(world.apply(frame({ index: 0, fixTime: 12_000, latitude: 22 })).moved.map(({ van }) => van.id)).toEqual([
      'a',
    ]);
    expect(world.apply(frame({ index: 0, fixTime: 11_000, latitude: 23 })).moved).toEqual([]);
    expect(world.apply(frame({ index: 0, fixTime: 12_000, latitude: 23 })).moved).toEqual([]);
    expect(world.vans.get('a')?.position).toMatchObject({ fixTime: 12_000, latitude: 22 });
    expect(world.newestFix).toBe(12_000);
  });

  it('of a number nobody named are left alone', () => {
    const world = new World();
    expect(world.apply(frame({ index: 7, fixTime: 1, latitude: 1 })).moved).toEqual([]);
  });

  it('teach the interval of a device, long pauses left out', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0, position(0))]));
    world.apply(frame({ index: 0, fixTime: 5000, latitude: 21 }));
    expect(world.vans.get('a')?.interval).toBe(5000);
    world.apply(frame({ index: 0, fixTime: 15_000, latitude: 21 }));
    expect(world.vans.get('a')?.interval).toBe(6000);
    world.apply(frame({ index: 0, fixTime: 15_000 + 601_000, latitude: 21 }));
    expect(world.vans.get('a')?.interval).toBe(6000);
  });

  it('arrive by name in a JSON feed', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0)], [consumer('x', 1)]));
    const at = { fixTime: 5, latitude: 1, longitude: 2 };
    const change = world.apply({
      type: 'positions',
      cursor: 'c',
      positions: [
        { subject: 'a', kind: 'van', ...at, accuracy: 4 },
        { subject: 'x', kind: 'consumer', ...at },
      ],
    });
    expect(change).toMatchObject({ consumers: true });
    expect(change.moved).toHaveLength(1);
    expect(world.vans.get('a')?.position).toEqual({ ...at, accuracy: 4 });
    expect(world.consumers.get('x')?.position).toEqual(at);
  });
});

describe('what comes and goes', () => {
  it('a renamed van keeps its place; a removed one gives its slot to the next', () => {
    const world = new World();
    world.apply(snapshot([van('a', 0, position(1000)), van('b', 1)]));
    const a = world.vans.get('a');
    world.apply({
      type: 'event',
      cursor: 'c',
      name: 'van',
      ...van('a', 0),
      van: { id: 'a', name: 'New name', kind: 'van', version: 2 },
    });
    expect(world.vans.get('a')).toBe(a);
    expect(a?.van.name).toBe('New name');
    expect(a?.position?.fixTime).toBe(1000);
    expect(a?.text).toContain('new name');
    world.apply({ type: 'gone', cursor: 'c', kind: 'van', subject: 'a' });
    world.apply({ type: 'event', cursor: 'c', name: 'van', ...van('n', 5) });
    expect(world.vans.get('n')?.slot).toBe(a?.slot);
    expect(world.apply(frame({ index: 0, fixTime: 9000, latitude: 9 })).moved).toEqual([]);
  });

  it('a changed consumer is found by the new words and the digits of the number', () => {
    const world = new World();
    world.apply(snapshot([], [consumer('x', 3)]));
    expect(world.consumers.get('x')).toMatchObject({ digits: '919876543210' });
    const { consumer: before } = consumer('x', 3);
    world.apply({
      type: 'event',
      cursor: 'c',
      name: 'consumer',
      index: 3,
      position: null,
      consumer: { ...before, name: 'Zoé', version: 2 },
    });
    expect(world.consumers.get('x')?.text).toContain('zoe');
  });
});

describe('orders and alerts', () => {
  const order = (id: string, version: number) => ({
    order: {
      id,
      consumerId: 'x',
      cylinders: 1,
      state: 'booked' as const,
      attempt: 0,
      bookedAt: 1000,
      dueAt: 2000,
      flags: [],
      version,
    },
  });
  const alert = (id: string) => ({
    alert: {
      id,
      kind: 'silent' as const,
      severity: 'warning' as const,
      sounds: false,
      since: 1000,
      openedAt: 1000,
      template: 'silent-unknown',
      params: {},
      text: 'Van 1: silent',
      version: 0,
    },
  });

  it('come with a snapshot, change by events, and go by what a whole snapshot does not name', () => {
    const world = new World();
    const page = { ...snapshot([]), orders: [order('o1', 1), order('o2', 1)], alerts: [alert('silent:van-1:1000')] };
    expect(world.apply(page)).toMatchObject({ orders: true, alerts: true, vans: false });
    world.apply({ type: 'event', cursor: 'c', name: 'order', ...order('o1', 2) });
    expect(world.orders.get('o1')?.order.version).toBe(2);
    expect(world.apply({ type: 'gone', cursor: 'c', kind: 'order', subject: 'o2' }).orders).toBe(true);
    expect(world.apply({ type: 'gone', cursor: 'c', kind: 'order', subject: 'o2' }).orders).toBe(false);
    expect(world.apply(snapshot([]))).toMatchObject({ orders: true, alerts: true });
    expect([world.orders.size, world.alerts.size]).toEqual([0, 0]);
  });

  it('an older word of an order changes nothing', () => {
    const world = new World();
    world.apply({ type: 'event', cursor: 'c', name: 'order', ...order('o1', 5) });
    expect(world.apply({ type: 'event', cursor: 'c', name: 'order', ...order('o1', 4) }).orders).toBe(false);
    expect(world.orders.get('o1')?.order.version).toBe(5);
  });
});
