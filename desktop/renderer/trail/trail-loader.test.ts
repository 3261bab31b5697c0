import { describe, expect, it } from 'vitest';
import { createConsoleStore, selected } from '../store.ts';
import type { VanEntry } from '../world/entries.ts';
import { trailLoader } from './trail-loader.ts';

const now = 10 * 3_600_000;
const point = (fixTime: number) => ({ fixTime, latitude: 1, longitude: 2 });
const moved = (id: string, fixTime: number): VanEntry => ({
  kind: 'van',
  slot: 0,
  index: 0,
  van: { id, name: id, kind: 'van', version: 1 },
  position: point(fixTime),
  interval: undefined,
  text: '',
});

/** A daemon whose answers come when the test says so. */
function setUp() {
  const store = createConsoleStore(0);
  const asked: { path: string; signal: AbortSignal | undefined; answer: (body: unknown) => void; fail: () => void }[] =
    [];
  const session = {
    read: (path: string, signal?: AbortSignal) =>
      new Promise<unknown>((resolve, reject) => {
        asked.push({ path, signal, answer: resolve, fail: () => reject(new Error('the daemon is away')) });
      }),
  };
  const loader = trailLoader({ store, session, now: () => now });
  loader.start();
  const select = (id: string) => store.setState(selected(store.getState(), { kind: 'van', id }));
  const settled = () => new Promise(setImmediate);
  return { store, asked, loader, select, settled, trail: () => store.getState().trail };
}

describe('the trail of the selected van', () => {
  it('is loaded for the chosen hours', async () => {
    const { asked, select, settled, trail } = setUp();
    select('van 1');
    expect(trail()).toEqual({ state: 'loading', vanId: 'van 1' });
    expect(asked[0]?.path).toBe(`/api/vans/van%201/trail?format=json&from=${now - 4 * 3_600_000}&to=${now}`);
    asked[0]?.answer({ items: [point(1)] });
    await settled();
    expect(trail()).toEqual({ state: 'ready', vanId: 'van 1', history: [point(1)], live: [] });
  });

  it('is that of the van selected last, whatever answers first', async () => {
    const { asked, select, settled, trail } = setUp();
    select('a');
    select('b');
    expect(asked[0]?.signal?.aborted).toBe(true);
    asked[1]?.answer({ items: [point(2)] });
    asked[0]?.answer({ items: [point(1)] });
    await settled();
    expect(trail()).toMatchObject({ state: 'ready', vanId: 'b', history: [point(2)] });
  });

  it('stays on the screen while another length is loaded', async () => {
    const { store, asked, select, settled, trail } = setUp();
    select('a');
    asked[0]?.answer({ items: [point(1)] });
    await settled();
    store.setState({ hours: 24 });
    expect(trail().state).toBe('ready');
    expect(asked[1]?.path).toContain(`from=${now - 24 * 3_600_000}`);
  });

  it('grows with live points, those that came during the loading included', async () => {
    const { asked, select, settled, trail, loader } = setUp();
    select('a');
    loader.moved([moved('a', 3), moved('b', 4)]);
    loader.moved([moved('a', 5)]);
    asked[0]?.answer({ items: [point(1), point(3)] });
    await settled();
    expect(trail()).toMatchObject({ history: [point(1), point(3)], live: [point(5)] });
    loader.moved([moved('a', 6)]);
    loader.moved([moved('b', 7)]);
    expect(trail()).toMatchObject({ live: [point(5), point(6)] });
  });

  it('says when it could not be loaded, and can be loaded again', async () => {
    const { asked, select, settled, trail, loader } = setUp();
    select('a');
    asked[0]?.fail();
    await settled();
    expect(trail()).toEqual({ state: 'failed', vanId: 'a', detail: 'the daemon is away' });
    loader.reload();
    asked[1]?.answer({ items: [] });
    await settled();
    expect(trail()).toMatchObject({ state: 'ready', history: [] });
  });

  it('is not asked for once nothing is selected', () => {
    const { store, asked, select } = setUp();
    select('a');
    store.setState(selected(store.getState(), undefined));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.signal?.aborted).toBe(true);
  });
});
