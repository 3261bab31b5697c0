import { describe, expect, it } from 'vitest';
import type { Stretch } from '../../shared/bridge.ts';
import { minute, morning } from './cache.fixture.ts';
import { fill } from './fill.ts';

describe('filling', () => {
  it('asks for each missing stretch once, never for more than the daemon answers at a time', async () => {
    const day = 86_400_000;
    const missing: Stretch[] = [
      { from: morning, to: morning + minute },
      { from: morning + day, to: morning + 41 * day },
    ];
    const asked: string[] = [];
    const kept: Stretch[] = [];
    const cache = {
      call: async (name: string, input: unknown) => {
        if (name === 'missing') return missing;
        kept.push((input as { asked: Stretch }).asked);
        return 2;
      },
    };
    const points = await fill(
      {
        cache: cache as never,
        now: () => morning + 50 * day,
        async read(path) {
          asked.push(path);
          return new Uint8Array();
        },
      },
      'v 1',
      { from: morning, to: morning + 41 * day },
    );
    expect(points).toBe(6);
    expect(asked[0]).toBe(`/api/vans/v%201/trail?format=chunks&from=${morning}&to=${morning + minute}`);
    expect(kept).toEqual([
      missing[0],
      { from: morning + day, to: morning + 32 * day },
      { from: morning + 32 * day, to: morning + 41 * day },
    ]);
  });
});
