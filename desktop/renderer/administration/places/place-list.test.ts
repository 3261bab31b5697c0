import { expect, it } from 'vitest';
import { partsOf, readPlaces } from './place-list.ts';

it('reads cities and areas of pincodes by the names that lists have for their columns', () => {
  const text =
    '\uFEFFCity,State Name,Lat,Lng,Population,Pin\r\nNagpur,Maharashtra,21.1,79.1,2405665,\r\nSadar,Maharashtra,21.2,x,,440001\r\n';
  expect(readPlaces(text)).toEqual([
    {
      row: 2,
      kind: 'city',
      body: { city_name: 'Nagpur', state: 'Maharashtra', latitude: 21.1, longitude: 79.1, population: 2405665 },
    },
    {
      row: 3,
      kind: 'pincode',
      body: { city_name: 'Sadar', state: 'Maharashtra', latitude: 21.2, longitude: 'x', pincode: '440001' },
    },
  ]);
});

it('sends at most so many at a time, each part of one kind', () => {
  const items = [1, 2, 3, 4].map((row) => ({
    row,
    kind: row === 2 ? ('pincode' as const) : ('city' as const),
    body: {},
  }));
  expect(partsOf(items, 2).map((part) => part.map(({ row }) => row))).toEqual([[1, 3], [4], [2]]);
});
