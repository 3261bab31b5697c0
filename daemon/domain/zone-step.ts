import type { LatLon } from '../../protocol/geo.ts';
import type { VanKind } from '../../protocol/registry.ts';
import type { Fix, FoldContext, FoldStep, TimedFact } from './fold.ts';
import { type Calm, isCalm, Room, type VanDoors } from './zone-calm.ts';
import { type Doubt, decided, newDoubt } from './zone-doubt.ts';
import type { LaidZone, ZoneList } from './zone-index.ts';
import { afterSpeed, type Haste, slow } from './zone-speed.ts';

/** Something that happened between a van and a zone. */
export interface ZoneFact extends TimedFact {
  kind: 'zone';
  zoneId: string;
  vanId: string;
  /** speeding: faster than the zone's limit; slowed: no longer */
  what: 'enter' | 'leave' | 'dwell' | 'speeding' | 'slowed';
  /** UTC ms of fix time; the same as `from` */
  at: number;
  /** why, when the van did not cross the edge; see `ZoneVisit` */
  by?: 'start' | 'zone' | 'schedule';
  /** of speeding and slowed: the fastest so far, km/h */
  speed?: number;
  limit?: number;
}

/** A van in a zone, or perhaps entering it. */
export interface Stay {
  zoneId: string;
  /** UTC ms; absent: it is not certain yet that it is inside */
  entered?: number;
  dwelt?: boolean;
  doubt?: Doubt | undefined;
  haste?: Haste | undefined;
}

export interface ZoneStepState {
  /** the last fix that is believed */
  last?: LatLon & { fixTime: number };
  /** by zone id */
  stays: Stay[];
  /** what spares looking at the zones for the next fixes; not kept, and no copy has it */
  calm?: Calm | undefined;
}

/** Where the step finds the zones. What it is told must be so for every fixTime within the last 36 hours. */
export interface ZoneSource {
  /** which zones there are: another number after every change; doors do not count. Not 0 */
  edition(agency: string): number;
  /** puts all versions of the zones in whose box a point lies into `found` */
  at(agency: string, latitude: number, longitude: number, found: LaidZone[]): void;
  /** how far around a point no box of another zone is, degrees of latitude. `cosine`: of the point's latitude */
  reach(agency: string, latitude: number, longitude: number, cosine: number): number;
  /** all versions of a zone, oldest first */
  versions(agency: string, zoneId: string): readonly LaidZone[];
  /** the zones that are for this van alone: the doors of its run */
  doors(agency: string, vanId: string): VanDoors;
  kind(agency: string, vanId: string): VanKind | undefined;
}

type Emit = (fact: ZoneFact) => void;
const radians = Math.PI / 180;

/**
 * Which zones a van is in. Over the edge means: a fix whose accuracy circle lies on the other side, and then another
 * one, or 15 seconds without a sign of the contrary (`zone-doubt.ts`); it counts from the first. Out is out only beyond
 * the zone's margin.
 */
export class ZoneStep implements FoldStep<ZoneStepState, ZoneFact> {
  readonly name = 'zones';
  readonly version = 1;
  readonly #source: ZoneSource;
  /** used again and again */
  readonly #found: LaidZone[] = [];
  readonly #room = new Room();

  constructor(source: ZoneSource) {
    this.#source = source;
  }

  initial(): ZoneStepState {
    return { stays: [] };
  }

  copy({ last, stays }: ZoneStepState): ZoneStepState {
    const copies = stays.map(({ doubt, haste, ...stay }) => ({
      ...stay,
      ...(doubt === undefined ? {} : { doubt: { ...doubt } }),
      ...(haste === undefined ? {} : { haste: { ...haste } }),
    }));
    return { ...(last === undefined ? {} : { last: { ...last } }), stays: copies };
  }

  next(state: ZoneStepState, fix: Fix, context: FoldContext, emit: Emit): ZoneStepState {
    if (fix.marked === true) return state;
    const { latitude, longitude, fixTime } = fix;
    const { last, calm } = state;
    const edition = this.#source.edition(context.agency);
    if (last === undefined) {
      this.#goThrough(state, fix, context, emit, edition);
      state.last = { fixTime, latitude, longitude };
      return state;
    }
    if (calm === undefined || fixTime < last.fixTime || !isCalm(calm, fix, edition)) {
      this.#goThrough(state, fix, context, emit, edition);
    }
    last.fixTime = fixTime;
    last.latitude = latitude;
    last.longitude = longitude;
    return state;
  }

