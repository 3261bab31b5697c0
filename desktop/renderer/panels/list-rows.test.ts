import { describe, expect, it } from 'vitest';
import type { ConsumerEntry, VanEntry } from '../world/entries.ts';
import { listRows, nextRow, selectionOf } from './list-rows.ts';

const van = (id: string): VanEntry => ({
  kind: 'van',
  slot: 0,
  index: 0,
  van: { id, name: id, kind: 'van', version: 1 },
  position: null,
  interval: undefined,
  text: '',
});
const consumer = (id: string): ConsumerEntry => ({
  kind: 'consumer',
  index: 0,
  consumer: { id, name: id, version: 1 },
  position: null,
  text: '',
  digits: '',
});
const headings = { vans: 'Vans', consumers: 'Consumers' };
const rows = listRows([van('a'), van('b')], [consumer('x')], headings);

describe('the lines of the list', () => {
  it('have headings only where there are two kinds', () => {
    expect(listRows([van('a')], [], headings).map(({ kind }) => kind)).toEqual(['van']);
    expect(rows.map(({ kind }) => kind)).toEqual(['heading', 'van', 'van', 'heading', 'consumer']);
    expect(listRows([], [consumer('x')], headings).map(({ kind }) => kind)).toEqual(['heading', 'consumer']);
  });
  it('have ids of their own, though a van and a consumer share one', () => {
    const ids = listRows([van('same')], [consumer('same')], headings).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('select what they show', () => {
    expect(rows.map(selectionOf)).toEqual([
      undefined,
      { kind: 'van', id: 'a' },
      { kind: 'van', id: 'b' },
      undefined,
      { kind: 'consumer', id: 'x' },
    ]);
  });
});

describe('the keys', () => {
  it.each([
    [undefined, 'ArrowDown', 1],
    [1, 'ArrowDown', 2],
    [2, 'ArrowDown', 4],
    [4, 'ArrowDown', 4],
    [4, 'ArrowUp', 2],
    [1, 'ArrowUp', 1],
    [2, 'Home', 1],
    [1, 'End', 4],
    [1, 'PageDown', 4],
    [4, 'PageUp', 1],
    [1, 'x', undefined],
  ])('from %s, %s leads to %s', (from, key, to) => expect(nextRow(rows, from, key)).toBe(to));
  it('lead nowhere in an empty list', () => {
    expect(nextRow([], undefined, 'ArrowDown')).toBeUndefined();
    expect(nextRow([], undefined, 'End')).toBeUndefined();
  });
});
