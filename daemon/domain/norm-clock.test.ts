import { describe, expect, it } from 'vitest';
import { deliveryNorm, type Order } from '../../protocol/order.ts';
import { type NormInputs, normClock, paceOf } from './norm-clock.ts';
import { WorkingTime } from './working-time.ts';

/** Noon in Pune, a Thursday; the agency works from nine to six, not on Sundays. */
const noon = Date.UTC(2026, 3, 2, 6, 30);
const hour = 3_600_000;
const day = 24 * hour;
const timeZone = 'Asia/Kolkata';
const schedule = [{ days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '18:00' }];
const working = new WorkingTime(schedule, timeZone, noon - 3 * day, noon + 15 * day);

/** Booked so many hours ago. */
const booked = (id: string, hoursAgo: number, more: Partial<Order> = {}): Order => ({
  id,
  consumerId: `of-${id}`,
  cylinders: 1,
  state: 'booked',
  attempt: 0,
  bookedAt: noon - hoursAgo * hour,
  dueAt: noon - hoursAgo * hour + deliveryNorm,
  flags: [],
  version: 1,
  ...more,
});
const read = (orders: Order[], more: Partial<NormInputs> = {}, now = noon) =>
  normClock(
    {
      orders,
      working,
      timeZone,
      today: '2026-04-02',
      pace: { delivered: 6, worked: 3, usual: 2 },
      ...more,
    },
    now,
  );
const states = (of: ReturnType<typeof read>) => of.entries.map(({ orderId, state }) => `${orderId} ${state}`);

describe('working time', () => {
  it('is reckoned over nights and Sundays', () => {
    const six = noon + 6 * hour;
    expect(working.between(noon - 3 * hour, noon + 6 * hour)).toBe(9 * hour);
    expect(working.between(noon, noon + 7 * day)).toBe(54 * hour);
    expect(working.after(noon, 7 * hour)).toBe(six + 16 * hour);
    // Saturday's last hour and Monday's first.
    expect(working.after(noon + 2 * day, 7 * hour)).toBe(noon + 4 * day - 2 * hour);
    expect(working.before(noon + 3 * day, hour)).toBe(noon + 2 * day + 5 * hour);
    expect(working.after(noon, 1000 * hour)).toBeUndefined();
    expect(new WorkingTime([], timeZone, noon, noon + day).after(noon, hour)).toBeUndefined();
    expect(new WorkingTime(undefined, timeZone, noon, noon + day).between(noon, noon + day)).toBe(12 * hour);
  });
});

describe('the pace', () => {
  it("is today's and the usual one, which counts as two hours", () => {
    expect(paceOf({ delivered: 0, worked: 0, usual: 4 }).used).toBe(4);
    expect(paceOf({ delivered: 12, worked: 2, usual: 4 }).used).toBe(5);
    expect(paceOf({ delivered: 60, worked: 10, usual: 4 }).used).toBeCloseTo(5.67);
  });
  it('of the first day is nothing until something was delivered', () => {
    expect(paceOf({ delivered: 0, worked: 4 }).used).toBeUndefined();
    expect(paceOf({ delivered: 1, worked: 0.1 }).used).toBeUndefined();
    expect(paceOf({ delivered: 9, worked: 3 }).used).toBe(3);
  });
});

