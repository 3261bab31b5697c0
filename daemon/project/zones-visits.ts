import type { Database } from 'better-sqlite3';
import type { ZoneVisit } from '../../protocol/zone.ts';
import type { ZoneFact } from '../domain/zone-step.ts';
import type { VisitKey, VisitQuery } from '../domain/zone-view.ts';
import { ZoneVisitTable } from './zones-visit-table.ts';

interface Unsaved {
  agency: string;
  fact: ZoneFact;
  /** it turned out to be none */
  withdrawn: boolean;
}

/** Facts that are read at once to put a visit together; few have more than an entering, a dwell and a leaving. */
const together = 16;

/**
 * Who was in which zone and when, put together from the facts that were told and not withdrawn: the same whichever way
 * fixes and events came. What is not saved yet is in memory, over the table.
 */
export class ZoneVisits {
  readonly #table: ZoneVisitTable;
  /** visits of a van that began at `from` (UTC ms) or later, by agency and van; until something is told of it */
  readonly #recent = new Map<string, { from: number; visits: ZoneVisit[] }>();
  #unsaved = new Map<string, Unsaved>();
  #saving = false;

  constructor(db: Database, madeBy: string) {
    this.#table = new ZoneVisitTable(db, madeBy);
  }

  tell(agency: string, fact: ZoneFact, withdrawn = false): void {
    this.#recent.delete(`${agency}/${fact.vanId}`);
    this.#unsaved.set(keyOf(agency, fact), { agency, fact, withdrawn });
  }

