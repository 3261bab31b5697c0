import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import type { VanKind } from '../../protocol/registry.ts';
import { godownZone, type Zone, type ZoneVisit } from '../../protocol/zone.ts';
import type { TimedFact } from '../domain/fold.ts';
import { isOrderEvent, type OrderEvent } from '../domain/order.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { Verdict } from '../domain/registry.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { applyZone, isZoneEvent, plainName, present, type ZoneEvent, zoneCount } from '../domain/zone.ts';
import type { VanDoors } from '../domain/zone-calm.ts';
import { stopsKept } from '../domain/zone-doors.ts';
import { boxAround, inBox } from '../domain/zone-geometry.ts';
import type { LaidZone } from '../domain/zone-index.ts';
import type { ZoneFact, ZoneSource, ZoneStepState } from '../domain/zone-step.ts';
import type { VisitKey, VisitQuery, ZonesView } from '../domain/zone-view.ts';
import type { Cursor } from '../log/log.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';
import type { LiveView } from './world.ts';
import { AgencyZones, type ChangedBox } from './zones-agency.ts';
import type { ChangedVans } from './zones-doors.ts';
import { nothingUnsaved, type Unsaved, ZonesTable } from './zones-table.ts';
import { ZoneVisits } from './zones-visits.ts';

/** Whoever goes through the fixes of the vans with a `ZoneStep`: as much of `VanFolds` as zones need. */
export interface Folding {
  onFacts(
    listener: (agency: string, vanId: string, facts: readonly Told[], how: { withdrawn: readonly Told[] }) => void,
  ): () => void;
  /** fixes from a time on (UTC ms) were gone through with another picture of the zones; without a van: of all */
  changed(agency: string, from: number, vanId?: string): void;
  state(agency: string, vanId: string, step: string): unknown;
}
interface Told {
  step: string;
  fact: TimedFact;
}

export interface ZonesDeps {
  registry: Pick<RegistryView, 'agency' | 'consumer' | 'van' | 'vans'>;
  live: Pick<LiveView, 'van'>;
  orders: Pick<OrdersView, 'order'>;
  verdicts: Pick<Verdicts, 'take'>;
  /** UTC ms */
  now?: () => number;
  /** how long visits are kept, ms: as long as trails */
  keep?: number;
}

const day = 86_400_000;
/** No van covers more ground, m/s: what the trails believe of a van, and of an aircraft. */
const fastest = { van: 70, aircraft: 362 } as const;
/** The edition of the zones of an agency that has none. */
const nowhere = -1;
const noDoors: VanDoors = { list: undefined };
/** How often it is looked through for what need not be kept any more, ms. */
const forgetEvery = 600_000;
/** Not before so long after the start, ms: fixes of long ago may be gone through again, and need the doors of then. */
const forgetAfter = 6 * 3_600_000;

/**
 * The zones of all agencies, past versions included as far as late fixes need them, and the visits of vans in them.
 * Visits are told by whoever goes through the fixes (`follow`), who is told what to go through again. It comes after the
 * registry, the orders and him: what his save finds is saved with it.
 */
export class ZonesProjection implements Projection, ZonesView, ZoneSource {
  readonly name = 'zones';
  readonly version = 1;
  readonly topics = ['events', 'people'] as const;
  readonly #deps: ZonesDeps;
  readonly #now: () => number;
  readonly #keep: number;
  readonly #agencies = new Map<string, AgencyZones>();
  #folding: Folding | undefined;
  #madeBy = '';
  #unsaved = new Map<string, Unsaved>();
  #saving = false;
  #forgetAt = 0;
  #open: { table: ZonesTable; visits: ZoneVisits } | undefined;

