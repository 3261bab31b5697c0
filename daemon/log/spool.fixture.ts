import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { folderForTest, silent } from './embedded.fixture.ts';
import { numberOf } from './log.fixture.ts';
import type { Cursor, Log } from './log.ts';
import { MemoryBrokers, MemoryRemote } from './memory-remote.ts';
import { SpooledLog, type SpooledLogDeps } from './spool.ts';

/** For tests: a daemon's spooled log on shared brokers in memory, and what may happen to it. */
export interface SpoolUnderTest {
  log: SpooledLog;
  remote: MemoryRemote;
}

export type SpoolOptions = Partial<Omit<SpooledLogDeps, 'folder' | 'remote'>> & {
  /** no broker answers from the start */
  cut?: boolean;
  /** before it is started */
  prepare?: (remote: MemoryRemote) => void;
};

/** A spooled log in `folder`, not started. Its shared log is made by `start`. */
export function makeSpool(brokers: MemoryBrokers, folder: string, options: SpoolOptions = {}): SpoolUnderTest {
  const { cut = false, prepare, ...deps } = options;
  let made: MemoryRemote | undefined;
  const log = new SpooledLog({
    folder,
    daemon: 'one',
    saved: () => [],
    logger: silent,
    gatherMs: 0,
    ...deps,
    remote: (origin) => {
      const { now } = deps;
      made = new MemoryRemote({ brokers, origin, ...(now === undefined ? {} : { now }) });
      if (cut) made.cut();
      prepare?.(made);
      return made;
    },
  });
  return {
    log,
    get remote() {
      if (made === undefined) throw new Error('the log is not started');
      return made;
    },
  };
}

export async function openSpool(
  brokers: MemoryBrokers,
  folder: string,
  options: SpoolOptions = {},
): Promise<SpoolUnderTest> {
  const spool = makeSpool(brokers, folder, options);
  await spool.log.start();
  return spool;
}

/** A folder for the spools of a test, and brokers for all of them. */
export async function spoolsForTest(): Promise<{
  brokers: MemoryBrokers;
  folder: (name: string) => string;
  remove: () => Promise<void>;
}> {
  const { folder, remove } = await folderForTest();
  return { brokers: new MemoryBrokers(), folder: (name) => join(folder, name), remove };
}

/** The newest place of a log that is not empty. */
export function headOf(log: Log): Cursor {
  const head = log.head();
  if (head === null) throw new Error('the log is empty');
  return head;
}

/**
 * What `kill -9` leaves: the folder as it is on the disk at this moment, under another name; the log that had it open can
 * no longer do anything to the brokers, and is closed.
 */
export async function killed({ log, remote }: SpoolUnderTest, folder: string, copy: string): Promise<void> {
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  remote.kill();
  await log.stop();
}

/** How often a reader was given each position, by its number, and where it stands. */
export class Seen {
  readonly counts = new Map<number, number>();
  cursor: Cursor | null = null;

  /** Tails a log from where this reader stands. */
  follow(log: Log): Promise<() => void> {
    return log.tail(this.cursor, ({ cursor, records }) => {
      this.cursor = cursor;
      for (const record of records) {
        if (record.topic !== 'positions') continue;
        const number = numberOf(record);
        this.counts.set(number, (this.counts.get(number) ?? 0) + 1);
      }
    });
  }

  has(count: number): boolean {
    return this.counts.size >= count;
  }

  /** The numbers in order, each as often as it was given. */
  get numbers(): number[] {
    return [...this.counts].flatMap(([number, times]) => Array<number>(times).fill(number)).sort((a, b) => a - b);
  }
}

/** `count` numbers from `first` on. */
export const numbersFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);