  list(agency: string, query: VisitQuery, { after, limit }: { after?: VisitKey; limit: number }): ZoneVisit[] {
    const { zoneId, vanId, from, to } = query;
    const isAfter = (visit: VisitKey) => after === undefined || inOrder(visit, after) > 0;
    const mine = (fact: ZoneFact) => fact.what === 'enter' && (vanId === undefined || fact.vanId === vanId);
    const began: VisitKey[] = [];
    if (after === undefined || after.entered < from) {
      // A van is in a zone once at a time: only its last visit before may reach into the period.
      const before = this.#now(agency, zoneId, [...this.#table.entersBefore(agency, zoneId, vanId, from)]);
      for (const last of lastOfEach(before.filter((fact) => mine(fact) && fact.at < from)))
        began.push(keyOfVisit(last));
    }
    const start = Math.max(from, after?.entered ?? 0);
    // As many more as memory may take away, and those of the last moment of the page before.
    for (let more = limit + this.#unsaved.size + together; ; more *= 2) {
      const rows = this.#table.enters(agency, zoneId, start, to, more);
      const facts = this.#now(agency, zoneId, rows).filter((fact) => mine(fact) && fact.at >= start && fact.at < to);
      const enters = facts.map(keyOfVisit).filter(isAfter);
      if (enters.length < limit && rows.length === more) continue;
      const visits = [...began.filter(isAfter), ...enters]
        .flatMap((key) => this.#visit(agency, zoneId, key) ?? [])
        .filter(({ left }) => left === undefined || left > from);
      return visits.sort(inOrder).slice(0, limit);
    }
  }

  /** Visits of a van that began at `from` ≤ time < `to`. Fast: it is asked of every van, all the time. */
  began(agency: string, vanId: string, from: number, to: number): ZoneVisit[] {
    const van = `${agency}/${vanId}`;
    let recent = this.#recent.get(van);
    if (recent === undefined || from < recent.from) {
      recent = { from, visits: this.#beganSince(agency, vanId, from) };
      this.#recent.set(van, recent);
    }
    if (recent.visits.length === 0) return recent.visits;
    return recent.visits.filter(({ entered }) => entered >= from && entered < to);
  }

  #beganSince(agency: string, vanId: string, from: number): ZoneVisit[] {
    const unsaved = [...this.#unsaved.values()].filter((one) => one.agency === agency && one.fact.vanId === vanId);
    const enters = this.#table.entersOf(agency, vanId, from).filter((fact) => !this.#unsaved.has(keyOf(agency, fact)));
    for (const { fact, withdrawn } of unsaved) {
      if (!withdrawn && fact.what === 'enter' && fact.at >= from) enters.push(fact);
    }
    return enters
      .sort((a, b) => a.at - b.at || (a.zoneId < b.zoneId ? -1 : 1))
      .flatMap((fact) => this.#visit(agency, fact.zoneId, keyOfVisit(fact)) ?? []);
  }

  /** The visit that began so; undefined: there is none. */
  visit(agency: string, zoneId: string, key: VisitKey): ZoneVisit | undefined {
    const recent = this.#recent.get(`${agency}/${key.vanId}`);
    const known = recent?.visits.find((visit) => visit.zoneId === zoneId && visit.entered === key.entered);
    return known ?? this.#visit(agency, zoneId, key);
  }

  /** Writes what is new, and forgets what is older than `keptFrom` (UTC ms). */
  save(keptFrom: number): void {
    for (const { agency, fact, withdrawn } of this.#unsaved.values()) {
      if (withdrawn) this.#table.delete(agency, fact);
      else this.#table.put(agency, fact);
    }
    this.#table.forget(keptFrom);
    this.#saving = true;
  }

  saved(): void {
    // Nothing is told between save and saved: both run in one turn of the event loop.
    if (this.#saving) this.#unsaved = new Map();
    this.#saving = false;
  }

  #visit(agency: string, zoneId: string, { vanId, entered }: VisitKey): ZoneVisit | undefined {
    for (let count = together; ; count *= 2) {
      const rows = this.#table.after(agency, zoneId, vanId, entered, count);
      const facts = this.#now(agency, zoneId, rows).filter((fact) => fact.vanId === vanId && fact.at >= entered);
      const visit = visitOf(facts.sort(inTime), { zoneId, vanId, entered });
      // Cut off in the middle of a very long one.
      if (visit?.whole === false && rows.length === count) continue;
      return visit?.visit;
    }
  }

  /** Facts of a zone as they are now: these without those withdrawn since, and all that are not in the table yet. */
  #now(agency: string, zoneId: string, rows: readonly ZoneFact[]): ZoneFact[] {
    const facts = rows.filter((fact) => !this.#unsaved.has(keyOf(agency, fact)));
    for (const { agency: of, fact, withdrawn } of this.#unsaved.values()) {
      if (!withdrawn && of === agency && fact.zoneId === zoneId) facts.push(fact);
    }
    return facts;
  }
}

/** `whole`: its end was found, or that it has been followed by another. */
function visitOf(facts: readonly ZoneFact[], key: VisitKey & { zoneId: string }) {
  const first = facts.findIndex(({ what, at }) => what === 'enter' && at === key.entered);
  const enter = facts[first];
  if (enter === undefined) return undefined;
  const { zoneId, vanId, entered } = key;
  const visit: ZoneVisit = { zoneId, vanId, entered, ...(enter.by === undefined ? {} : { enteredBy: enter.by }) };
  for (const { what, at, by, speed = 0 } of facts.slice(first + 1)) {
    if (what === 'enter') return { visit, whole: true };
    if (what === 'dwell') visit.dwelt = at;
    else if (what === 'leave') {
      visit.left = at;
      if (by === 'zone' || by === 'schedule') visit.leftBy = by;
      return { visit, whole: true };
    } else visit.topSpeed = Math.max(visit.topSpeed ?? 0, speed);
  }
  return { visit, whole: false };
}

/** Of facts at one time what ends comes before what begins. */
const rank = { dwell: 0, speeding: 0, slowed: 1, leave: 2, enter: 3 } as const;

function inTime(a: ZoneFact, b: ZoneFact): number {
  return a.at - b.at || rank[a.what] - rank[b.what];
}

function lastOfEach(enters: readonly ZoneFact[]): Iterable<ZoneFact> {
  const last = new Map<string, ZoneFact>();
  for (const fact of enters.toSorted((a, b) => a.at - b.at)) last.set(fact.vanId, fact);
  return last.values();
}

/** Ids and agencies have no slash. */
function keyOf(agency: string, { zoneId, vanId, at, what }: ZoneFact): string {
  return `${agency}/${zoneId}/${vanId}/${at}/${what}`;
}

function keyOfVisit({ at, vanId }: ZoneFact): VisitKey {
  return { entered: at, vanId };
}

function inOrder(a: VisitKey, b: VisitKey): number {
  return a.entered - b.entered || (a.vanId < b.vanId ? -1 : a.vanId > b.vanId ? 1 : 0);
}
