import { describe, expect, it } from 'vitest';
import { extentOf } from './extent.ts';

const town = [
  { latitude: 21.1, longitude: 78.5 },
  { latitude: 21.2, longitude: 78.6 },
  { latitude: 21.15, longitude: 78.7 },
];

describe('the extent of the vans', () => {
  it('holds them all', () => {
    expect(extentOf(town)).toEqual({ west: 78.5, south: 21.1, east: 78.7, north: 21.2 });
  });
  it('leaves out one in another city', () => {
    expect(extentOf([...town, { latitude: 52.5, longitude: 13.4 }])).toEqual(extentOf(town));
  });
  it('of one van is some streets around it', () => {
    const box = extentOf(town.slice(0, 1));
    expect(box && box.east - box.west).toBeCloseTo(0.004, 6);
    expect(box && box.north - box.south).toBeCloseTo(0.004, 6);
  });
  it('of none is undefined', () => expect(extentOf([])).toBeUndefined());
});
