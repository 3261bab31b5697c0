import { describe, expect, it } from 'vitest';
import { shortLength, shortTime } from './canvas-text.ts';

describe('words on the canvas', () => {
  it('tell times in their largest whole unit', () => {
    const minute = 60_000;
    expect([0, 40_000, 5 * minute, 60 * minute, 47 * 60 * minute, 72 * 60 * minute].map(shortTime)).toEqual([
      '0 s',
      '40 s',
      '5 min',
      '1 h',
      '47 h',
      '3 d',
    ]);
  });
  it('tell lengths in m and km', () => {
    expect([0, 339.6, 1980, 12_345].map(shortLength)).toEqual(['0 m', '340 m', '1.98 km', '12.3 km']);
  });
});
