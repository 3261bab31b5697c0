import type { LogRecord, Topic } from '../../protocol/record.ts';
import type { Cursor, Log, LogError } from './log.ts';

/** For tests of a log: records that can be told apart, and ways to write and read them. */
const firstTime = 1_764_000_000_000;

/** A position whose `fixTime` tells it from others. */
export function position(number: number, agency = 'demo'): LogRecord {
  return {
    topic: 'positions',
    agency,
    value: {
      device: `van-${number % 7}`,
      fixTime: firstTime + number,
      receivedAt: firstTime + 500 + number,
      latitude: 21.145 + (number % 1000) / 1e6,
      longitude: 79.08,
      speed: 31.5,
    },
  };
}

export function event(number: number, agency = 'demo'): LogRecord {
  return {
    topic: 'events',
    agency,
    value: {
      id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      time: firstTime + number,
      actor: 'ADMIN:test',
      type: 'van-added',
      expects: [],
      data: { id: `van-${number}`, name: `Van ${number}`, kind: 'van' },
    },
  };
}

export function person(id: string, name: string | null, agency = 'demo'): LogRecord {
  const value = name === null ? null : { id, name, version: 1 };
  return { topic: 'people', agency, id, value } as LogRecord;
}

/** Appends and waits until it is settled. */
export function appended(log: Log, ...records: LogRecord[]): Promise<LogError | undefined> {
  return new Promise((resolve) => log.append(records, resolve));
}

export async function all(log: Log, from: Cursor | null = null, topics?: readonly Topic[]): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of log.read(from, topics)) records.push(...batch.records);
  return records;
}

/** Waits for the next turn of the event loop until `condition` holds; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The number a position was made from. */
export function numberOf(record: LogRecord): number {
  return (record.value as { fixTime: number }).fixTime - firstTime;
}
