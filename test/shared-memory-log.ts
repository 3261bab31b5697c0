import { setImmediate } from 'node:timers/promises';
import type { Log, LogBatch } from '../daemon/log/log.ts';
import { MemoryLog } from '../daemon/log/memory.ts';
import type { SharedLog } from './race-rounds.ts';
import { seededRandom } from './random.ts';

/**
 * For tests: a log in memory that two daemons share over networks of their own: what each sends, and what it is told, comes late
 * by a random number of turns of the event loop, in order. `shuffles`: a log that breaks its promise and gives a daemon
 * its own records before those of others.
 */
export function sharedMemoryLog(seed: number, { shuffles = false } = {}): SharedLog {
  const log = new MemoryLog();
  const random = seededRandom(seed);
  /** Does things in order, each after a wait of up to `most` turns. */
  const slowly = (most: number) => {
    let last = Promise.resolve();
    return (step: () => void) => {
      const turns = Math.floor(random() * most);
      last = last.then(() => turnsOf(turns)).then(step);
    };
  };
  return {
    open: async () => {
      await log.start();
      const [send, receive] = [slowly(8), slowly(24)];
      const own = new Set<unknown>();
      const way: Log = {
        start: async () => {},
        stop: async () => {},
        append: (records, settled) => {
          for (const record of records) own.add(record);
          send(() => log.append(records, settled));
        },
        read: (...range) => log.read(...range),
        tail: (from, handler) => {
          let held: LogBatch | undefined;
          const pass = (batch: LogBatch) => receive(() => handler(batch));
          return log.tail(from, (batch) => {
            const foreign = !batch.records.some((record) => own.has(record));
            if (!shuffles || held !== undefined || !foreign) {
              pass(batch);
              if (held !== undefined) pass({ ...held, cursor: batch.cursor });
              held = undefined;
              return;
            }
            held = batch;
            void turnsOf(40).then(() => {
              if (held === batch) pass(batch);
              if (held === batch) held = undefined;
            });
          });
        },
        head: () => log.head(),
        covers: (cursor, other) => log.covers(cursor, other),
        waitingBytes: () => log.waitingBytes(),
        status: () => log.status(),
      };
      return way;
    },
    close: () => log.stop(),
  };
}

async function turnsOf(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
}
