import { language, words } from './words.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago `time` was at `now` (both UTC ms): `5 min ago`. A time ahead of now is `just now`. */
export function ago(time: number, now: number): string {
  const age = now - time;
  if (age < 2 * second) return words.ago.now;
  if (age < minute) return words.ago.seconds(Math.floor(age / second));
  if (age < hour) return words.ago.minutes(Math.floor(age / minute));
  if (age < 2 * day) return words.ago.hours(Math.floor(age / hour));
  return words.ago.days(Math.floor(age / day));
}

/** A length of time (ms) in its largest whole unit: `3 min`. */
export function lasting(ms: number): string {
  if (ms < minute) return words.lasting.seconds(Math.max(0, Math.round(ms / second)));
  if (ms < hour) return words.lasting.minutes(Math.round(ms / minute));
  if (ms < 2 * day) return words.lasting.hours(Math.round(ms / hour));
  return words.lasting.days(Math.round(ms / day));
}

/** With the digits that number plates, phones and receipts have in both languages. */
const locales = { en: 'en-GB', hi: 'hi-IN-u-nu-latn' } as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make (0.1 ms) and asked for once per row and second, so they are kept. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = makeFormat(zone, options);
    formats.set(key, made);
  }
  return made;
}

function makeFormat(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locales[language], { ...options, timeZone });
  } catch {
    // A zone this browser does not know: UTC, named as such, is never wrong.
    return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: 'UTC', timeZoneName: 'short' });
  }
}

/** The time of day at the agency: `14:32`. */
export function clockTime(time: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
}

/** The time of day with seconds: `14:32:07`. */
export function clockTimeExact(time: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(time);
}

/** The day at the agency: `Fri, 20 Nov`. */
export function dateOf(time: number, zone: string): string {
  return format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(time);
}

/** Day and time in full, with the zone: for tooltips, where nothing may be left to guess. */
export function fullTime(time: number, zone: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  };
  return format(zone, options).format(time);
}

/** The time alone when it lies on the same day at the agency as `now`, else with its date. */
export function timeSince(time: number, now: number, zone: string): string {
  const days = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  if (days.format(time) === days.format(now)) return clockTime(time, zone);
  return `${format(zone, { day: 'numeric', month: 'short' }).format(time)}, ${clockTime(time, zone)}`;
}

/** When the day of `now` began at the agency, UTC ms. On the two days a year when clocks are changed, an hour off. */
export function dayStart(now: number, zone: string): number {
  const parts = format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const [hours = 0, minutes = 0, seconds = 0] = parts
    .formatToParts(now)
    .filter(({ type }) => type === 'hour' || type === 'minute' || type === 'second')
    .map(({ value }) => Number(value));
  return now - (now % second) - hours * hour - minutes * minute - seconds * second;
}

/** Two times of a day: `14:20–14:50`. */
export function clockRange(from: number, until: number, zone: string): string {
  const [a, b] = [clockTime(from, zone), clockTime(until, zone)];
  return a === b ? a : `${a}–${b}`;
}

/** The nearest of eight compass words for a course in degrees. */
export function courseWord(course: number): string {
  return words.courses[Math.round((((course % 360) + 360) % 360) / 45) % 8] ?? '';
}

/** Latitude and longitude as maps and navigators read them. */
export function coordinates(at: { latitude: number; longitude: number }): string {
  return `${at.latitude.toFixed(6)}, ${at.longitude.toFixed(6)}`;
}

const wholeNumbers = new Intl.NumberFormat('en-IN');

/** A whole number with the separators of the agency's country: `1,00,000`. */
export function count(value: number): string {
  return wholeNumbers.format(value);
}

/** Metres as km, with one decimal below 100 km. */
export function kilometres(metres: number): string {
  const km = metres / 1000;
  return km < 100 ? km.toFixed(1) : count(Math.round(km));
}

/** A length for people: `340 m`, `2.4 km`. */
export function lengthText(metres: number): string {
  if (metres < 1000) return words.mapTools.metres(String(Math.round(metres)));
  const km = metres / 1000;
  return words.mapTools.kilometres(km < 10 ? km.toFixed(2) : kilometres(metres));
}
