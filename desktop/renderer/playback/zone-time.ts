import type { Stretch } from '../../shared/bridge.ts';

const hour = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const options: Intl.DateTimeFormatOptions = {
      ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
      ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const),
    };
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      // A zone this browser does not know: UTC, as every other time here is told then.
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    formats.set(zone, format);
  }
  return format;
}

/** What clocks in the zone show, as `2026-11-21T14:32`: what a field for date and time takes. */
export function wallTime(time: number, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The day in the zone, as `2026-11-21`. */
export const dayAt = (time: number, zone: string): string => wallTime(time, zone).slice(0, 10);

/** How far clocks in the zone are ahead of UTC at a time, ms. */
export function offsetAt(time: number, zone: string): number {
  return Date.parse(`${wallTime(time, zone)}Z`) - Math.floor(time / 60_000) * 60_000;
}

/** The time (UTC ms) at which clocks in the zone show this; undefined where the text is no such time. */
export function timeOfWall(text: string, zone: string): number | undefined {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return undefined;
  // An offset is known only for a time, which is what is looked for: the second look mends a change of clocks between.
  return shown - offsetAt(shown - offsetAt(shown, zone), zone);
}

/** A day of the zone from its first to its last moment; undefined where the text is no day. */
export function dayPeriod(day: string, zone: string): Stretch | undefined {
  const from = timeOfWall(`${day}T00:00`, zone);
  if (from === undefined) return undefined;
  // No day is shorter than 23 hours or longer than 25: 36 hours on lies within the next one.
  const to = timeOfWall(`${dayAt(from + 36 * hour, zone)}T00:00`, zone);
  return to === undefined ? undefined : { from, to };
}