describe('the 48-hour clock', () => {
  it('shows every open order with its age, deadline and forecast, soonest first', () => {
    const clock = read([
      booked('new', 1),
      booked('old', 30),
      booked('done', 40, { state: 'delivered', endedAt: noon }),
      booked('gone', 40, { state: 'cancelled', endedAt: noon }),
    ]);
    expect(clock.counts).toEqual({ open: 2, broken: 0, lost: 0, atRisk: 0, onTime: 2 });
    expect(clock.pace).toEqual({ delivered: 6, worked: 3, usual: 2, used: 2 });
    expect(clock.entries).toEqual([
      {
        orderId: 'old',
        consumerId: 'of-old',
        order: 'booked',
        age: 30 * hour,
        dueAt: noon + 18 * hour,
        place: 1,
        forecast: noon + hour / 2,
        // Due at six in the morning: to be sent before five the evening before.
        helpBy: noon + 5 * hour,
        state: 'on-time',
      },
      expect.objectContaining({ orderId: 'new', place: 2, forecast: noon + hour }),
    ]);
  });

  it('says which will break the norm while it can still be helped, and which nobody can help any more', () => {
    const queue = Array.from({ length: 12 }, (_, i) =>
      booked(`q${10 + i}`, 44, { state: 'assigned', day: '2026-04-02', assignedAt: noon + i }),
    );
    const clock = read([
      ...queue,
      booked('this-evening', 43.5),
      booked('at-night', 30),
      booked('soon', 47.5),
      booked('over', 49),
    ]);
    // Two an hour from noon: the eighth comes at four, when those of 44 hours ago are due.
    expect(states(clock)).toEqual([
      'over broken',
      'soon lost',
      ...queue.map(({ id }, i) => `${id} ${i < 8 ? 'on-time' : 'at-risk'}`),
      'this-evening at-risk',
      'at-night at-risk',
    ]);
    expect(clock.entries.find(({ orderId }) => orderId === 'q18')?.helpBy).toBe(noon + 3 * hour);
    expect(clock.entries.find(({ orderId }) => orderId === 'at-night')).toMatchObject({ helpBy: noon + 5 * hour });
    expect(clock.entries.find(({ orderId }) => orderId === 'soon')).not.toHaveProperty('helpBy');
    expect(clock.counts).toEqual({ open: 16, broken: 1, lost: 1, atRisk: 6, onTime: 8 });
  });

  it('counts by the hours in which they fall due', () => {
    const { hours } = read([booked('a', 46.5), booked('b', 46.2), booked('c', 20), booked('d', 60)]);
    expect(hours).toEqual([
      { from: noon + hour, due: 2, breaking: 0 },
      { from: noon + 28 * hour, due: 1, breaking: 0 },
    ]);
  });

  it('takes the queue as it will be driven: what is out, then the runs, then bookings', () => {
    const clock = read(
      [
        booked('booked-first', 40),
        booked('third', 20, { state: 'assigned', day: '2026-04-02', vanId: 'v1', assignedAt: noon - hour }),
        booked('second', 10, { state: 'assigned', day: '2026-04-02', vanId: 'v1', assignedAt: noon }),
        booked('first', 2, { state: 'out-for-delivery', day: '2026-04-02', vanId: 'v2', outAt: noon }),
        booked('tomorrow', 30, { state: 'assigned', day: '2026-04-03', vanId: 'v1', assignedAt: noon - 3 * hour }),
      ],
      { runPlace: ({ id }) => ['second', 'third'].indexOf(id) },
    );
    const byPlace = [...clock.entries].sort((a, b) => a.place - b.place);
    expect(byPlace.map(({ orderId }) => orderId)).toEqual(['first', 'second', 'third', 'tomorrow', 'booked-first']);
    // Not before tomorrow at nine, and half an hour for it.
    expect(byPlace[3]?.forecast).toBe(noon + day - 2.5 * hour);
  });

  it('goes by the arrivals where those are known', () => {
    const clock = read([booked('a', 46)], { arrival: () => noon + 3 * hour });
    expect(clock.entries).toMatchObject([{ forecast: noon + 3 * hour, state: 'at-risk' }]);
  });

  it('without any pace warns of what must go out now', () => {
    const clock = read([booked('a', 44), booked('b', 10)], { pace: { delivered: 0, worked: 3 } });
    expect(states(clock)).toEqual(['a at-risk', 'b on-time']);
    expect(clock.entries[0]).not.toHaveProperty('forecast');
  });

  it('of an agency that is closed until an order is due says so', () => {
    // Saturday at half past five: due on Monday at eight, an hour before the doors open.
    const saturday = noon + 2 * day + 5.5 * hour;
    const late = booked('a', 0, { bookedAt: saturday - 9.5 * hour, dueAt: saturday + 38.5 * hour });
    const clock = read([late], { today: '2026-04-04', pace: { delivered: 0, worked: 8, usual: 1 } }, saturday);
    expect(clock.entries).toMatchObject([{ state: 'lost' }]);
  });
});
