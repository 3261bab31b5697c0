import { describe, expect, it } from 'vitest';
import type { Order } from '../../protocol/order.ts';
import { createOrderChanges } from './order-changes.ts';
import { Refused } from './session.ts';
import { createConsoleStore } from './store.ts';
import { World } from './world/world.ts';

const order = (id: string, of: Partial<Order> = {}): Order => ({
  ...{ id, consumerId: `c-${id}`, cylinders: 1, state: 'booked', attempt: 0, bookedAt: 0, dueAt: 1, flags: [] },
  version: 1,
  ...of,
});

/** A daemon that answers as told, and what was asked of it. */
function bed(orders: readonly Order[], answer: (method: string, path: string, body: unknown) => unknown) {
  const store = createConsoleStore(0);
  store.setState({
    link: { kind: 'live', since: 0 },
    viewer: { role: 'DISPATCHER', subject: 'anu' },
    picked: new Set(orders.map(({ id }) => id)),
  });
  const world = new World();
  const page = { cursor: '', page: 0, last: true } as const;
  const vans = ['v1', 'v2'].map((id, index) => {
    const van = { id, name: `Van ${id}`, kind: 'van' as const, version: 1 };
    return { index, van, position: null };
  });
  const consumers = orders.map(({ consumerId: id }, i) => {
    return { index: 10 + i, consumer: { id, name: `Name ${id}`, version: 1 }, position: null };
  });
  world.apply({ type: 'snapshot', ...page, vans, consumers, orders: orders.map((each) => ({ order: each })) });
  const asked: string[] = [];
  const ask = async (method: string, path: string, body?: unknown) => {
    asked.push([method, path, body === undefined ? '' : JSON.stringify(body)].join(' ').trim());
    return answer(method, path, body);
  };
  const changes = createOrderChanges({
    store,
    world,
    session: {
      read: (path) => ask('GET', path),
      write: ({ method, path, body, version }) =>
        ask(method, path, Array.isArray(body) || version === undefined ? body : { ...body, version }),
    },
  });
  return { store, asked, changes, word: () => store.getState().changeWord };
}
type Items = { items: { orderId: string; version: number }[] };
const allWell = (_method: string, path: string, body: unknown) =>
  path === '/api/orders/assign'
    ? { items: (body as Items).items.map(({ orderId: id, version }) => ({ id, status: 200, version: version + 1 })) }
    : { stops: [{ order: { id: 'x' } }, { order: { id: 'b' } }] };

describe('changes of orders', () => {
  it('are one request for many, with the versions seen; ended ones and those there already are left out', async () => {
    const { changes, asked, word, store } = bed(
      [order('a'), order('d', { state: 'delivered' }), order('v', { state: 'assigned', vanId: 'v1' })],
      allWell,
    );
    await changes.assign(['a', 'd', 'v'], 'v1');
    expect(asked).toEqual(['POST /api/orders/assign {"items":[{"orderId":"a","vanId":"v1","version":1}]}']);
    expect(word()).toMatchObject({ kind: 'done', text: 'Order put on Van v1' });
    expect([...store.getState().picked]).toEqual(['d', 'v']);
    changes.stop();
  });

  it('are taken back to the place and state they came from, on the versions that came of them', async () => {
    const out = order('b', { state: 'out-for-delivery', vanId: 'v2', day: '2026-03-10', version: 4 });
    const { changes, asked, word } = bed([order('a'), out], allWell);
    await changes.assign(['a', 'b'], 'v1');
    expect(asked[0]).toBe('GET /api/vans/v2/run?day=2026-03-10');
    asked.length = 0;
    await changes.undo();
    const back = [
      { orderId: 'a', vanId: null, version: 2 },
      { orderId: 'b', vanId: 'v2', version: 5, day: '2026-03-10', at: 1 },
    ];
    expect(asked).toEqual([
      `POST /api/orders/assign ${JSON.stringify({ items: back })}`,
      'POST /api/orders/start {"orderIds":["b"]}',
    ]);
    expect(word()).toMatchObject({ kind: 'done', text: 'Undone' });
    changes.stop();
  });

  it('that come too late say who was faster and how it is now; the others are done, and can be taken back', async () => {
    const { changes, word } = bed([order('a'), order('b')], (_method, path) => {
      if (path.endsWith('/story'))
        return { items: [{ time: 1, actor: 'DISPATCHER:ravi', type: 'order-assigned', data: {} }] };
      if (path === '/api/orders/b') return order('b', { state: 'assigned', vanId: 'v2', version: 2 });
      return {
        items: [
          { id: 'a', status: 200, version: 2 },
          { id: 'b', status: 412 },
        ],
      };
    });
    await changes.assign(['a', 'b'], 'v1');
    expect(word()).toMatchObject({
      kind: 'refused',
      text: '1 of 2 done.',
      more: ['ravi was faster: the order of Name c-b is now on Van v2.'],
      undo: expect.any(Function),
    });
    changes.stop();
  });

  it('are not even tried without a link', async () => {
    const { changes, asked, word, store } = bed([order('a')], allWell);
    store.setState({ link: { kind: 'offline', since: 0, retryAt: 1 } });
    await changes.assign(['a'], 'v1');
    await changes.cancel(['a'], undefined);
    expect(await changes.book('c-a', 1)).toBeUndefined();
    expect(await changes.plan('v1', ['a'], { version: 1, stops: [] })).toBe(false);
    expect(await changes.saveNotes('c-a', 'x', 1)).toBe(false);
    expect(asked).toEqual([]);
    expect(word()).toMatchObject({ kind: 'refused', text: expect.stringContaining('Not connected') });
    changes.stop();
  });

  it('that get no answer are not called refused: nobody knows', async () => {
    const { changes, word } = bed([order('a')], () => Promise.reject(new TypeError('Failed to fetch')));
    await changes.assign(['a'], 'v1');
    expect(word()).toMatchObject({ kind: 'refused', text: expect.stringContaining('No answer') });
    changes.stop();
  });

  it('one by one name the version too, and say what the daemon says against them', async () => {
    const { changes, asked, word } = bed([order('a', { version: 7 })], () =>
      Promise.reject(new Refused(422, 'It holds 20 cylinders.')),
    );
    await changes.cancel(['a'], 'moved away');
    expect(asked).toEqual(['POST /api/orders/a/cancel {"reason":"moved away","version":7}']);
    expect(word()).toMatchObject({ kind: 'refused', text: 'Not done: It holds 20 cylinders.' });
    changes.stop();
  });

  it('of a run that somebody else has changed are refused by name', async () => {
    const { changes, word } = bed([order('a')], () => Promise.reject(new Refused(412, 'stale')));
    expect(await changes.plan('v1', ['a'], { version: 1, stops: ['a'] })).toBe(false);
    expect(word()?.text).toContain('the run of Van v1');
    changes.stop();
  });
});
