import type { AlertRules } from '../../protocol/alert-rules.ts';
import { saying } from '../../protocol/alert-text.ts';
import { silentAfter } from '../../protocol/status.ts';
import { type Condition, ruled } from './condition.ts';
import type { VanInputs } from './condition-inputs.ts';

const minute = 60_000;
/** A tracker that is heard, but has no fix, may go on so for this long, ms: under a roof there is none. */
const longestWithoutFix = 15 * minute;

/**
 * Whether a van is silent: not heard for longer than is usual for its tracker, for a parked van, and at that place.
 * The cause is its last fix.
 */
export function silentVan(van: VanInputs, rules: AlertRules, now: number): Condition | undefined {
  const { watch, devices, hearingSince, usualSilence } = van;
  const last = watch?.last;
  if (last === undefined) return undefined;
  const rule = rules.silent;
  const [first] = devices;
  const interval = first?.interval;
  let heard = last.at;
  for (const { lastSeen } of devices) if (lastSeen > heard) heard = lastSeen;
  const ownLimit = limitOf(interval, rule);
  // Most vans end here.
  if (now < heard + ownLimit && now < last.at + Math.max(ownLimit, longestWithoutFix)) return undefined;
  const parked = isParked(van) ? rule.parkedMinutes * minute : 0;
  const place = Math.min(usualSilence?.(last.latitude, last.longitude) ?? 0, rule.mostMinutes * minute);
  const limit = Math.max(ownLimit, parked, place);
  const from = Math.min(heard + limit, last.at + Math.max(limit, longestWithoutFix));
  if (now < from) return undefined;
  const said = { van: van.name, since: last.at };
  const isHeard = now < heard + limit;
  const line = isHeard
    ? saying('silent-no-fix', said)
    : place > ownLimit
      ? saying('silent-place', { ...said, usual: place })
      : interval === undefined
        ? saying('silent-unknown', said)
        : saying('silent', { ...said, every: interval });
  const condition: Condition = {
    ...ruled(rules, 'silent'),
    subject: van.id,
    cause: last.at,
    from,
    notBefore: hearingSince + limit,
    continues: true,
    vanId: van.id,
    saying: line,
  };
  if (!isHeard) {
    condition.silence = {
      ...(first?.carrier === undefined ? {} : { carrier: first.carrier }),
      ...(interval === undefined ? {} : { interval }),
    };
  }
  return condition;
}

/** ms, after its last word */
function limitOf(interval: number | undefined, rule: AlertRules['silent']): number {
  const missed = interval === undefined ? silentAfter(undefined) : rule.missedIntervals * interval;
  return Math.max(rule.leastSeconds * 1000, missed);
}

/** Trackers sleep while the ignition is off. */
function isParked({ motion, watch }: VanInputs): boolean {
  return watch?.last?.ignition === false && motion?.state !== 'moving';
}
