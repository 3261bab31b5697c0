import { describe, expect, it } from 'vitest';
import { searchable } from '../../../shared/searchable.ts';
import { type Candidate, type PaletteKind, rankOf, remembered, searchPalette } from './palette-search.ts';

type Named = Candidate & { id: string };
const keyOf = ({ kind, id }: Named) => `${kind}/${id}`;

const one = (kind: PaletteKind, id: string, name: string, ...more: string[]): Named => ({
  kind,
  id,
  text: searchable(name, id, ...more),
});
const consumers = [
  one('consumer', 'c1', 'Ravi Kulkarni', '12, Lake Road'),
  one('consumer', 'c2', 'Kulkarni Stores'),
  one('consumer', 'c3', 'Anil Rao', 'Kulkarni Lane'),
  one('consumer', 'c4', 'Kulkarni'),
  one('consumer', 'c5', 'Bikulkarni'),
];
const ids = (found: Named[]) => found.map(({ id }) => id);
const search = (query: string, recent: string[] = []) =>
  ids(searchPalette({ consumer: consumers }, query, recent, keyOf));

describe('the palette finds', () => {
  it('what is called so, then what begins so, a word that does, and what has it anywhere', () => {
    expect(search('kulkarni')).toEqual(['c4', 'c2', 'c1', 'c5', 'c3']);
    expect(search('  KULKARNI ')).toEqual(['c4', 'c2', 'c1', 'c5', 'c3']);
    expect(search('c3')).toEqual(['c3']);
    expect(search('lake ravi')).toEqual(['c1']);
    expect(search('nobody')).toEqual([]);
    expect(search(' ')).toEqual([]);
  });

  it('among equals what was chosen lately, but never before what fits better', () => {
    const twins = [one('van', 'v1', 'Van 1'), one('van', 'v10', 'Van 10'), one('van', 'v11', 'Van 11')];
    const found = (query: string) => ids(searchPalette({ van: twins }, query, ['van/v11', 'van/v10'], keyOf));
    expect(found('van')).toEqual(['v11', 'v10', 'v1']);
    expect(found('van 1')).toEqual(['v1', 'v11', 'v10']);
  });

  it('actions before vans before consumers, where each fits as well', () => {
    const sources = {
      consumer: [one('consumer', 'c9', 'Follow')],
      van: [one('van', 'v9', 'Follow')],
      action: [one('action', 'follow', 'Follow')],
    };
    expect(ids(searchPalette(sources, 'follow', [], keyOf))).toEqual(['follow', 'v9', 'c9']);
  });

  it('a telephone number in any spelling', () => {
    const asha = { ...one('consumer', 'c1', 'Asha'), digits: '919822012345' };
    for (const query of ['98220 12345', '+91-98220-12345', '098220']) {
      expect(ids(searchPalette({ consumer: [asha] }, query, [], keyOf))).toEqual(['c1']);
    }
    expect(searchPalette({ consumer: [asha] }, '98221', [], keyOf)).toEqual([]);
  });

  it('few of many, and the best of them wherever they stand', () => {
    const many = Array.from({ length: 5000 }, (_, i) => one('consumer', `x${i}`, `Someone ${i} of Rao`));
    many.splice(4000, 0, one('consumer', 'rao', 'Rao'));
    const found = ids(searchPalette({ consumer: many }, 'rao', [], keyOf));
    expect([found[0], found.length]).toEqual(['rao', 12]);
  });
});

it.each([
  ['lake', 'Lake', 0],
  ['lake', 'Lake Road', 1],
  ['lake', 'Old Lake', 2],
  ['lake', 'Snowlake', 3],
  ['lake', 'Snowlake Lake', 2],
  ['lake road', 'Road of the Lake', 4],
  ['lake', 'Hill', undefined],
])('%s fits %s by %s', (query, name, rank) =>
  expect(rankOf(searchable(name, 'id'), query, query.split(' '))).toBe(rank),
);

it('what was chosen is remembered once, the newest first, and not for ever', () => {
  expect(remembered(['b', 'a'], 'a')).toEqual(['a', 'b']);
  expect(remembered(['1', '2', '3', '4', '5', '6', '7', '8'], '9')).toEqual(['9', '1', '2', '3', '4', '5', '6', '7']);
});
