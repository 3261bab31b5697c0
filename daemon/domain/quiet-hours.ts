import type { Agency } from '../../protocol/registry.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether it is quiet at an agency at `now` (UTC ms): nobody is rung up then for what he has not asked for. */
export function isQuiet({ quietHours, timeZone }: Pick<Agency, 'quietHours' | 'timeZone'>, now: number): boolean {
  if (quietHours === undefined) return false;
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish writes times as HH:MM.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' });
    formats.set(timeZone, format);
  }
  const time = format.format(now);
  const { from, to } = quietHours;
  return from <= to ? from <= time && time < to : from <= time || time < to;
}
