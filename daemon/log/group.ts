import { isAscii } from 'node:buffer';
import { type LogRecord, newestOnly, type Topic } from '../../protocol/record.ts';
import type { LogError } from './log.ts';
import { newestKey } from './row.ts';
import type { CommitRequest, NewestPart } from './writer-messages.ts';

/** One call of `append`. */
export interface Call {
  settled: (error?: LogError) => void;
  /** decided already: nothing of this call is to be written */
  error?: LogError;
}

/**
 * The appends that will become durable with one commit. This is the hot path: each record is written as JSON once, on
 * to the end of its topic's text (`row.ts` has the grammar), and the texts go to the writer thread as they are.
 */
export class Group {
  readonly records: LogRecord[] = [];
  readonly calls: Call[] = [];
  readonly newest: NewestPart[] = [];
  readonly kept = new Map<Topic, { records: number; text: string }>();
  /** about what it takes in memory: one byte a character */
  bytes = 0;

  /** Adds the records of one call. Throws, with nothing added, when one of them cannot be written as JSON. */
  add(records: readonly LogRecord[], call: Call): void {
    const lines = records.map((record) => lineOf(record));
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      const line = lines[i];
      if (record === undefined || line === undefined) continue;
      this.records.push(record);
      this.bytes += line.length;
      if (newestOnly.has(record.topic)) {
        const value = record.value === null ? null : line;
        this.newest.push({ topic: record.topic, key: newestKey(record.agency, record.id), value });
        continue;
      }
      const part = this.kept.get(record.topic);
      if (part === undefined) this.kept.set(record.topic, { records: 1, text: line });
      else {
        part.records++;
        part.text += `,\n${line}`;
      }
    }
    this.calls.push(call);
  }

  request(time: number): CommitRequest {
    const kept = [...this.kept].map(([topic, part]) => ({ topic, ...part }));
    return { kind: 'commit', time, kept, newest: this.newest };
  }
}

/** Agency ids as JSON; there are few, and each record has one. */
const quoted = new Map<string, string>();
const mostQuoted = 10_000;

function quote(agency: string): string {
  let text = quoted.get(agency);
  if (text === undefined) {
    text = JSON.stringify(agency);
    if (quoted.size >= mostQuoted) quoted.clear();
    quoted.set(agency, text);
  }
  return text;
}

/** The line of a kept record; of a newest-only one the JSON of its value. */
function lineOf(record: LogRecord): string {
  const value = JSON.stringify(record.value);
  if (value === undefined) throw new TypeError(`a record of ${record.topic} has no value`);
  if (newestOnly.has(record.topic)) return value;
  const id = record.id === undefined ? '' : `${JSON.stringify(record.id)},`;
  return `[${quote(record.agency)},${id}${value}]`;
}

/** The records of a run that was read (`writer-messages.ts`: Page). */
export function recordsOf(topic: Topic, json: Uint8Array<ArrayBuffer>): LogRecord[] {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  // Positions are ASCII as a rule; taking it as Latin-1 then saves the decoding.
  const text = isAscii(bytes) ? bytes.toString('latin1') : bytes.toString();
  const lines = JSON.parse(text) as ([string, unknown] | [string, string, unknown])[];
  return lines.map((line) => {
    const record =
      line.length === 2
        ? { topic, agency: line[0], value: line[1] }
        : { topic, agency: line[0], id: line[1], value: line[2] };
    // What is in the log was checked when it entered, and its checksum says that it is the same.
    return record as LogRecord;
  });
}