  /** Looks at all zones around, and how far it is that nothing can happen. */
  #goThrough(state: ZoneStepState, fix: Fix, context: FoldContext, emit: Emit, edition: number): void {
    const { latitude, longitude, fixTime } = fix;
    const own = this.#source.doors(context.agency, context.vanId);
    const doors = own.list;
    const cosine = Math.cos(latitude * radians);
    const moment = { fix, context, emit, last: state.last, cosine };
    const room = this.#room;
    room.begin(fix);
    const found = this.#found;
    found.length = 0;
    this.#source.at(context.agency, latitude, longitude, found);
    doors?.at(latitude, longitude, found);
    let kept = 0;
    for (const stay of state.stays) {
      const zone = taken(found, stay.zoneId, fixTime);
      if (this.#goesOn(stay, zone, doors, moment)) state.stays[kept++] = stay;
      else if (zone !== undefined) found.push(zone);
    }
    state.stays.length = kept;
    for (const zone of found) this.#look(state.stays, zone, moment);
    if (room.isEnough) {
      // Beyond their boxes zones are not even found.
      room.reach = Math.min(room.reach, this.#source.reach(context.agency, latitude, longitude, cosine));
      if (doors !== undefined) room.reach = Math.min(room.reach, doors.reach(latitude, longitude, cosine));
    }
    state.calm = room.settle(state.calm, fix, cosine, edition, own);
  }

  /** Begins a stay in the zone if the fix says that the van is in it. */
  #look(stays: Stay[], zone: LaidZone, moment: Moment): void {
    const { fix, context, cosine, last } = moment;
    const room = this.#room;
    if (!counts(zone, fix.fixTime)) {
      if (zone.from > fix.fixTime) room.before(zone.from);
      return;
    }
    for (const { zoneId } of stays) if (zoneId === zone.id) return;
    const off = zone.outline.distance(fix.latitude, fix.longitude, cosine);
    if (-off < gateInto(zone, fix)) {
      room.within(off);
      return;
    }
    if (!this.#isFor(zone, context)) {
      // A van may become one of another kind.
      if (zone.kinds !== undefined) room.end();
      return;
    }
    const hours = zone.hours?.at(fix.fixTime);
    if (hours?.open === false) {
      room.before(hours.until);
      return;
    }
    room.end();
    const doubt = newDoubt(fix, context, last, why(zone, moment));
    stays.splice(placeOf(stays, zone.id), 0, { zoneId: zone.id, doubt });
  }

  /** Takes a fix into a stay; false: it has ended. */
  #goesOn(stay: Stay, near: LaidZone | undefined, doors: ZoneList | undefined, moment: Moment): boolean {
    const { fix, context, last, cosine } = moment;
    const since = last?.fixTime ?? 0;
    const zone = near ?? this.#versions(stay, doors, context).findLast((one) => counts(one, fix.fixTime));
    if (zone === undefined || !this.#isFor(zone, context)) {
      const ended = zone?.from ?? endOf(this.#versions(stay, doors, context), fix.fixTime);
      return leave(stay, moment, Math.max(ended, since), 'zone');
    }
    const closed = zone.hours?.closing(Math.max(since, zone.from), fix.fixTime);
    if (closed !== undefined) return leave(stay, moment, closed, 'schedule');
    const beyond = zone.outline.distance(fix.latitude, fix.longitude, cosine);
    if (stay.entered === undefined) {
      if (stay.doubt === undefined) return false;
      const entered = decided(stay.doubt, fix, context, -beyond, gateInto(zone, fix));
      if (entered !== 'yes') {
        if (entered === 'open') this.#room.end();
        return entered === 'open';
      }
      enter(stay, moment);
    }
    const outside = beyond - zone.margin;
    const gate = fix.accuracy ?? usualAccuracy;
    if (stay.doubt !== undefined) {
      const left = decided(stay.doubt, fix, context, outside, gate);
      if (left === 'yes') return leave(stay, moment, stay.doubt.since, stay.doubt.by);
      if (left === 'no') stay.doubt = undefined;
    } else if (outside >= gate) {
      const by = moved(zone, moment) && isOutside(zone, last) ? 'zone' : undefined;
      stay.doubt = newDoubt(fix, context, last, by);
    }
    this.#inside(stay, zone, moment);
    this.#stays(stay, zone, -outside, fix.fixTime);
    return true;
  }

