import { expect, it } from 'vitest';
import { isQuiet } from './quiet-hours.ts';

const at = (hour: number, minute = 0) => Date.UTC(2026, 0, 5, hour - 5, minute - 30);
const agency = (from: string, to: string) => ({ timeZone: 'Asia/Kolkata', quietHours: { from, to } });

it('quiet hours are those of the agency, over midnight too', () => {
  const night = agency('21:00', '08:00');
  expect([20.99, 21, 23, 2, 7.99, 8, 12].map((hour) => isQuiet(night, at(Math.floor(hour), (hour % 1) * 60)))).toEqual([
    ...[false, true, true, true, true, false, false],
  ]);
  const noon = agency('13:00', '14:00');
  expect([12, 13, 14].map((hour) => isQuiet(noon, at(hour)))).toEqual([false, true, false]);
  expect(isQuiet({ timeZone: 'Asia/Kolkata' }, at(3))).toBe(false);
});
