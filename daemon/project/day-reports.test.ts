import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookOrder, reattemptOrder, startOrder } from '../domain/decide-order.ts';
import { assignOrder } from '../domain/decide-run.ts';
import { removeVan } from '../domain/decide-van.ts';
import { AgencyDay, hour, minute, nine } from './agency-day.fixture.ts';
import type { DetailedReport, ReportBy } from './day-reports.ts';
import { ReportDay } from './reports.fixture.ts';

let day: AgencyDay;
let told: ReportDay;
beforeEach(async () => {
  day = await AgencyDay.ofPune();
  told = await ReportDay.of(day);
});
afterEach(async () => {
  await told.end();
  await day.end();
});

const april2 = { from: nine - 9 * hour, to: nine + 15 * hour };
const read = async (by: ReportBy, detail = false, of = told, period = april2): Promise<DetailedReport[]> => {
  const found: DetailedReport[] = [];
  for await (const reports of of.reports().days('pune', period, { by, detail })) found.push(...reports);
  return found;
};

describe('the report of a day', () => {
  it('says what was driven, delivered and brought back, by day, van and driver', async () => {
    await told.story();
    const [whole] = await read('day');
    expect(whole).toEqual({
      day: '2026-04-02',
      distance: expect.any(Number),
      delivered: 2,
      failed: 1,
      late: 0,
      withCode: 1,
      codeRate: 0.5,
      cylindersOut: 3,
      cylindersDelivered: 2,
      cylindersBack: 1,
      empties: 1,
      // Five minutes at the door of o1, and the ways within 150 m of it.
      atDoors: expect.any(Number),
      silence: 0,
      ghosts: 1,
      unknown: 0,
    });
    // Three kilometres and back; a degree of longitude is a little longer than the test's metres.
    expect(whole?.distance).toBeGreaterThan(6200);
    expect(whole?.distance).toBeLessThan(6400);
    expect((whole?.atDoors ?? 0) / minute).toBeGreaterThanOrEqual(5);
    expect((whole?.atDoors ?? 0) / minute).toBeLessThanOrEqual(10);
    expect(await read('van')).toEqual([{ ...whole, vanId: 'v1' }]);
    const [ravi, sita] = await read('driver');
    expect(ravi).toMatchObject({ driverId: 'ravi', delivered: 2, failed: 1, ghosts: 1 });
    expect(sita).toMatchObject({ driverId: 'sita', delivered: 0, failed: 0, atDoors: 0 });
    expect((ravi?.distance ?? 0) / (sita?.distance ?? 1)).toBeCloseTo(1, 1);
  });

  it('tells, where asked, how each order ended and what the trail says about it', async () => {
    await told.story();
    const [whole] = await read('day', true);
    expect(whole?.outcomes).toMatchObject([
      { orderId: 'o1', what: 'delivered', vanId: 'v1', driverId: 'ravi', late: false, evidence: { verdict: 'fine' } },
      {
        orderId: 'o2',
        driverId: 'ravi',
        evidence: { verdict: 'ghost', withoutCode: true, stayed: 'no', nearest: { metres: expect.any(Number) } },
      },
      { orderId: 'o3', what: 'failed', attempt: 1 },
    ]);
    expect(whole?.outcomes?.[2]).not.toHaveProperty('evidence');
    // Nothing of a person but the consumer's id.
    expect(JSON.stringify(whole)).not.toMatch(/Name of|555/);
  });

  it('is corrected by fixes that come late', async () => {
    await day.out('o1', 'c1', 'v1');
    await told.goes('v1', 0, 0, 5);
    day.now += 25 * minute;
    await told.delivered('o1');
    day.now += 30 * minute;
    await day.at('gps-v1', 0);
    const first = await read('day', true);
    expect(first[0]?.outcomes?.[0]?.evidence).toMatchObject({
      verdict: 'unknown',
      unseen: { from: nine + 5 * minute, until: nine + 60 * minute },
    });
    // The backlog of the dead zone: it was at the door all the time.
    for (let i = 12; i <= 40; i++) await day.at('gps-v1', 1000, nine + i * minute);
    const [corrected] = await read('day', true);
    expect(corrected).toMatchObject({ unknown: 0, ghosts: 0 });
    expect(corrected?.outcomes?.[0]?.evidence).toMatchObject({ verdict: 'fine', stayed: 'yes', dwell: 28 * 60 });
  });

  it('divides days where the agency’s clocks do, and tells what was late', async () => {
    await day.does(bookOrder(day.orders, 'pune', { id: 'old', consumerId: 'c1' }));
    day.now = nine + 62 * hour;
    // Eleven at night on the fourth, told with one in the morning of the fifth.
    await day.out('o1', 'c1', 'v1');
    await told.delivered('o1');
    day.now += 2 * hour;
    await day.out('o2', 'c2', 'v1');
    await told.delivered('o2');
    const period = { from: nine - 9 * hour, to: nine + 4 * 24 * hour };
    const days = await read('day', false, told, period);
    expect(days.map(({ day: of, delivered }) => [of, delivered])).toEqual([
      ['2026-04-04', 1],
      ['2026-04-05', 1],
    ]);
    expect(days.map(({ late }) => late)).toEqual([0, 0]);
  });

  it('counts an order that failed and was delivered later on both days, each with its van', async () => {
    await day.out('o1', 'c1', 'v1');
    await told.failed('o1');
    day.now += 24 * hour;
    await day.does(reattemptOrder(day.orders, 'pune', 'o1'));
    await day.does(assignOrder(day.orders, 'pune', 'o1', { vanId: 'v2' }));
    await day.does(startOrder(day.orders, 'pune', 'o1'));
    day.now += 26 * hour;
    await told.delivered('o1');
    const period = { from: nine - 9 * hour, to: nine + 4 * 24 * hour };
    expect(await read('driver', false, told, period)).toMatchObject([
      { day: '2026-04-02', driverId: 'ravi', failed: 1, delivered: 0, late: 0, cylindersBack: 1 },
      { day: '2026-04-04', driverId: 'mohan', failed: 0, delivered: 1, late: 1 },
    ]);
  });

  it('is the same read from the file, by another daemon, and after a van was removed', async () => {
    await told.story();
    const first = await read('van', true);
    told.save();
    expect(await read('van', true)).toEqual(first);
    const other = await ReportDay.of(day);
    expect(await read('van', true, other)).toEqual(first);
    await other.end();
    await day.does(removeVan('pune', 'v2'));
    expect(await read('van', true)).toEqual(first);
    expect(told.outcomes.delivered('pune', april2.from, april2.to)).toBe(2);
    expect(
      told.outcomes.driving('pune', april2.from, april2.to).map(({ vanId, driverId }) => [vanId, driverId]),
    ).toEqual([
      ['v1', 'ravi'],
      ['v1', 'sita'],
      ['v2', 'mohan'],
    ]);
  });

  it('takes distance, trips and stops from motion where that is known', async () => {
    await told.story();
    const asked: unknown[] = [];
    const motion = {
      days: (agency: string, vanId: string, from: number, to: number) => {
        asked.push([agency, vanId, from, to]);
        return vanId === 'v1' ? [{ distance: 500, silence: 60_000, driving: 120_000, trips: 2, stops: 1 }] : [];
      },
    };
    const found = [];
    for await (const reports of told.reports(motion).days('pune', april2, { by: 'van' })) found.push(...reports);
    expect(found).toMatchObject([
      { vanId: 'v1', distance: 1000, driving: 240_000, trips: 4, stops: 2, silence: 120_000 },
    ]);
    expect(asked).toHaveLength(3);
  });
});
