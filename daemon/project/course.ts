import type { LogRecord } from '../../protocol/record.ts';
import type { Decision } from '../domain/decision.ts';

/** A command that is with the log. */
export interface Course {
  records: readonly LogRecord[];
  afterwards: readonly LogRecord[];
  event: Extract<LogRecord, { topic: 'events' }> | undefined;
  makesKey: boolean;
  /** its caller has been told that it is undecided */
  late: boolean;
}

/** The way before a command that was decided. */
export function courseOf({ records, afterwards = [] }: Decision<unknown>): Course {
  const event = records.find((record) => record.topic === 'events');
  const makesKey = [...records, ...afterwards].some(({ topic, value }) => topic === 'accounts' && value !== null);
  return { records, afterwards, event, makesKey, late: false };
}

/** The subjects that nobody else of this daemon may decide on meanwhile. User names are one space for all agencies. */
export function holds(records: readonly LogRecord[]): string[] {
  const held = new Set<string>();
  for (const record of records) {
    if (record.topic === 'events') {
      for (const { subject } of record.value.expects) {
        held.add(subject.startsWith('username:') ? subject : `${record.agency}/${subject}`);
      }
    } else if (record.id !== undefined) {
      held.add(`${record.agency}/${record.topic === 'people' ? `consumer:${record.id}` : record.id}`);
    }
  }
  return [...held];
}
