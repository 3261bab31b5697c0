/**
 * Words on the map's canvas are put together letter by letter (deck.gl's TextLayer), which the vowel signs of Devanagari
 * do not survive: what has to be said there is said in signs that every reader of the console knows.
 */

/** A length of time, ms, in its largest whole unit: `40 s`, `5 min`, `3 h`, `2 d`. */
export function shortTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A length on the ground, m: `340 m`, `2.40 km`, `12.3 km`. */
export function shortLength(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)} m`;
  const km = metres / 1000;
  return `${km.toFixed(km < 10 ? 2 : 1)} km`;
}
