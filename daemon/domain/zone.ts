import type { Event } from '../../protocol/record.ts';
import { mostZones, type Zone, type ZoneChange, type zoneEvents } from '../../protocol/zone.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

export type ZoneEvent = Extract<Event, { type: keyof typeof zoneEvents }>;

/** A zone as it was said to be at some time. */
export interface ZoneVersion {
  /** counts for fixes with `from` ≤ fixTime < `until`, UTC ms; absent: to this day */
  from: number;
  until?: number;
  zone: Zone;
}

/** All that is kept of one id. */
export interface ZoneEntry {
  /** how often it was changed; it goes on counting after a removal */
  count: number;
  /** oldest first, apart from one another; the last without `until`: it exists */
  versions: readonly ZoneVersion[];
}

/** The zones of one agency. */
export interface ZoneState {
  zones: Map<string, ZoneEntry>;
  /** by plain name (`plainName`): who has it, and how often it was taken or given back */
  names: Map<string, { count: number; holder?: string }>;
  /** that exist */
  present: number;
}

/** How long past versions are kept, ms, and how many: trails reach back so far, and may be gone through again. */
const versionsKept = 3 * 365 * 86_400_000;
const mostVersions = 100;

export function zoneState(): ZoneState {
  return { zones: new Map(), names: new Map(), present: 0 };
}

export function isZoneEvent(event: Event): event is ZoneEvent {
  return event.type === 'zone-added' || event.type === 'zone-changed' || event.type === 'zone-removed';
}

export function ofZone(id: string): Subject {
  return `zone:${id}`;
}

export function ofZoneName(name: string): Subject {
  return `zone-name:${plainName(name)}`;
}

/** Names that people would take for the same are the same. */
export function plainName(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** The zone as it is now; undefined: there is none of that id. */
export function present(entry: ZoneEntry | undefined): Zone | undefined {
  const last = entry?.versions.at(-1);
  if (entry === undefined || last === undefined || last.until !== undefined) return undefined;
  return last.zone.version === entry.count ? last.zone : { ...last.zone, version: entry.count };
}

/** As `expects` counts; 0: it never was. */
export function zoneCount(state: ZoneState, subject: string): number {
  if (subject.startsWith('zone:')) return state.zones.get(subject.slice(5))?.count ?? 0;
  if (subject.startsWith('zone-name:')) return state.names.get(subject.slice(10))?.count ?? 0;
  return 0;
}

/**
 * Takes an event into the state (in place), or drops it: the same at every daemon, since it depends on nothing but the
 * events before it. The version of the zone and of all that it expects goes up by one.
 */
export function applyZone(state: ZoneState, event: ZoneEvent): Verdict {
  for (const { subject, version } of event.expects) {
    const now = zoneCount(state, subject);
    if (now !== version) return { dropped: `${subject} is at version ${now}, not ${version}` };
  }
  const impossible = whyNot(state, event);
  if (impossible !== undefined) return { dropped: impossible };
  carryOut(state, event);
  const { id } = event.data;
  for (const { subject } of event.expects) {
    if (!subject.startsWith('zone-name:')) continue;
    const name = subject.slice(10);
    const entry = state.names.get(name) ?? { count: 0 };
    state.names.set(name, { ...entry, count: entry.count + 1 });
  }
  const others = event.expects.filter(({ subject }) => subject.startsWith('zone:') && subject !== ofZone(id));
  for (const { subject } of others) {
    const entry = state.zones.get(subject.slice(5));
    if (entry !== undefined) state.zones.set(subject.slice(5), { ...entry, count: entry.count + 1 });
  }
  return 'applied';
}

/** Why an event cannot be, whatever it expects: for writers that expect too little. */
function whyNot(state: ZoneState, { type, data }: ZoneEvent): string | undefined {
  const { id } = data;
  const now = present(state.zones.get(id));
  if (type === 'zone-added') {
    if (now !== undefined) return `zone:${id} exists`;
    if (state.present >= mostZones) return `there are ${mostZones} zones already`;
  } else if (now === undefined) return `zone:${id} does not exist`;
  if (type === 'zone-removed' || data.name === undefined) return undefined;
  const { holder } = state.names.get(plainName(data.name)) ?? {};
  return holder === undefined || holder === id ? undefined : `zone:${holder} has this name`;
}

function carryOut(state: ZoneState, event: ZoneEvent): void {
  const { id } = event.data;
  const entry = state.zones.get(id) ?? { count: 0, versions: [] };
  const before = present(entry);
  const count = entry.count + 1;
  const next = zoneAfter(before, event, count);
  // Clocks of daemons differ a little: a version never begins before the one it follows.
  const last = entry.versions.at(-1);
  const at = Math.max(event.time, last?.until ?? last?.from ?? 0);
  const versions = entry.versions
    .map((version) => (version.until === undefined ? { ...version, until: at } : version))
    .filter(({ from, until = Infinity }) => until > from && until >= at - versionsKept);
  if (next !== undefined) versions.push({ from: at, zone: next });
  versions.splice(0, versions.length - mostVersions);
  state.zones.set(id, { count, versions });
  state.present += Number(next !== undefined) - Number(before !== undefined);
  if (before !== undefined) hold(state, before.name, undefined);
  if (next !== undefined) hold(state, next.name, id);
}

function hold(state: ZoneState, name: string, holder: string | undefined): void {
  const { count = 0 } = state.names.get(plainName(name)) ?? {};
  state.names.set(plainName(name), holder === undefined ? { count } : { count, holder });
}

/** The zone after an event about it; undefined: it is gone. */
function zoneAfter(zone: Zone | undefined, { type, data }: ZoneEvent, version: number): Zone | undefined {
  switch (type) {
    case 'zone-added':
      return { ...data, version };
    case 'zone-changed':
      return zone === undefined ? undefined : { ...changedZone(zone, data), version };
    case 'zone-removed':
      return undefined;
  }
}

/** The zone with a change; null takes a field away. */
export function changedZone(zone: Zone, { name, shape, rules, schedule, vans, kinds }: ZoneChange): Zone {
  const { schedule: oldSchedule, vans: oldVans, kinds: oldKinds, ...rest } = zone;
  const now = {
    schedule: schedule === undefined ? oldSchedule : schedule,
    vans: vans === undefined ? oldVans : vans,
    kinds: kinds === undefined ? oldKinds : kinds,
  };
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(shape === undefined ? {} : { shape }),
    ...(rules === undefined ? {} : { rules }),
    ...(now.schedule == null ? {} : { schedule: now.schedule }),
    ...(now.vans == null ? {} : { vans: now.vans }),
    ...(now.kinds == null ? {} : { kinds: now.kinds }),
  };
}
