import type { Layer } from '@deck.gl/core';
import { describe, expect, it } from 'vitest';
import { KeptLayers } from './kept-layers.ts';

describe('kept layers', () => {
  const make = () => [{ lifecycle: 'Initialized' } as Layer];
  it('are the same while what they are made of is', () => {
    const kept = new KeptLayers();
    const data = {};
    const first = kept.of([data, 12, Number.NaN], make);
    expect(kept.of([data, 12, Number.NaN], make)).toBe(first);
  });
  it('are others as soon as one value is', () => {
    const kept = new KeptLayers();
    const first = kept.of([{}, 12], make);
    expect(kept.of([{}, 12], make)).not.toBe(first);
    const second = kept.of([1], make);
    expect(kept.of([1, 2], make)).not.toBe(second);
  });
  it('are made anew when a picture was without them', () => {
    const kept = new KeptLayers();
    const [first] = kept.of([1], make);
    Object.assign(first ?? {}, { lifecycle: 'Finalized! Awaiting garbage collection' });
    const [second] = kept.of([1], make);
    expect(second).not.toBe(first);
    expect(kept.of([1], make)).toEqual([second]);
  });
});
