/**
 * Times as payloads state them, to UTC milliseconds.
 *
 *   time := number | digits | iso
 *   iso  := YYYY-MM-DD ("T" | " ") hh:mm[:ss[.fraction]] [zone]
 *   zone := "Z" | ("+" | "-") hh[:]mm | ("+" | "-") hh
 */

/**
 * Numbers below this are seconds, others milliseconds. As seconds it is the year 5138, as milliseconds March 1973,
 * before any tracker: no real time is read wrongly (a limit of 2^31, as some servers have it, would fail in 2038).
 */
const leastMilliseconds = 100_000_000_000;

/** UTC ms from a number of seconds (fractions welcome) or of milliseconds. */
export function toMilliseconds(time: number): number {
  return Math.round(Math.abs(time) < leastMilliseconds ? time * 1000 : time);
}

// In a query an unescaped "+" arrives as a space, so a space is read as "+" where a zone may stand.
const iso =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z)|([+ -])(\d\d)(?::?(\d\d))?)?$/i;

/**
 * UTC ms from ISO 8601, or undefined when it is none. Without a zone it is UTC: the daemon's own zone would give the
 * same bytes another meaning on another machine. A day that does not exist (30 February) is none.
 */
export function fromIso(text: string): number | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  // 60: a leap second, which becomes the first of the next minute
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const east = match[9] === '-' ? -1 : 1;
  const zone = east * (part(10) * 60 + part(11)) * 60_000;
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - zone;
}
