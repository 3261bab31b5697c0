import type { ZoneSchedule } from '../../protocol/zone.ts';

const minute = 60_000;
const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;
/** Time zones change their offset at whole quarters of an hour UTC (the tz database has no other since 1972). */
const quarter = 15 * minute;

/** Whether a schedule is open at a time, and until when (UTC ms) that is so at least. */
export interface Hours {
  open: boolean;
  from: number;
  until: number;
}

/** Weekly hours in a time zone, asked at times (UTC ms) that mostly lie near one another. */
export class ZoneHours {
  /** minutes of the week from Monday 0:00, `from` ≤ open < `to`, in order, apart from one another */
  readonly #stretches: readonly { from: number; to: number }[];
  readonly #timeZone: string;
  #last: Hours = { open: false, from: 0, until: 0 };

  constructor(schedule: ZoneSchedule, timeZone: string) {
    this.#timeZone = timeZone;
    this.#stretches = stretchesOf(schedule);
  }

  at(time: number): Hours {
    const last = this.#last;
    if (time >= last.from && time < last.until) return last;
    this.#last = this.#find(time);
    return this.#last;
  }

  open(time: number): boolean {
    return this.at(time).open;
  }

  /** When it closes after `time`, at which it is open, if that is not later than `limit`. UTC ms. */
  closing(time: number, limit: number): number | undefined {
    for (let at = time; at <= limit; ) {
      const hours = this.at(at);
      if (!hours.open) return at;
      at = hours.until;
    }
    return undefined;
  }

  #find(time: number): Hours {
    const offset = offsetAt(time, this.#timeZone);
    // 1970-01-01 was a Thursday, the fourth day.
    const local = ((((time + offset) / minute + 3 * dayMinutes) % weekMinutes) + weekMinutes) % weekMinutes;
    let open = false;
    let ends = weekMinutes;
    for (const { from, to } of this.#stretches) {
      if (local < from) {
        ends = Math.min(ends, from);
        break;
      }
      if (local < to) {
        open = true;
        ends = to;
        break;
      }
    }
    const until = Math.round(time + (ends - local) * minute);
    const quarterEnd = (Math.floor(time / quarter) + 1) * quarter;
    // Clocks may be changed before that: then it holds for this quarter of an hour, and is asked anew.
    return offsetAt(until, this.#timeZone) === offset
      ? { open, from: time, until }
      : { open, from: time, until: Math.min(until, quarterEnd) };
  }
}

function stretchesOf(schedule: ZoneSchedule): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  for (const { days, from, to } of schedule) {
    const begins = minutesOf(from);
    const ends = minutesOf(to) > begins ? minutesOf(to) : minutesOf(to) + dayMinutes;
    for (const day of days) {
      const start = (day - 1) * dayMinutes;
      parts.push({ from: start + begins, to: Math.min(start + ends, weekMinutes) });
      // Sunday's night goes on in Monday.
      if (start + ends > weekMinutes) parts.push({ from: 0, to: start + ends - weekMinutes });
    }
  }
  parts.sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && part.from <= last.to) last.to = Math.max(last.to, part.to);
    else joined.push({ ...part });
  }
  return joined;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** By time zone: its format, and the offsets of some quarters of an hour. */
const zones = new Map<string, { format: Intl.DateTimeFormat; offsets: Map<number, number> }>();
const mostOffsets = 1000;

/** How far clocks in an IANA time zone are ahead of UTC at a time, ms. */
export function offsetAt(time: number, timeZone: string): number {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    zone = { format, offsets: new Map() };
    zones.set(timeZone, zone);
  }
  const asked = Math.floor(time / quarter);
  let offset = zone.offsets.get(asked);
  if (offset === undefined) {
    offset = readOffset(zone.format.format(asked * quarter));
    if (zone.offsets.size >= mostOffsets) zone.offsets.clear();
    zone.offsets.set(asked, offset);
  }
  return offset;
}

/** `1/1/2026, GMT+05:30` → ms; `GMT` alone is 0. */
function readOffset(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * minute + Number(seconds) * 1000;
  return sign === '-' ? -size : size;
}

/** When a day (2026-11-21) begins in an IANA time zone, UTC ms. */
export function dayStart(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const guess = midnight - offsetAt(midnight, timeZone);
  return midnight - offsetAt(guess, timeZone);
}
