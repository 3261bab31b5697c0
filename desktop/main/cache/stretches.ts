import type { Stretch } from '../../shared/bridge.ts';

/** Sums with stretches of time: from `from` until before `to`, UTC ms. Pure. */

/** What of `whole` no stretch of `held` covers, oldest first. */
export function without(whole: Stretch, held: readonly Stretch[]): Stretch[] {
  const missing: Stretch[] = [];
  let { from } = whole;
  for (const each of held.toSorted((a, b) => a.from - b.from)) {
    if (each.to <= from) continue;
    if (each.from >= whole.to) break;
    if (each.from > from) missing.push({ from, to: each.from });
    from = each.to;
  }
  if (from < whole.to) missing.push({ from, to: whole.to });
  return missing;
}

/** The same stretches as at most `most`: the nearest ones are joined, at the cost of what lies between them. */
export function atMost(stretches: readonly Stretch[], most: number): Stretch[] {
  const joined = stretches.map((each) => ({ ...each }));
  while (joined.length > most) {
    let nearest = 1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < joined.length; i++) {
      const between = (joined[i]?.from ?? 0) - (joined[i - 1]?.to ?? 0);
      if (between < least) {
        least = between;
        nearest = i;
      }
    }
    const [later] = joined.splice(nearest, 1);
    const earlier = joined[nearest - 1];
    if (earlier !== undefined && later !== undefined) earlier.to = later.to;
  }
  return joined;
}

/** A tracker that was in a dead zone has sent what it kept so long after coming back, ms. */
const settledAfter = 30 * 60_000;

/**
 * What of `asked` is known for good, given the fixes that the daemon answered at `askedAt`. Long ago: all of it. Of the
 * last half hour only where fix follows fix (within `dense` ms): a tracker may still be sending what it kept in a dead
 * zone, so a silence is asked for again.
 */
export function known(asked: Stretch, fixTimes: readonly number[], askedAt: number, dense: number): Stretch[] {
  const settled = Math.min(asked.to, askedAt - settledAfter);
  const stretches: Stretch[] = [];
  const add = (from: number, to: number) => {
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (from < to) stretches.push({ from, to });
  };
  if (settled > asked.from) add(asked.from, settled);
  let before: number | undefined;
  for (const time of fixTimes) {
    if (time < asked.from || time >= asked.to) continue;
    if (before !== undefined && time - before <= dense) add(before, time + 1);
    else add(time, time + 1);
    before = time;
  }
  return stretches;
}