  constructor(deps: ZonesDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#keep = deps.keep ?? 3 * 365 * day;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#unsaved = new Map();
    this.#forgetAt = this.#now() + forgetAfter;
    const table = new ZonesTable(db);
    table.load((agency) => this.#of(agency));
    for (const zones of this.#agencies.values()) zones.layAll();
    this.#open = { table, visits: new ZoneVisits(db, this.#madeBy) };
  }

  /** Visits are not from the log, and stay. */
  reset(db: Database): void {
    ZonesTable.drop(db);
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    const { agency } = record;
    if (record.topic === 'people') {
      if (record.id !== undefined) this.#changedFor(agency, this.#agencies.get(agency)?.doors.moved(record.id));
    } else if (record.topic === 'events') {
      const event = record.value;
      if (isZoneEvent(event)) this.#drawn(agency, event, changes);
      else if (isOrderEvent(event)) this.#ordered(agency, event);
      else if (event.type === 'agency-added' || event.type === 'agency-changed') this.#settled(agency, event.time);
      else if (event.type === 'consumer-removed') {
        this.#changedFor(agency, this.#agencies.get(agency)?.doors.moved(event.data.id));
      }
    }
  }

  save(_db: Database, cursor: Cursor | null): Cursor | null {
    const { table, visits } = this.#parts;
    const now = this.#now();
    if (now >= this.#forgetAt) {
      this.#forgetAt = now + forgetEvery;
      for (const [agency, { doors }] of this.#agencies) {
        const before = this.#newest(agency, now) - stopsKept;
        for (const orderId of doors.forget(before)) this.#dirty(agency).orders.add(orderId);
      }
    }
    for (const [agency, unsaved] of this.#unsaved) table.save(agency, this.#of(agency), unsaved);
    visits.save(now - this.#keep);
    this.#saving = true;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (this.#saving) this.#unsaved = new Map();
    this.#saving = false;
    this.#parts.visits.saved();
  }

  /**
   * To be called once, before it is opened. `madeBy` names the steps and versions by which fixes are gone through: visits
   * found by others are forgotten, since all facts are told anew then.
   */
  follow(folding: Folding, madeBy: string): void {
    this.#folding = folding;
    this.#madeBy = madeBy;
    folding.onFacts((agency, _vanId, facts, { withdrawn }) => {
      const { visits } = this.#parts;
      // First what is no longer so: the same fact may be told again with another reason.
      for (const { fact } of withdrawn) if (isZoneFact(fact)) visits.tell(agency, fact, true);
      for (const { fact } of facts) if (isZoneFact(fact)) visits.tell(agency, fact);
    });
  }

  zone(agency: string, id: string): Zone | undefined {
    return present(this.#agencies.get(agency)?.state.zones.get(id));
  }

  *zones(agency: string): Generator<Zone> {
    for (const entry of this.#agencies.get(agency)?.state.zones.values() ?? []) {
      const zone = present(entry);
      if (zone !== undefined) yield zone;
    }
  }

  named(agency: string, name: string): Zone | undefined {
    const holder = this.#agencies.get(agency)?.state.names.get(plainName(name))?.holder;
    return holder === undefined ? undefined : this.zone(agency, holder);
  }

  count(agency: string, subject: string): number {
    const state = this.#agencies.get(agency)?.state;
    return state === undefined ? 0 : zoneCount(state, subject);
  }

  total(agency: string): number {
    return this.#agencies.get(agency)?.state.present ?? 0;
  }

  inside(agency: string, vanId: string): ZoneVisit[] {
    const state = this.#folding?.state(agency, vanId, 'zones') as ZoneStepState | undefined;
    const found: ZoneVisit[] = [];
    for (const { zoneId, entered } of state?.stays ?? []) {
      if (entered === undefined) continue;
      found.push(this.#parts.visits.visit(agency, zoneId, { vanId, entered }) ?? { zoneId, vanId, entered });
    }
    return found;
  }

  visits(agency: string, query: VisitQuery, page: { after?: VisitKey; limit: number }): ZoneVisit[] {
    return this.#parts.visits.list(agency, query, page);
  }

  began(agency: string, vanId: string, from: number, to: number): ZoneVisit[] {
    return this.#parts.visits.began(agency, vanId, from, to);
  }

  at(agency: string, latitude: number, longitude: number, found: LaidZone[]): void {
    this.#agencies.get(agency)?.at(latitude, longitude, found);
  }

  edition(agency: string): number {
    return this.#agencies.get(agency)?.edition ?? nowhere;
  }

  reach(agency: string, latitude: number, longitude: number, cosine: number): number {
    return this.#agencies.get(agency)?.reach(latitude, longitude, cosine) ?? Infinity;
  }

  versions(agency: string, zoneId: string): readonly LaidZone[] {
    return this.#agencies.get(agency)?.versions(zoneId) ?? [];
  }

  doors(agency: string, vanId: string): VanDoors {
    return this.#agencies.get(agency)?.doors.of(vanId) ?? noDoors;
  }

  kind(agency: string, vanId: string): VanKind | undefined {
    return this.#deps.registry.van(agency, vanId)?.kind;
  }

  #drawn(agency: string, event: ZoneEvent, changes: ChangeCollector): void {
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      const zones = this.#of(agency);
      verdict = applyZone(zones.state, event);
      if (verdict !== 'applied') return;
      const { id } = event.data;
      const unsaved = this.#dirty(agency);
      unsaved.zones.add(id);
      for (const { subject } of event.expects) {
        if (subject.startsWith('zone-name:')) unsaved.names.add(subject.slice('zone-name:'.length));
        else if (subject.startsWith('zone:')) unsaved.zones.add(subject.slice('zone:'.length));
      }
      changes.zone?.(agency, id);
      this.#changedIn(agency, zones.changed(id));
    } finally {
      this.#verdicts.take(agency, event, verdict);
    }
  }

  /** Vans that may have been there since `from` (UTC ms): from where they are now, not farther than they can have come. */
  #changedIn(agency: string, changed: ChangedBox | undefined): void {
    if (changed === undefined) return;
    const { from, box } = changed;
    for (const { id, kind } of this.#deps.registry.vans(agency)) {
      const at = this.#deps.live.van(agency, id);
      if (at === undefined || at.fixTime < from) continue;
      const reach = ((at.fixTime - from) / 1000) * fastest[kind];
      if (inBox(boxAround(box, reach), at.latitude, at.longitude)) this.#folding?.changed(agency, from, id);
    }
  }

  /** The registry has taken the agency's settings over before us, if it did. */
  #settled(agency: string, time: number): void {
    const settings = this.#deps.registry.agency(agency);
    const zones = this.#of(agency);
    if (settings === undefined) return;
    if (zones.timeZone !== settings.timeZone) {
      zones.timeZone = settings.timeZone;
      zones.layAll();
      this.#folding?.changed(agency, time);
    }
    if (!zones.setGodown(settings.godown, time)) return;
    this.#dirty(agency).zones.add(godownZone);
    this.#changedIn(agency, zones.changed(godownZone));
  }

  /** The orders have taken the event over before us, if they did. */
  #ordered(agency: string, event: OrderEvent): void {
    const { doors, timeZone } = this.#of(agency);
    const { orders, vans } = doors.ordered(event, (id) => this.#deps.orders.order(agency, id), timeZone);
    for (const id of orders) this.#dirty(agency).orders.add(id);
    this.#changedFor(agency, vans);
  }

  #changedFor(agency: string, vans: ChangedVans | undefined): void {
    for (const [vanId, from] of vans ?? []) {
      if (from < Infinity) this.#folding?.changed(agency, from, vanId);
    }
  }

  /** When the newest fix of an agency's vans was received, UTC ms; without fixes doors tell nothing, whatever the time. */
  #newest(agency: string, now: number): number {
    let newest = -Infinity;
    for (const { id } of this.#deps.registry.vans(agency)) {
      newest = Math.max(newest, this.#deps.live.van(agency, id)?.receivedAt ?? -Infinity);
    }
    return newest === -Infinity ? now : newest;
  }

  #of(agency: string): AgencyZones {
    let zones = this.#agencies.get(agency);
    if (zones === undefined) {
      const { registry } = this.#deps;
      zones = new AgencyZones(registry.agency(agency)?.timeZone ?? 'UTC', (consumerId) => {
        const { latitude, longitude } = registry.consumer(agency, consumerId) ?? {};
        return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
      });
      this.#agencies.set(agency, zones);
    }
    return zones;
  }

  #dirty(agency: string): Unsaved {
    let unsaved = this.#unsaved.get(agency);
    if (unsaved === undefined) {
      unsaved = nothingUnsaved();
      this.#unsaved.set(agency, unsaved);
    }
    return unsaved;
  }

  get #verdicts(): Pick<Verdicts, 'take'> {
    return this.#deps.verdicts;
  }

  get #parts(): { table: ZonesTable; visits: ZoneVisits } {
    if (this.#open === undefined) throw new Error('the zones are not open');
    return this.#open;
  }
}

function isZoneFact(fact: TimedFact): fact is ZoneFact {
  return fact.kind === 'zone';
}
