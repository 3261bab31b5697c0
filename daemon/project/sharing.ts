import type { Database } from 'better-sqlite3';
import { consumerOfDevice, type Sharing } from '../../protocol/order.ts';
import type { LogRecord } from '../../protocol/record.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { afterSharing, isSharingEvent, ofSharing, type SharingEntry, type SharingEvent } from '../domain/sharing.ts';
import type { SharingView } from '../domain/sharing-view.ts';
import type { Cursor } from '../log/log.ts';
import type { ChangeCollector, Place, Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/**
 * Which consumers share their location, and until when. Their positions are those of a device of their own
 * (`consumer:ID`), so that trails and live state treat them as all others. It comes after the registry and the trails.
 */
export class SharingProjection implements Projection, SharingView {
  readonly name = 'sharing';
  readonly version = 1;
  readonly topics = ['events', 'positions'] as const;
  readonly #registry: Pick<RegistryView, 'consumer'>;
  readonly #verdicts: Pick<Verdicts, 'take'>;
  readonly #agencies = new Map<string, Map<string, SharingEntry>>();
  #dirty: { agency: string; consumerId: string }[] = [];
  #saving = 0;

  constructor(deps: { registry: Pick<RegistryView, 'consumer'>; verdicts: Pick<Verdicts, 'take'> }) {
    this.#registry = deps.registry;
    this.#verdicts = deps.verdicts;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#dirty = [];
    db.exec(`CREATE TABLE IF NOT EXISTS sharing (
      agency TEXT NOT NULL, consumer TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, consumer)
    ) STRICT, WITHOUT ROWID`);
    const rows = db.prepare<[], [string, string, string]>('SELECT agency, consumer, document FROM sharing').raw();
    for (const [agency, consumer, document] of rows.iterate()) {
      this.#of(agency).set(consumer, JSON.parse(document) as SharingEntry);
    }
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS sharing');
  }

  apply(record: LogRecord, _place: Place, changes: ChangeCollector): void {
    const { agency } = record;
    if (record.topic === 'positions') {
      const consumerId = consumerOfDevice(record.value.device);
      if (consumerId !== undefined && !changes.duplicate) changes.consumer(agency, consumerId);
    } else if (record.topic === 'events' && isSharingEvent(record.value)) {
      this.#shared(agency, record.value, changes);
    } else if (record.topic === 'events' && record.value.type === 'consumer-removed') {
      const { id } = record.value.data;
      const entry = this.#of(agency).get(id);
      // The registry has decided before us whether the consumer is gone. The count of versions goes on.
      if (entry === undefined || this.#registry.consumer(agency, id) !== undefined) return;
      this.#put(agency, id, { version: entry.version });
    }
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare('INSERT OR REPLACE INTO sharing VALUES (?, ?, ?)');
    for (const { agency, consumerId } of this.#dirty) {
      put.run(agency, consumerId, JSON.stringify(this.#of(agency).get(consumerId)));
    }
    this.#saving = this.#dirty.length;
    return cursor;
  }

  saved(): void {
    this.#dirty.splice(0, this.#saving);
    this.#saving = 0;
  }

  of(agency: string, consumerId: string): Sharing | undefined {
    return this.#agencies.get(agency)?.get(consumerId)?.sharing;
  }

  *ended(agency: string, since: number, until: number): Generator<string> {
    for (const [consumerId, { sharing }] of this.#agencies.get(agency) ?? []) {
      if (sharing !== undefined && sharing.until > since && sharing.until <= until) yield consumerId;
    }
  }

  count(agency: string, subject: string): number {
    if (!subject.startsWith(ofSharing(''))) return 0;
    return this.#agencies.get(agency)?.get(subject.slice(ofSharing('').length))?.version ?? 0;
  }

  #shared(agency: string, event: SharingEvent, changes: ChangeCollector): void {
    const { consumerId } = event.data;
    const next = afterSharing(this.#of(agency).get(consumerId), event);
    if (typeof next === 'object' && 'version' in next) {
      this.#put(agency, consumerId, next);
      changes.consumer(agency, consumerId);
      this.#verdicts.take(agency, event, 'applied');
    } else this.#verdicts.take(agency, event, next);
  }

  #put(agency: string, consumerId: string, entry: SharingEntry): void {
    this.#of(agency).set(consumerId, entry);
    this.#dirty.push({ agency, consumerId });
  }

  #of(agency: string): Map<string, SharingEntry> {
    let entries = this.#agencies.get(agency);
    if (entries === undefined) {
      entries = new Map();
      this.#agencies.set(agency, entries);
    }
    return entries;
  }
}
