import { describe, expect, it } from 'vitest';
import { glideAt, glideTo } from './glide.ts';

const at = (latitude: number, course = 0) => ({ latitude, longitude: 79, course });

describe('a marker between two fixes', () => {
  it('is put at the first one, and glides to the next, no further', () => {
    const first = glideTo(undefined, at(21), 0, 2000, false);
    expect(glideAt(first, 0)).toMatchObject({ latitude: 21, done: true });
    const next = glideTo(at(21), at(21.002), 1000, 2000, false);
    expect(glideAt(next, 1000).latitude).toBe(21);
    expect(glideAt(next, 2000).latitude).toBeCloseTo(21.001, 9);
    expect(glideAt(next, 9000)).toMatchObject({ latitude: 21.002, done: true });
  });

  it('turns the short way round, sooner than it arrives', () => {
    const turn = glideTo(at(21, 350), at(21.001, 20), 0, 3000, false);
    expect(glideAt(turn, 300).course).toBeCloseTo(5, 9);
    expect(glideAt(turn, 600).course).toBeCloseTo(20, 9);
    expect(glideAt(turn, 600).done).toBe(false);
  });

  it('keeps its course when a fix has none', () => {
    const to = { latitude: 21.001, longitude: 79, course: undefined };
    expect(glideAt(glideTo(at(21, 90), to, 0, 1000, false), 1000).course).toBe(90);
  });

  it('does not slide across the town, nor for whoever wants no motion', () => {
    expect(glideAt(glideTo(at(21), at(21.5), 0, 1000, false), 0).latitude).toBe(21.5);
    expect(glideAt(glideTo(at(21), at(21.001), 0, 1000, true), 0).latitude).toBe(21.001);
  });
});
