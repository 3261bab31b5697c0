import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Glides, turnBetween } from './glide.ts';

const at = (latitude: number, longitude = 78, course = 0) => ({ latitude, longitude, course });

describe('a glide', () => {
  it('goes from where the marker is shown to the new fix in the time between two fixes', () => {
    const glides = new Glides();
    glides.place(0, at(21), 0);
    glides.move(0, at(21.001), 1000, 1000);
    expect(glides.at(0, 1000).latitude).toBe(21);
    expect(glides.at(0, 1500).latitude).toBeCloseTo(21.0005, 9);
    expect(glides.at(0, 2000).latitude).toBe(21.001);
    // a fix on the way: on from where it is, without a step
    glides.move(0, at(21.002), 2500, 1000);
    glides.move(0, at(21.003), 3000, 1000);
    expect(glides.at(0, 3000).latitude).toBeCloseTo(21.0015, 9);
  });

  it('never lasts longer than two seconds, and stops at the fix', () => {
    const glides = new Glides();
    glides.place(0, at(21), 0);
    glides.move(0, at(21.001), 0, 60_000);
    expect(glides.isMoving(1999)).toBe(true);
    expect(glides.isMoving(2000)).toBe(false);
    expect(glides.at(0, 100_000).latitude).toBe(21.001);
  });

  it('puts the marker when the way is too far to have been seen', () => {
    const glides = new Glides();
    glides.place(0, at(21), 0);
    glides.move(0, at(21.1), 0, 1000);
    expect(glides.at(0, 1).latitude).toBe(21.1);
    glides.move(0, at(21), 10, 1000, 'aircraft');
    expect(glides.at(0, 11).latitude).toBeGreaterThan(21);
  });

  it('keeps the course when a fix has none', () => {
    const glides = new Glides();
    glides.place(0, at(21, 78, 120), 0);
    glides.move(0, { latitude: 21.0001, longitude: 78, course: undefined }, 0, 1000);
    expect(glides.at(0, 5000).course).toBe(120);
  });

  it('has room for any slot, and each has its own', () => {
    const glides = new Glides();
    for (const slot of [0, 63, 64, 1000]) glides.place(slot, at(slot / 100), 0);
    expect([0, 63, 64, 1000].map((slot) => glides.at(slot, 1).latitude)).toEqual([0, 0.63, 0.64, 10]);
  });

  it('is never drawn outside the stretch between where it was shown and the fix', () => {
    const step = fc.record({ latitude: fc.double({ min: 20.99, max: 21.01, noNaN: true }), wait: fc.nat(3000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const glides = new Glides();
        glides.place(0, at(21), 0);
        let now = 0;
        for (const { latitude, wait } of steps) {
          const from = glides.at(0, now).latitude;
          glides.move(0, at(latitude), now, 1000);
          now += wait;
          const shown = glides.at(0, now).latitude;
          expect(shown).toBeGreaterThanOrEqual(Math.min(from, latitude));
          expect(shown).toBeLessThanOrEqual(Math.max(from, latitude));
        }
      }),
    );
  });
});

describe('a turn', () => {
  it('takes the shorter way round', () => {
    expect(turnBetween(350, 10, 0.5)).toBe(0);
    expect(turnBetween(10, 350, 0.25)).toBe(5);
    expect(turnBetween(90, 180, 1)).toBe(180);
  });
});
