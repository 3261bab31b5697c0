import { describe, expect, it } from 'vitest';
import { framedChunk } from '../../../protocol/chunk-stream.ts';
import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import { minute, second, start } from './played-trail.fixture.ts';
import { createPlayer } from './player.ts';

const period = { from: start, to: start + 60 * minute };

/** A daemon with vans that set out ten minutes after the start, one fix in ten seconds; `v-bad` it does not give. */
function setUp(vanIds: string[]) {
  const asked: string[] = [];
  let refuses = true;
  const fixes = Array.from({ length: 60 }, (_, i) => {
    const fixTime = start + 10 * minute + i * 10 * second;
    return { fixTime, receivedAt: fixTime, latitude: 21 + i * 0.001, longitude: 79, speed: 40 };
  });
  const session = {
    async fetch(path: string) {
      asked.push(path);
      if (path.includes('v-bad') && refuses) throw new Error('the daemon is away');
      return new Response(Uint8Array.from(framedChunk(encodeChunk(fixes))));
    },
    read: async () => Promise.reject(new Error('the daemon tells no trips')),
  };
  const frames: ((time: number) => void)[] = [];
  const player = createPlayer({
    ...{ session, vanIds, period },
    frames: { request: (run) => frames.push(run), cancel: () => frames.splice(0) },
  });
  const loaded = () =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (player.store.getState().progress !== undefined) return;
        end();
        resolve();
      };
      const end = player.store.subscribe(look);
      look();
    });
  const frame = (time: number) => frames.shift()?.(time);
  return { player, state: player.store.getState, asked, loaded, frame, frames, mend: () => (refuses = false) };
}

describe('the player', () => {
  it('loads its vans and stands where the first of them sets out', async () => {
    const { state, loaded, asked } = setUp(['v1', 'v2']);
    await loaded();
    expect(state().vans.map(({ id, trail }) => [id, trail.times.length])).toEqual([
      ['v1', 60],
      ['v2', 60],
    ]);
    expect(state()).toMatchObject({ time: start + 10 * minute, lead: 'v1', isPlaying: false });
    // A margin of a minute around the fixes.
    expect(state().span).toEqual({ from: start + 9 * minute, to: start + 20 * minute + 50 * second });
    expect(asked[0]).toBe(`/api/vans/v1/trail?format=chunks&from=${period.from}&to=${period.to}`);
  });

  it('plays as fast as it is told, pauses, and ends at the end', async () => {
    const { player, state, loaded, frame, frames } = setUp(['v1']);
    await loaded();
    const begin = state().time;
    player.store.setState({ speed: 30 });
    player.toggle();
    frame(1000);
    frame(1500);
    expect(state().time - begin).toBe(15 * second);
    player.toggle();
    expect([state().isPlaying, frames.length]).toEqual([false, 0]);
    player.seek(state().span.to - second);
    player.toggle();
    frame(2000);
    frame(2500);
    expect(state()).toMatchObject({ time: state().span.to, isPlaying: false });
    // Once more from the beginning.
    player.toggle();
    expect(state().time).toBe(begin);
  });

  it('skips what comes after the last fix', async () => {
    const { player, state, loaded, frame } = setUp(['v1']);
    await loaded();
    player.store.setState({ skipsStops: true, speed: 1 });
    player.seek(start + 20 * minute);
    player.toggle();
    frame(0);
    frame(16);
    expect(state()).toMatchObject({ time: state().span.to, isPlaying: false });
  });

  it('steps from fix to fix, and pauses for it', async () => {
    const { player, state, loaded } = setUp(['v1']);
    await loaded();
    player.toggle();
    player.step(1);
    player.step(1);
    expect(state()).toMatchObject({ time: start + 10 * minute + 20 * second, isPlaying: false });
    player.step(-1);
    expect(state().time).toBe(start + 10 * minute + 10 * second);
  });

  it('says what did not come, and tries again', async () => {
    const { player, state, loaded, mend } = setUp(['v1', 'v-bad']);
    await loaded();
    expect(state().failed).toEqual([{ vanId: 'v-bad', detail: 'the daemon is away' }]);
    mend();
    player.retry();
    await loaded();
    expect([state().failed, state().vans.map(({ id }) => id)]).toEqual([[], ['v1', 'v-bad']]);
  });

  it('keeps what is here when a van is added, and nothing of another period', async () => {
    const { player, state, loaded, asked } = setUp(['v1']);
    await loaded();
    player.seek(start + 15 * minute);
    player.choose({ vanIds: ['v1', 'v3'] });
    await loaded();
    expect(asked.filter((path) => path.includes('/v1/'))).toHaveLength(1);
    expect(state()).toMatchObject({ time: start + 15 * minute, vanIds: ['v1', 'v3'] });
    player.choose({ period: { from: start, to: start + 30 * minute } });
    expect(state().vans).toEqual([]);
    await loaded();
    expect(asked).toHaveLength(4);
  });
});
