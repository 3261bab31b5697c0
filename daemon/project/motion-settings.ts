import type { Database } from 'better-sqlite3';
import { type AgencyMotion, type MotionSettings, motionSettings } from '../../protocol/motion-settings.ts';
import type { LogRecord } from '../../protocol/record.ts';
import type { Agency } from '../../protocol/registry.ts';
import { ofEvent } from '../domain/subject.ts';
import type { Cursor } from '../log/log.ts';
import type { Projection } from './projection.ts';

/** What an agency has set, and since when (UTC ms), oldest first. */
interface History {
  /** of `agency:ID`, as the registry counts it: an event that expects another one was dropped */
  version: number;
  settings: { from: number; motion: AgencyMotion }[];
}

const defaults = motionSettings();

/**
 * What tells a moving van from a standing one, agency by agency and time by time. Settings hold for fixes from the time
 * of their event on, so that going through a trail again finds what was found before. Comes before the folds.
 */
export class MotionSettingsProjection implements Projection {
  readonly name = 'motion-settings';
  readonly version = 1;
  readonly topics = ['events'] as const;
  readonly #agencies = new Map<string, History>();
  /** as `motionSettings` makes them: asked for with every fix */
  readonly #whole = new Map<string, { from: number; settings: MotionSettings }[]>();
  readonly #listeners = new Set<(agency: string, from: number) => void>();
  readonly #dirty = new Set<string>();

  /** Those that hold for a fix of this time (UTC ms). */
  at(agency: string, time: number): MotionSettings {
    const whole = this.#whole.get(agency);
    if (whole === undefined) return defaults;
    for (let i = whole.length - 1; i >= 0; i--) {
      const one = whole[i];
      if (one !== undefined && one.from <= time) return one.settings;
    }
    return defaults;
  }

  /** Tells that other settings hold from a time on; returns an unsubscribe. */
  onChange(listener: (agency: string, from: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#whole.clear();
    this.#dirty.clear();
    db.exec('CREATE TABLE IF NOT EXISTS motion_settings (agency TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT');
    const rows = db.prepare<[], { agency: string; document: string }>('SELECT * FROM motion_settings').all();
    for (const { agency, document } of rows) this.#put(agency, JSON.parse(document) as History);
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS motion_settings');
  }

  apply(record: LogRecord): void {
    if (record.topic !== 'events') return;
    const { agency, value: event } = record;
    if (event.type !== 'agency-added' && event.type !== 'agency-changed') return;
    const history = this.#agencies.get(agency) ?? { version: 0, settings: [] };
    const subject = ofEvent('agency', agency);
    if (event.type === 'agency-added' && history.version > 0) return;
    if (event.expects.some((one) => one.subject === subject && one.version !== history.version)) return;
    const { motion = {} } = event.data.agency as Agency & { motion?: AgencyMotion };
    const version = history.version + 1;
    const same = JSON.stringify(history.settings.at(-1)?.motion ?? {}) === JSON.stringify(motion);
    const from = event.time;
    // The newest word holds from its time on, so one that reaches back replaces what came after it.
    const before = history.settings.filter((one) => one.from < from);
    this.#put(agency, { version, settings: same ? history.settings : [...before, { from, motion }] });
    this.#dirty.add(agency);
    if (!same) for (const listener of this.#listeners) listener(agency, from);
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare('INSERT OR REPLACE INTO motion_settings VALUES (?, ?)');
    for (const agency of this.#dirty) put.run(agency, JSON.stringify(this.#agencies.get(agency)));
    return cursor;
  }

  saved(): void {
    this.#dirty.clear();
  }

  #put(agency: string, history: History): void {
    this.#agencies.set(agency, history);
    this.#whole.set(
      agency,
      history.settings.map(({ from, motion }) => ({ from, settings: motionSettings(motion) })),
    );
  }
}
