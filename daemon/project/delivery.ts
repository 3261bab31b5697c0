import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Cursor } from '../log/log.ts';
import { Changes } from './changes.ts';
import type { Place } from './projection.ts';
import type { Reader } from './projection-file.ts';
import type { Change } from './world.ts';

/** Gives records to projections, each record to all of them before the next, and tells listeners what that changed. */
export class Delivery {
  readonly changes = new Changes();
  /** records a projection threw at and that are missing from its state */
  poisoned = 0;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  give(records: readonly LogRecord[], place: Place, readers: readonly Reader[]): void {
    for (const record of records) {
      this.changes.duplicate = false;
      for (const reader of readers) {
        if (!reader.topics.has(record.topic)) continue;
        try {
          reader.projection.apply(record, place, this.changes);
        } catch (error) {
          this.poisoned++;
          this.#logger.error(
            { err: error, projection: reader.projection.name, cursor: place.after, topic: record.topic },
            'a record was skipped by a projection',
          );
        }
      }
    }
  }

  /** Once per agency that was changed since the last time. */
  tell(cursor: Cursor): void {
    for (const change of this.changes.take(cursor)) {
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (error) {
          this.#logger.error({ err: error, agency: change.agency }, 'a listener to changes threw');
        }
      }
    }
  }
}
