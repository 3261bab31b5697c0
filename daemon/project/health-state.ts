import type { Position } from '../../protocol/position.ts';
import type { DeadLetter } from '../../protocol/record.ts';
import { silentAfter } from '../../protocol/status.ts';
import type { DeviceHealth } from './world.ts';

/** What is kept of a device. Positions and dead letters change different fields, or the later time wins. */
export interface HealthState {
  /** UTC ms of the first and the last position received */
  first?: number;
  last?: number;
  lastFixTime?: number;
  /** the last ms between fixes that came in order, oldest first */
  deltas: number[];
  /** positions received in the last minutes: [minute since 1970, how many], oldest first */
  minutes: [number, number][];
  battery?: { at: number; percent: number };
  /** UTC ms of the last dead letter, and of the last for a clock ahead */
  letter?: number;
  ahead?: { at: number; by: number };
  gaps: number;
  positions: number;
  rejected: number;
  duplicates: number;
}

/** The usual interval is the median of this many; a single long pause or burst does not move it. */
const remembered = 15;
/** where they are put in order: asked for all devices each second, so nothing is made anew for it */
const sorted: number[] = [];
/** below this many, any interval is a guess */
const enough = 3;
const minute = 60_000;
/** ms; most fixes come sooner, and need no comparison with what is usual */
const shortestGap = silentAfter(0);
/** the rate is over this many minutes, the present one included */
const rateMinutes = 5;

export function newHealth(): HealthState {
  return { deltas: [], minutes: [], gaps: 0, positions: 0, rejected: 0, duplicates: 0 };
}

/**
 * A position in the log. `duplicate`: the trails had it already; believed only of fixes that are not newer than all
 * before, because trails also say so of everything they are given a second time.
 */
export function afterPosition(health: HealthState, position: Position, duplicate: boolean): void {
  const { fixTime, receivedAt, battery } = position;
  const newest = health.lastFixTime ?? Number.NEGATIVE_INFINITY;
  if (health.last !== undefined && receivedAt - health.last > shortestGap) {
    const interval = usualInterval(health);
    if (interval !== undefined && receivedAt - health.last > silentAfter(interval)) health.gaps++;
  }
  health.first ??= receivedAt;
  health.last = Math.max(health.last ?? receivedAt, receivedAt);
  countMinute(health.minutes, Math.floor(receivedAt / minute));
  if (battery !== undefined && fixTime >= (health.battery?.at ?? fixTime)) {
    health.battery = { at: fixTime, percent: battery };
  }
  if (fixTime > newest) {
    if (health.lastFixTime !== undefined) health.deltas.push(fixTime - newest);
    if (health.deltas.length > remembered) health.deltas.shift();
    health.lastFixTime = fixTime;
  }
  if (duplicate && fixTime <= newest) health.duplicates++;
  else health.positions++;
}

export function afterDeadLetter(health: HealthState, letter: Pick<DeadLetter, 'time' | 'clockAhead'>): void {
  health.rejected++;
  health.letter = Math.max(health.letter ?? letter.time, letter.time);
  if (letter.clockAhead !== undefined && letter.time >= (health.ahead?.at ?? letter.time)) {
    health.ahead = { at: letter.time, by: letter.clockAhead };
  }
}

/** The state as it shows at `now` (UTC ms); undefined when the device never sent anything. */
export function shown(deviceId: string, health: HealthState, now: number): DeviceHealth | undefined {
  const lastSeen = Math.max(health.last ?? 0, health.letter ?? 0);
  if (lastSeen === 0) return undefined;
  const interval = usualInterval(health);
  const { ahead, battery, lastFixTime, gaps, positions, rejected, duplicates } = health;
  const state: DeviceHealth = { deviceId, lastSeen, rate: rate(health, now), gaps, positions, rejected, duplicates };
  if (lastFixTime !== undefined) state.lastFixTime = lastFixTime;
  if (interval !== undefined) state.interval = interval;
  if (battery !== undefined) state.battery = battery.percent;
  // A good fix received later says that the clock was set right.
  if (ahead !== undefined && ahead.at >= (health.last ?? 0)) state.clockAhead = ahead.by;
  return state;
}

/** The middle one of the last intervals, ms. */
function usualInterval({ deltas }: HealthState): number | undefined {
  if (deltas.length < enough) return undefined;
  for (let n = 0; n < deltas.length; n++) {
    const delta = deltas[n] ?? 0;
    let at = n;
    for (; at > 0 && (sorted[at - 1] ?? 0) > delta; at--) sorted[at] = sorted[at - 1] ?? 0;
    sorted[at] = delta;
  }
  return sorted[deltas.length >> 1];
}

function countMinute(minutes: [number, number][], now: number): void {
  const last = minutes.at(-1);
  if (last === undefined || last[0] < now) minutes.push([now, 1]);
  else {
    const same = minutes.find(([at]) => at === now);
    // Older than all that is kept: too late to count.
    if (same !== undefined) same[1]++;
  }
  if (minutes.length > rateMinutes) minutes.shift();
}

/** Positions a minute over the last minutes, or since the device was first heard. */
function rate({ minutes, first }: HealthState, now: number): number {
  const from = (Math.floor(now / minute) - rateMinutes + 1) * minute;
  const count = minutes.reduce((sum, [at, many]) => (at * minute >= from ? sum + many : sum), 0);
  const span = Math.max(minute, now - Math.max(from, first ?? from));
  return Math.round((count * minute * 100) / span) / 100;
}
