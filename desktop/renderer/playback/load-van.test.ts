import { describe, expect, it } from 'vitest';
import { framedChunk } from '../../../protocol/chunk-stream.ts';
import { encodeChunk } from '../../../protocol/trail-chunk.ts';
import { loadVan } from './load-van.ts';
import { minute, second, start } from './played-trail.fixture.ts';

const period = { from: start, to: start + 10 * minute };
const chunkOf = (from: number, to: number) =>
  encodeChunk(
    Array.from({ length: (to - from) / 10 }, (_, i) => {
      const fixTime = start + (from + i * 10) * second;
      return { fixTime, receivedAt: fixTime, latitude: 21 + (from + i * 10) / 10_000, longitude: 79, speed: 40 };
    }),
  );
const early = chunkOf(0, 200);
const late = chunkOf(200, 600);
const away = () => Promise.reject(new TypeError('The server does not answer.'));
const nobody = { read: away, fetch: away };
const loading = (parts: number[] = []) => ({
  ...{ vanId: 'v1', period, signal: new AbortController().signal },
  onProgress: (part: number) => parts.push(part),
});

/** A desktop app that has kept the first minutes; `comes`: whether the rest can be had. */
function deskWith(comes: boolean) {
  const asked: string[] = [];
  let chunks = [early];
  const ask = async (name: string) => {
    asked.push(name);
    if (name === 'cache.fill') {
      if (!comes) throw new TypeError('The server does not answer.');
      chunks = [early, late];
      return { points: 40 };
    }
    return { chunks, missing: chunks.length > 1 ? [] : [{ from: start + 200 * second, to: period.to }] };
  };
  return { asked, desk: { ask } as never };
}

describe('what is played of a van', () => {
  it('comes from the daemon in pieces, and says how far it is', async () => {
    const body = Uint8Array.from([...framedChunk(early), ...framedChunk(late)]);
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += 300) controller.enqueue(body.slice(at, at + 300));
        controller.close();
      },
    });
    const parts: number[] = [];
    const place = { latitude: 21, longitude: 79 };
    const session = {
      fetch: async () => new Response(stream),
      async read(path: string) {
        if (path.includes('/days')) {
          const day = { distance: 6, gapDistance: 0, driving: 5, trips: 1, stops: 0, silence: 0, topSpeed: 40 };
          return { items: [day], next: null };
        }
        const stop = { kind: 'stop', from: start, until: start + minute, ...place };
        const trip = { kind: 'trip', from: start + minute, distance: 6, driving: 5, topSpeed: 40 };
        return path.includes('cursor=two') ? { items: [trip], next: null } : { items: [stop], next: 'two' };
      },
    };
    const van = await loadVan({ session }, loading(parts));
    expect(van.trail.times).toHaveLength(60);
    expect(van.facts.map(({ kind }) => kind)).toEqual(['stop', 'trip']);
    expect(van.totals).toMatchObject({ distance: 6, trips: 1 });
    expect(van.isOwnReckoning).toBe(false);
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.at(-1)).toBeCloseTo(0.98, 2);
  });

  it('comes from this computer, and only what is missing from the daemon', async () => {
    const { asked, desk } = deskWith(true);
    const van = await loadVan({ session: nobody, desk }, loading());
    expect(asked).toEqual(['cache.trail', 'cache.fill', 'cache.trail']);
    expect([van.trail.times.length, van.partial]).toEqual([60, undefined]);
  });

  it('without network is what this computer has, and is said to be no more; trips are reckoned here', async () => {
    const { desk } = deskWith(false);
    const van = await loadVan({ session: nobody, desk }, loading());
    expect(van.trail.times).toHaveLength(20);
    expect(van.partial).toBe('The server does not answer.');
    expect([van.isOwnReckoning, van.facts.map(({ kind }) => kind)]).toEqual([true, ['trip']]);
    expect(van.totals.distance).toBeGreaterThan(1000);
  });

  it('is nothing where nothing is here and nothing comes', async () => {
    await expect(loadVan({ session: nobody }, loading())).rejects.toThrow('The server does not answer.');
    const desk = { ask: async (name: string) => (name === 'cache.trail' ? { chunks: [], missing: [period] } : away()) };
    await expect(loadVan({ session: nobody, desk: desk as never }, loading())).rejects.toThrow(
      'The server does not answer.',
    );
  });
});
