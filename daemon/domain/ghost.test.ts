import { describe, expect, it } from 'vitest';
import { destination, type LatLon } from '../../protocol/geo.ts';
import type { Order } from '../../protocol/order.ts';
import { ghostEvidence, type TrailFix } from './ghost.ts';

/** Eleven in the morning in Pune; times are minutes after it. */
const eleven = Date.UTC(2026, 3, 2, 5, 30);
const minute = 60_000;
const door: LatLon = { latitude: 18.52, longitude: 73.85 };

const order = (
  more: Partial<Order> = {},
  confirmation: 'code' | 'none' | 'unconfirmed' | 'wrong-code' = 'code',
): Order => ({
  id: 'o1',
  consumerId: 'c1',
  cylinders: 1,
  state: 'delivered',
  attempt: 1,
  bookedAt: eleven - 600 * minute,
  dueAt: eleven + 2000 * minute,
  vanId: 'v1',
  outAt: eleven - 120 * minute,
  endedAt: eleven,
  delivery: { confirmation, full: 1, empties: 1 },
  flags: [],
  version: 5,
  ...more,
});
/** A fix so many minutes after eleven, so many metres east of the door. */
const fix = (minutes: number, metres: number): TrailFix => ({
  fixTime: eleven + minutes * minute,
  ...destination(door, 90, metres),
});
/** One fix every half minute, from a time to a time, standing there. */
const standing = (from: number, to: number, metres: number) =>
  Array.from({ length: (to - from) * 2 + 1 }, (_, i) => fix(from + i / 2, metres));
const evidence = (trail: TrailFix[], of = order(), at: LatLon | undefined = door) => ghostEvidence(of, at, trail);

describe('a delivery', () => {
  it('with its code and a stay of the van at the door is fine', () => {
    const trail = [...standing(-30, -8, 4000), ...standing(-4, 1, 40), ...standing(5, 20, 3000)];
    expect(evidence(trail)).toEqual({
      orderId: 'o1',
      vanId: 'v1',
      at: eleven,
      verdict: 'fine',
      withoutCode: false,
      stayed: 'yes',
      nearest: { metres: 40, at: eleven - 4 * minute },
      dwell: 300,
    });
  });

  it('told from two kilometres away is a ghost, with how near the van came and when', () => {
    const trail = [...standing(-30, -12, 5000), ...standing(-10, 15, 2000)];
    expect(
      evidence(trail, order({ delivery: { confirmation: 'code', full: 1, empties: 1, metresFromDoor: 1987 } })),
    ).toEqual({
      orderId: 'o1',
      vanId: 'v1',
      at: eleven,
      verdict: 'ghost',
      withoutCode: false,
      stayed: 'no',
      nearest: { metres: 2000, at: eleven - 10 * minute },
      dwell: 0,
      metresFromDoor: 1987,
    });
  });

  it('past which the van only drove is a ghost: half a minute is no stay', () => {
    const trail = [
      ...standing(-30, -5, 3000),
      fix(-4.5, 900),
      fix(-4, 120),
      fix(-3.5, 100),
      fix(-3, 900),
      ...standing(-2, 12, 3000),
    ];
    expect(evidence(trail)).toMatchObject({ verdict: 'ghost', stayed: 'no', dwell: 30, nearest: { metres: 100 } });
  });

  it('without the code is a ghost although the van was there; one whose code is still to be checked is not', () => {
    const there = standing(-20, 12, 20);
    expect(evidence(there, order({}, 'none'))).toMatchObject({ verdict: 'ghost', withoutCode: true, stayed: 'yes' });
    expect(evidence(there, order({}, 'wrong-code'))).toMatchObject({ verdict: 'ghost', withoutCode: true });
    expect(evidence(there, order({}, 'unconfirmed'))).toMatchObject({ verdict: 'fine', withoutCode: false });
  });

  it('at a door that nobody knows is unknown, never a ghost, also without the code', () => {
    const evidence = ghostEvidence(order({}, 'none'), undefined, standing(-20, 12, 5000));
    expect(evidence).toMatchObject({ verdict: 'unknown', withoutCode: true, stayed: 'unknown' });
    expect(evidence).not.toHaveProperty('nearest');
  });

  it('whose button was pressed at the next door, or a little too soon, is fine', () => {
    expect(evidence([...standing(-25, -19, 3000), ...standing(-15, -12, 30), ...standing(-9, 12, 2000)])?.verdict).toBe(
      'fine',
    );
    expect(evidence([...standing(-25, 1, 2000), ...standing(5, 8, 30), ...standing(10, 12, 900)])?.verdict).toBe(
      'fine',
    );
    // Half an hour before is another visit.
    expect(evidence([...standing(-60, -40, 30), ...standing(-30, 12, 2000)])?.verdict).toBe('ghost');
  });

  it('in a silence long enough for the way there and a stay is unknown, until late fixes fill it', () => {
    const silent = [...standing(-30, -15, 3000), ...standing(4, 12, 2500)];
    expect(evidence(silent)).toMatchObject({
      verdict: 'unknown',
      stayed: 'unknown',
      unseen: { from: eleven - 15 * minute, until: eleven + 4 * minute },
    });
    const elsewhere = [...standing(-30, 3, 3000), ...standing(4, 12, 2500)];
    expect(evidence(elsewhere)).toMatchObject({ verdict: 'ghost', stayed: 'no' });
    const there = [...standing(-30, -15, 3000), ...standing(-8, -2, 50), ...standing(4, 12, 2500)];
    expect(evidence(there)).toMatchObject({ verdict: 'fine', dwell: 360 });
  });

  it('in a silence too short for the way there is a ghost', () => {
    const trail = [...standing(-30, -3, 3000), ...standing(2, 12, 3300)];
    expect(evidence(trail)).toMatchObject({ verdict: 'ghost', stayed: 'no' });
  });

  it('told from the godown, where the tracker sleeps, is a ghost as soon as it wakes there', () => {
    const asleep = [...standing(-50, -48, 5000), fix(-20, 5010), fix(10, 5000)];
    expect(evidence(asleep)).toMatchObject({ verdict: 'ghost', stayed: 'no' });
    expect(evidence(asleep.slice(0, -1))).toMatchObject({ verdict: 'unknown' });
    // An hour of silence is more than sleep: it may have been away, and back.
    expect(evidence([fix(-50, 5000), fix(10, 5000)])).toMatchObject({ verdict: 'unknown' });
  });

  it('that has just been told is unknown as long as the van could still come', () => {
    expect(evidence(standing(-30, 0, 2000))).toMatchObject({ verdict: 'unknown', stayed: 'unknown' });
    // Nine kilometres are more than ten minutes and a stay.
    expect(evidence(standing(-30, 0, 9500))).toMatchObject({ verdict: 'ghost', stayed: 'no' });
  });

  it('with no trail at all is unknown', () => {
    expect(evidence([])).toMatchObject({ verdict: 'unknown', stayed: 'unknown' });
  });

  it('that is none has no evidence', () => {
    expect(evidence([], order({ state: 'failed' }))).toBeUndefined();
  });
});
