import { describe, expect, it } from 'vitest';
import { readTrail, withLivePoint } from './read-trail.ts';

const point = (fixTime: number) => ({ fixTime, latitude: 1, longitude: 2 });

describe('reading a trail', () => {
  it('takes what is drawn, oldest first', () => {
    const answer = {
      items: [
        { ...point(2), speed: 4, accuracy: 3, mark: 'jump' },
        { ...point(1), receivedAt: 9, mark: null },
      ],
      next: null,
    };
    expect(readTrail(answer)).toEqual([point(1), { ...point(2), speed: 4, mark: 'jump' }]);
  });
  it.each([[null], [{}], ['text'], [{ items: [{ fixTime: 1 }] }]])('refuses %j', (answer) =>
    expect(() => readTrail(answer)).toThrow(TypeError),
  );
});

describe('live points', () => {
  it('continue the history, and only forward', () => {
    const history = [point(1), point(5)];
    const first = withLivePoint(history, [], point(6));
    expect(first).toEqual([point(6)]);
    expect(withLivePoint(history, first, point(6))).toBe(first);
    expect(withLivePoint(history, first, point(4))).toBe(first);
    expect(withLivePoint(history, [], point(5))).toEqual([]);
    expect(withLivePoint([], [], point(5))).toEqual([point(5)]);
  });
});
