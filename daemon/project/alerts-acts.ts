import type { Database } from 'better-sqlite3';
import { type AlertRules, presetRules, rulesOf } from '../../protocol/alert-rules.ts';
import type { LogRecord } from '../../protocol/record.ts';
import {
  type ActEntry,
  actsKept,
  applyAct,
  entryAt,
  isAlertEvent,
  ofAlert,
  ofMuted,
  ofRules,
} from '../domain/alert-acts.ts';
import type { AlertActsView, RulesSet, VanMuted } from '../domain/alert-view.ts';
import type { Verdict } from '../domain/registry.ts';
import type { Subject } from '../domain/subject.ts';
import type { Cursor } from '../log/log.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/** How often memory is looked through for what is long over, ms. */
const forgetEvery = 3_600_000;

interface AgencyActs {
  entries: Map<Subject, ActEntry>;
  /** the alert that was acted on last, by kind and subject */
  newest: Map<string, string>;
  /** newest first */
  rules: { from: number; rules: AlertRules }[];
}

/** What people did with alerts, what they muted, and the rules they set. In memory; SQLite keeps a document a subject. */
export class AlertActsProjection implements Projection, AlertActsView {
  readonly name = 'alert-acts';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #verdicts: Pick<Verdicts, 'take'>;
  readonly #now: () => number;
  readonly #agencies = new Map<string, AgencyActs>();
  readonly #ruled = new Set<string>();
  #dirty = new Map<string, { agency: string; subject: Subject }>();
  #saving: Map<string, { agency: string; subject: Subject }> | undefined;
  #forgotAt = 0;

  /** `now`: UTC ms */
  constructor(deps: { verdicts: Pick<Verdicts, 'take'>; now: () => number }) {
    this.#verdicts = deps.verdicts;
    this.#now = deps.now;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#dirty = new Map();
    db.exec(`CREATE TABLE IF NOT EXISTS alert_act (
      agency TEXT NOT NULL, subject TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, subject)
    ) STRICT, WITHOUT ROWID`);
    const rows = db.prepare<[], [string, Subject, string]>('SELECT agency, subject, document FROM alert_act').raw();
    const found = Array.from(rows.iterate(), ([agency, subject, document]) => ({
      agency,
      subject,
      entry: JSON.parse(document) as ActEntry,
    }));
    found.sort((a, b) => a.entry.time - b.entry.time);
    for (const { agency, subject, entry } of found) this.#put(agency, subject, entry);
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS alert_act');
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    if (record.topic !== 'events' || !isAlertEvent(record.value)) return;
    const { agency, value: event } = record;
    const acts = this.#of(agency);
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      verdict = applyAct(
        {
          get: (subject) => acts.entries.get(subject),
          put: (subject, entry) => {
            this.#put(agency, subject, entry);
            this.#dirty.set(`${agency}/${subject}`, { agency, subject });
          },
        },
        event,
      );
    } finally {
      this.#verdicts.take(agency, event, verdict);
    }
    if (verdict !== 'applied') return;
    if (event.type === 'alert-rules-set') this.#ruled.add(agency);
    if ('id' in event.data) changes.alert(agency, event.data.id);
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    this.#forget();
    const put = db.prepare('INSERT OR REPLACE INTO alert_act VALUES (?, ?, ?)');
    const erase = db.prepare('DELETE FROM alert_act WHERE agency = ? AND subject = ?');
    for (const { agency, subject } of this.#dirty.values()) {
      const entry = this.#of(agency).entries.get(subject);
      if (entry === undefined) erase.run(agency, subject);
      else put.run(agency, subject, JSON.stringify(entry));
    }
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    if (this.#saving === this.#dirty) this.#dirty = new Map();
    this.#saving = undefined;
  }

  /** The agencies whose rules were set since this was last asked. */
  takeRuled(): Set<string> {
    const ruled = new Set(this.#ruled);
    this.#ruled.clear();
    return ruled;
  }

  /** What was done with an alert. */
  of(agency: string, id: string): ActEntry | undefined {
    const acts = this.#agencies.get(agency);
    return acts === undefined ? undefined : entryAt({ get: (key) => acts.entries.get(key) }, ofAlert(id), this.#now());
  }

  /**
   * What was done last with any alert of the same kind and subject. Two daemons that heard a van's last words at
   * different times may call the same silence by different ids.
   */
  ofSame(agency: string, kindAndSubject: string): { id: string; entry: ActEntry } | undefined {
    const id = this.#agencies.get(agency)?.newest.get(kindAndSubject);
    const entry = id === undefined ? undefined : this.of(agency, id);
    return id === undefined || entry === undefined ? undefined : { id, entry };
  }

  muted(agency: string, vanId: string): VanMuted {
    const { muted = [], version = 0 } = this.#agencies.get(agency)?.entries.get(ofMuted(vanId)) ?? {};
    const now = this.#now();
    return { muted: muted.filter(({ until }) => until === undefined || until > now), version };
  }

  rules(agency: string): RulesSet {
    const acts = this.#agencies.get(agency);
    const { rules: history = [], version = 0 } = acts?.entries.get(ofRules) ?? {};
    return { rules: acts?.rules[0]?.rules ?? presetRules, settings: history.at(-1)?.settings ?? [], version };
  }

  rulesAt(agency: string, time: number): AlertRules {
    for (const { from, rules } of this.#agencies.get(agency)?.rules ?? []) if (from <= time) return rules;
    return presetRules;
  }

  count(agency: string, subject: string): number {
    const entries = this.#agencies.get(agency)?.entries;
    if (entries === undefined) return 0;
    return entryAt({ get: (key) => entries.get(key) }, subject as Subject, this.#now())?.version ?? 0;
  }

  #put(agency: string, subject: Subject, entry: ActEntry): void {
    const acts = this.#of(agency);
    acts.entries.set(subject, entry);
    if (subject === ofRules) {
      const history = (entry.rules ?? []).map(({ from, settings }) => ({ from, rules: rulesOf(settings) }));
      acts.rules = history.reverse();
    } else if (subject.startsWith('alert:')) {
      const id = subject.slice('alert:'.length);
      acts.newest.set(kindAndSubjectOf(id), id);
    }
  }

  #forget(): void {
    const now = this.#now();
    if (now - this.#forgotAt < forgetEvery) return;
    this.#forgotAt = now;
    for (const [agency, { entries, newest }] of this.#agencies) {
      for (const [subject, { time }] of entries) {
        // Later than it stops to count, since clocks of daemons differ.
        if (!subject.startsWith('alert:') || now - time <= 2 * actsKept) continue;
        entries.delete(subject);
        const id = subject.slice('alert:'.length);
        if (newest.get(kindAndSubjectOf(id)) === id) newest.delete(kindAndSubjectOf(id));
        this.#dirty.set(`${agency}/${subject}`, { agency, subject });
      }
    }
  }

  #of(agency: string): AgencyActs {
    let acts = this.#agencies.get(agency);
    if (acts === undefined) {
      acts = { entries: new Map(), newest: new Map(), rules: [] };
      this.#agencies.set(agency, acts);
    }
    return acts;
  }
}

/** An id without the time of its cause. */
export function kindAndSubjectOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'));
}
