import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance } from '../../../protocol/geo.ts';
import { Glides, glideStride } from './glide.ts';

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
    expect(glides.restsAt(0)).toBe(2000);
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
  const halfway = (from: number, to: number) => {
    const glides = new Glides();
    glides.place(0, at(21, 78, from), 0);
    glides.move(0, at(21.0001, 78, to), 0, 1000);
    return [glides.at(0, 300).course, glides.at(0, 600).course];
  };
  it('takes the shorter way round', () => {
    expect(halfway(350, 10)).toEqual([0, 10]);
    expect(halfway(10, 350)).toEqual([0, 350]);
    expect(halfway(90, 180)).toEqual([135, 180]);
  });
});

describe('beyond its newest fix a marker', () => {
  const drive = { latitude: 21.0001, longitude: 78, course: 90, speed: 36 };
  const ahead = (ms: number) => {
    const glides = new Glides();
    glides.place(0, at(21.0001), 0);
    glides.move(0, drive, 0, 1000);
    return distance(drive, glides.at(0, ms));
  };

  it('runs on, never further than course and speed allow, and comes to rest', () => {
    const ways = [200, 1000, 2000, 4000, 6000, 60_000];
    const metres = ways.map(ahead);
    // 36 km/h are 10 m a second
    metres.forEach((way, i) => {
      expect(way).toBeGreaterThan(i === 0 ? 0 : (metres[i - 1] ?? 0) - 0.001);
      expect(way).toBeLessThanOrEqual((ways[i] ?? 0) / 100);
      expect(way).toBeLessThan(20);
    });
    expect(metres[5]).toBeCloseTo(metres[4] ?? 0, 6);
    expect(metres[1]).toBeGreaterThan(7);
  });

  it('goes where the fix said', () => {
    const glides = new Glides();
    glides.place(0, at(21), 0);
    glides.move(0, { ...drive, latitude: 21 }, 0, 1000);
    const shown = glides.at(0, 3000);
    expect(shown.latitude).toBeCloseTo(21, 9);
    expect(shown.longitude).toBeGreaterThan(78.00005);
  });

  it('stays when the fix tells no course, or a speed that is noise', () => {
    const glides = new Glides();
    glides.place(0, at(21), 0);
    glides.move(0, { latitude: 21.0001, longitude: 78, speed: 30 }, 0, 1000);
    expect(glides.at(0, 5000).latitude).toBe(21.0001);
    glides.move(0, { latitude: 21.0002, longitude: 78, speed: 2, course: 0 }, 6000, 1000);
    expect(glides.at(0, 9000).latitude).toBe(21.0002);
  });
});

describe('what the graphics card is told', () => {
  it('holds places to a centimetre, and says the same hours later', () => {
    const glides = new Glides();
    const from = 5 * 3_600_000;
    glides.place(3, at(21.123456789, 78.987654321), 0);
    glides.move(3, at(21.123556789, 78.987654321), from, 1000);
    const row = new Float32Array(glideStride);
    glides.tell(3, row, 0);
    expect((row[0] ?? 0) + (row[2] ?? 0)).toBeCloseTo(78.987654321, 7);
    expect((row[1] ?? 0) + (row[3] ?? 0)).toBeCloseTo(21.123556789, 7);
    expect(row[5]).toBeCloseTo(-0.0001, 9);
    expect(row[6]).toBe(glides.seconds(from));
    expect(glides.seconds(from)).toBeLessThan(3600);
    // the same for who asks
    expect(glides.at(3, from + 500).latitude).toBeCloseTo(21.123506789, 9);
  });
});