  /** How far and how long a stay goes on without anything to be told; `left`: m until it may be over. */
  #stays({ entered = 0, dwelt, doubt, haste }: Stay, zone: LaidZone, left: number, fixTime: number): void {
    const room = this.#room;
    if (doubt !== undefined || zone.kinds !== undefined || (haste !== undefined && haste.certain !== true)) {
      room.end();
      return;
    }
    room.within(left);
    room.before(zone.until);
    if (zone.hours !== undefined) room.before(zone.hours.at(fixTime).until);
    if (zone.dwell !== undefined && dwelt !== true) room.before(entered + zone.dwell);
    if (zone.speedLimit === undefined) return;
    if (haste === undefined) room.upTo(zone.speedLimit);
    else {
      room.above(slow * zone.speedLimit);
      room.upTo(haste.top);
    }
  }

  /** What the zone's rules say of a van inside. */
  #inside(stay: Stay, zone: LaidZone, { fix, context, emit }: Moment): void {
    const { entered = fix.fixTime, doubt } = stay;
    if (zone.dwell !== undefined && stay.dwelt !== true && doubt === undefined) {
      const due = Math.max(entered + zone.dwell, zone.from);
      if (fix.fixTime >= due) {
        stay.dwelt = true;
        emit(factOf('dwell', stay, context, due));
      }
    }
    if (zone.speedLimit === undefined && stay.haste === undefined) return;
    afterSpeed(stay, zone.speedLimit, fix, (what, at, speed, limit) =>
      emit({ ...factOf(what, stay, context, at), speed, limit }),
    );
  }

  #versions({ zoneId }: Stay, doors: ZoneList | undefined, { agency }: FoldContext): readonly LaidZone[] {
    if (!zoneId.startsWith(':door:')) return this.#source.versions(agency, zoneId);
    return doors?.zones.filter(({ id }) => id === zoneId) ?? [];
  }

  #isFor({ vans, kinds }: LaidZone, { agency, vanId }: FoldContext): boolean {
    if (vans?.has(vanId) === false) return false;
    return kinds === undefined || kinds.has(this.#source.kind(agency, vanId) ?? 'van');
  }
}

/** A fix and all that it is looked at with. */
interface Moment {
  fix: Fix;
  context: FoldContext;
  emit: Emit;
  last: ZoneStepState['last'];
  cosine: number;
}

/** Of a fix that does not say it, m. */
const usualAccuracy = 10;

/**
 * How deep inside a fix must be to say that the van is in the zone, m: its accuracy circle lies inside. Where the zone
 * is too narrow for that, half of the way to its middle is enough, but for a fix that covers all of it.
 */
function gateInto({ outline: { depth } }: LaidZone, { accuracy = usualAccuracy }: Fix): number {
  return accuracy > 2 * depth ? Infinity : Math.min(accuracy, depth / 2);
}

function enter(stay: Stay, { fix, context, emit }: Moment): void {
  const { since = fix.fixTime, by } = stay.doubt ?? {};
  stay.entered = since;
  stay.doubt = undefined;
  emit({ ...factOf('enter', stay, context, since), ...(by === undefined ? {} : { by }) });
}

/** Ends a stay: false, for `#goesOn`. */
function leave(stay: Stay, { fix, context, emit }: Moment, at: number, by?: ZoneFact['by']): false {
  if (stay.entered === undefined) return false;
  afterSpeed(stay, undefined, fix, (what, _at, speed, limit) =>
    emit({ ...factOf(what, stay, context, at), speed, limit }),
  );
  emit({ ...factOf('leave', stay, context, at), ...(by === undefined ? {} : { by }) });
  return false;
}

function factOf(what: ZoneFact['what'], { zoneId }: Stay, { vanId }: FoldContext, at: number): ZoneFact {
  return { kind: 'zone', zoneId, vanId, what, from: at, at };
}

/** Why a van is inside without having come over the edge. */
function why(zone: LaidZone, moment: Moment): Doubt['by'] {
  const { last, fix } = moment;
  if (last === undefined) return 'start';
  if (isOutside(zone, last)) return undefined;
  if (moved(zone, moment)) return 'zone';
  return zone.hours?.closing(last.fixTime, fix.fixTime) === undefined ? undefined : 'schedule';
}

/** Whether the zone was drawn or changed since the last fix. */
function moved(zone: LaidZone, { last }: Moment): boolean {
  return last !== undefined && zone.from > last.fixTime;
}

function isOutside(zone: LaidZone, point: LatLon | undefined): boolean {
  if (point === undefined) return true;
  const { latitude, longitude } = point;
  return zone.outline.distance(latitude, longitude, Math.cos(latitude * radians)) > 0;
}

function counts({ from, until }: LaidZone, fixTime: number): boolean {
  return from <= fixTime && fixTime < until;
}

/** When the last of these versions ended, UTC ms. */
function endOf(versions: readonly LaidZone[], fixTime: number): number {
  return versions.reduce((latest, { until }) => (until <= fixTime ? Math.max(latest, until) : latest), 0);
}

/** Takes the version of a zone that counts at a time out of a list. */
function taken(zones: LaidZone[], zoneId: string, fixTime: number): LaidZone | undefined {
  for (let i = 0; i < zones.length; i++) {
    const zone = zones[i];
    if (zone?.id !== zoneId || !counts(zone, fixTime)) continue;
    const last = zones.pop();
    if (last !== undefined && last !== zone) zones[i] = last;
    return zone;
  }
  return undefined;
}

function placeOf(stays: readonly Stay[], zoneId: string): number {
  const place = stays.findIndex((stay) => stay.zoneId > zoneId);
  return place < 0 ? stays.length : place;
}
