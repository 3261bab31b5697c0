const quarterHour = 15 * 60_000;
/** Quarters remembered in a time zone: a run and its estimates lie within some of them. */
const most = 500;

/** By time zone: its formats, and the local minutes of quarters that were asked about (offsets are whole quarters). */
interface Zone {
  time: Intl.DateTimeFormat;
  weekday: Intl.DateTimeFormat;
  quarters: Map<number, number>;
}
const zones = new Map<string, Zone>();

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    zone = {
      // Swedish writes times as ISO 8601 does.
      time: new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' }),
      weekday: new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' }),
      quarters: new Map(),
    };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** The minutes since local midnight at a time (UTC ms) in an IANA time zone. */
export function minutesAt(time: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const quarter = Math.floor(time / quarterHour);
  let begun = zone.quarters.get(quarter);
  if (begun === undefined) {
    const [hours = 0, minutes = 0] = zone.time
      .format(quarter * quarterHour)
      .split(':')
      .map(Number);
    begun = hours * 60 + minutes;
    if (zone.quarters.size >= most) zone.quarters.clear();
    zone.quarters.set(quarter, begun);
  }
  return begun + Math.floor((time - quarter * quarterHour) / 60_000);
}

/** The hour of the day, 0 to 23. */
export function hourAt(time: number, timeZone: string): number {
  return Math.floor(minutesAt(time, timeZone) / 60) % 24;
}

/** The day of the week, as ISO 8601 counts them: 1 Monday … 7 Sunday. */
export function weekdayAt(time: number, timeZone: string): number {
  return weekdays.indexOf(zoneOf(timeZone).weekday.format(time)) + 1;
}
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
