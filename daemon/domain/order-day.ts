const minute = 60_000;

/** By time zone: its format, and the day of the minute that was asked about last (days begin at whole minutes). */
const zones = new Map<string, { format: Intl.DateTimeFormat; minute: number; day: string }>();

/** The day at a time (UTC ms) in an IANA time zone, as 2026-11-21. */
export function dayAt(time: number, timeZone: string): string {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    // Swedish writes dates as ISO 8601 does.
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    zone = { format, minute: Number.NaN, day: '' };
    zones.set(timeZone, zone);
  }
  const asked = Math.floor(time / minute);
  if (zone.minute !== asked) {
    zone.minute = asked;
    zone.day = zone.format.format(time);
  }
  return zone.day;
}

/** Whether there is such a day (2026-02-30 is none). */
export function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
