import { describe, expect, it } from 'vitest';
import type { Calls, DeskState, News, NewsName, Thing } from '../shared/bridge.ts';
import type { ConsoleParts } from './console-context.ts';
import type { Desk } from './desk.ts';
import { followDesk } from './desk-acts.ts';
import { createConsoleStore } from './store.ts';

function bed(
  has: { vans?: string[]; orders?: string[] },
  options: { state?: Partial<DeskState>; cached?: object } = {},
) {
  const store = createConsoleStore(0);
  const world = { vans: new Map<string, object>(), orders: new Map<string, object>() };
  for (const id of has.vans ?? []) world.vans.set(id, {});
  for (const id of has.orders ?? []) world.orders.set(id, {});
  const shown: unknown[] = [];
  const read: string[] = [];
  const listeners = new Map<NewsName, (news: never) => void>();
  const session = {
    read: async (path: string) => {
      read.push(path);
      throw new Error('offline');
    },
    signOut: async () => false,
  };
  const state = { notices: [], signInNote: undefined, account: undefined, open: undefined, ...options.state };
  const desk = {
    state,
    ask: async (name: keyof Calls) => {
      if (name !== 'cache.open' || options.cached === undefined) return undefined;
      return { kind: 'order', id: 'o1', json: JSON.stringify(options.cached), heard: 0 };
    },
    on(name: NewsName, listener: (news: never) => void) {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  } as unknown as Desk;
  const console = { store, world, session, trail: { reload: () => shown.push('reloaded') } };
  const parts = { console, scene: { show: (selection: unknown) => shown.push(selection) } } as unknown as ConsoleParts;
  const end = followDesk(desk, parts);
  const tell = async <N extends NewsName>(name: N, news: News[N]) => {
    (listeners.get(name) as ((news: News[N]) => void) | undefined)?.(news);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { store, world, shown, read, listeners, end, tell };
}
const order: Thing = { kind: 'order', id: 'o1' };

describe('what the desktop app asks of the page', () => {
  it('a van is selected and shown; one that is not here yet, once it comes', async () => {
    const { store, world, shown, tell } = bed({ vans: ['v1'] });
    await tell('open', { kind: 'van', id: 'v1' });
    expect([store.getState().selection, shown]).toEqual([{ kind: 'van', id: 'v1' }, [{ kind: 'van', id: 'v1' }]]);
    await tell('open', { kind: 'van', id: 'v2' });
    expect(store.getState().selection?.id).toBe('v1');
    world.vans.set('v2', {});
    store.setState({ vansRevision: 1 });
    expect(store.getState().selection?.id).toBe('v2');
  });

  it('an order of the cache is selected without asking the server', async () => {
    const { store, read, tell } = bed({ orders: ['o1'] }, { cached: { id: 'o1', consumerId: 'c1' } });
    await tell('open', order);
    expect([store.getState().selection, read]).toEqual([order, []]);
  });

  it('an order that ended long ago is selected once everything is there, though the feed does not tell it', async () => {
    const { store, tell } = bed({}, { cached: { id: 'o1', consumerId: 'c1' } });
    await tell('open', order);
    expect(store.getState().selection).toBeUndefined();
    store.setState({ loaded: true });
    expect(store.getState().selection).toEqual(order);
  });

  it('an order that nobody knows is said', async () => {
    const { store, read, tell } = bed({});
    await tell('open', order);
    expect(read).toEqual(['/api/orders/o1']);
    expect(store.getState().notices).toMatchObject([{ key: 'unknown', text: expect.stringContaining('order o1') }]);
  });

  it('what happened before the page was there is shown, and a sign-in that ends with the app', () => {
    const account = { login: 'asha@pune', agency: 'pune', subject: 'asha' };
    const notices = [{ key: 'page-gone', text: 'started again' }];
    const { store } = bed({}, { state: { notices, signInNote: 'There is no key ring.', account } });
    expect(store.getState().notices.map(({ key }) => key)).toEqual(['page-gone', 'sign-in']);
  });

  it('menus act; a notice of the same kind takes the place of the older; in the end nothing is heard', async () => {
    const { store, shown, listeners, end, tell } = bed({ vans: ['v1'] });
    await tell('menu', { act: 'help' });
    await tell('menu', { act: 'change-server' });
    expect(store.getState()).toMatchObject({ helpOpen: true, signIn: 'server' });
    await tell('notice', { key: 'a', text: 'one' });
    await tell('notice', { key: 'a', text: 'two' });
    expect(store.getState().notices).toEqual([{ key: 'a', text: 'two' }]);
    await tell('open', { kind: 'van', id: 'v1' });
    await tell('filled', { vanId: 'v1' });
    expect(shown.at(-1)).toBe('reloaded');
    end();
    expect(listeners.size).toBe(0);
  });
});
