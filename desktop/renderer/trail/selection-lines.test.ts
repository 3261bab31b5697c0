import { describe, expect, it } from 'vitest';
import { readStops, readWay } from './selection-lines.ts';

describe('the planned way', () => {
  const legs = [
    { orderId: 'o1', metres: 10, seconds: 1, by: 'road', end: 1 },
    { orderId: 'o2', metres: 10, seconds: 1, by: 'road', end: 2 },
  ];
  it('has its stops where their legs end', () => {
    const coordinates = [
      [78, 21],
      [78.1, 21],
      [78.1, 21.1],
    ];
    expect(readWay({ line: { type: 'LineString', coordinates }, legs })?.stops).toEqual([
      { orderId: 'o1', at: [78.1, 21] },
      { orderId: 'o2', at: [78.1, 21.1] },
    ]);
  });
  it('is none where nothing is planned', () => {
    expect(readWay({ line: null, legs: [] })).toBeUndefined();
  });
});

describe('stops', () => {
  it('are told apart from trips, and may still last', () => {
    const minute = 60_000;
    const place = { latitude: 21, longitude: 78 };
    const items = [
      { kind: 'stop', from: 0, until: 3 * minute, idling: 0, ...place },
      { kind: 'trip', from: 3 * minute, until: 5 * minute },
      { kind: 'gap', from: 5 * minute, until: 9 * minute },
      { kind: 'stop', from: 9 * minute, idling: 0, ...place },
    ];
    expect(readStops({ items, next: null })).toEqual([
      { at: [78, 21], from: 0, until: 3 * minute },
      { at: [78, 21], from: 9 * minute, until: undefined },
    ]);
  });
});
