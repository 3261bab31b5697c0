import { describe, expect, it } from 'vitest';
import { type ArrivalFact, type ArrivalState, arrivalStep, presentDrive, presentStand } from './arrival-step.ts';
import type { Fix } from './fold.ts';

/* A road that runs north; times are seconds after eight, places metres along the road. */
const eight = Date.UTC(2026, 3, 2, 8);
const fix = (seconds: number, metres: number, more: Partial<Fix> = {}): Fix => ({
  fixTime: eight + seconds * 1000,
  latitude: 18.5 + metres / 111_195,
  longitude: 73.8,
  ...more,
});
const drive = (from: number, to: number, metres: number, toMetres = metres, every = 10): Fix[] => {
  const fixes: Fix[] = [];
  for (let at = from; at < to; at += every)
    fixes.push(fix(at, metres + ((toMetres - metres) * (at - from)) / (to - from)));
  return fixes;
};

function fold(...parts: (Fix | Fix[])[]): { facts: ArrivalFact[]; state: ArrivalState; told: string[] } {
  const facts: ArrivalFact[] = [];
  let state = arrivalStep.initial();
  for (const each of parts.flat()) {
    state = arrivalStep.next(state, each, { agency: 'pune', vanId: 'v1' }, (fact) => facts.push(fact));
  }
  const told = facts.map((fact) =>
    fact.kind === 'stand'
      ? `stand ${(fact.from - eight) / 1000}-${(fact.until - eight) / 1000}`
      : `drive ${fact.metres} m in ${fact.ms / 1000} s`,
  );
  return { facts, state, told };
}

describe('a stand', () => {
  it('is a minute or more at one place', () => {
    expect(fold(drive(0, 100, 0, 1000), drive(100, 200, 1000), drive(200, 300, 1000, 2000)).told).toEqual([
      'stand 100-200',
    ]);
    expect(fold(drive(0, 100, 0, 1000), drive(100, 150, 1000), drive(150, 250, 1000, 2000)).told).toEqual([]);
  });

  it('does not end with one fix that is a little off, nor with a jump or a bad one', () => {
    const { told, state } = fold(
      drive(0, 100, 0),
      fix(100, 80),
      drive(110, 200, 0),
      fix(200, 900, { marked: true }),
      fix(210, 900, { accuracy: 400 }),
      drive(220, 300, 0),
    );
    expect(told).toEqual([]);
    expect(presentStand(state)).toMatchObject({ from: eight, until: eight + 290_000 });
  });

  it('goes through a silence, if the van is at the same place afterwards', () => {
    expect(fold(drive(0, 120, 0), drive(3000, 3060, 0), drive(3060, 3160, 0, 1000)).told).toEqual(['stand 0-3060']);
  });

  it('ends with the last fix at the place, if the van is somewhere else after a silence; nobody knows how it drove', () => {
    const { told, state } = fold(drive(0, 120, 0), drive(3000, 3100, 5000, 6000));
    expect(told).toEqual(['stand 0-110']);
    expect((presentDrive(state)?.metres ?? 0) < 1000).toBe(true);
  });

  it('is found in fixes of a minute too', () => {
    expect(fold(drive(0, 300, 0, 0, 60), drive(300, 900, 500, 5000, 60)).told[0]).toBe('stand 0-240');
  });
});

describe('driving', () => {
  it('is counted by quarters of an hour, and without the stands', () => {
    const { told, state } = fold(
      drive(0, 600, 0, 3000),
      drive(600, 800, 3000),
      drive(800, 1000, 3000, 4000),
      drive(1000, 1010, 4000, 4050),
    );
    const [stand, quarter] = told;
    expect(stand).toBe('stand 590-800');
    expect(quarter).toMatch(/^drive 33\d\d m in 6\d0 s$/);
    const now = presentDrive(state);
    expect((now?.metres ?? 0) / ((now?.ms ?? 1) / 1000)).toBeCloseTo(5, 0);
  });

  it('of a copy goes on by itself', () => {
    const { state } = fold(drive(0, 100, 0, 1000));
    const copy = arrivalStep.copy(state);
    arrivalStep.next(copy, fix(110, 1100), { agency: 'pune', vanId: 'v1' }, () => {});
    expect(copy).not.toEqual(state);
  });
});
