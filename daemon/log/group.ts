import { isAscii } from 'node:buffer';
import { type LogRecord, newestOnly, type Topic } from '../../protocol/record.ts';
import { jsonOf, Lines } from './lines.ts';
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
 * to the end of its topic's lines, and those go to the writer thread as they are.
 */
export class Group {
  readonly records: LogRecord[] = [];
  readonly calls: Call[] = [];
  readonly newest = new Map<Topic, NewestPart>();
  readonly kept = new Map<Topic, Lines>();
  /** about what it takes in memory */
  bytes = 0;
  readonly #room: number;

  /** `room`: bytes its positions are expected to take */
  constructor(room = leastRoom) {
    this.#room = Math.max(room, leastRoom);
  }

  /** Adds the records of one call. Throws, with nothing added, when one of them cannot be written as JSON. */
  add(records: readonly LogRecord[], call: Call): void {
    const { bytes } = this;
    const count = this.records.length;
    // A single record is added wholly or not at all by itself.
    const before =
      records.length === 1
        ? undefined
        : {
            kept: [...this.kept.values()].map((lines) => ({ lines, records: lines.records, length: lines.length })),
            newest: new Map(Array.from(this.newest.values(), (part) => [part, part.keys.length])),
          };
    try {
      for (const record of records) this.#add(record);
    } catch (error) {
      this.bytes = bytes;
      this.records.length = count;
      if (before !== undefined) {
        for (const lines of this.kept.values()) lines.shorten(0, 0);
        for (const { lines, records, length } of before.kept) lines.shorten(records, length);
        for (const part of this.newest.values()) shorten(part, before.newest.get(part) ?? 0);
      }
      throw error;
    }
    this.calls.push(call);
  }

  #add(record: LogRecord): void {
    const { topic } = record;
    if (newestOnly.has(topic)) {
      const value = jsonOf(record);
      this.bytes += value.length;
      let part = this.newest.get(topic);
      if (part === undefined) {
        part = { topic, keys: [], values: [] };
        this.newest.set(topic, part);
      }
      part.keys.push(newestKey(record.agency, record.id));
      part.values.push(record.value === null ? null : value);
    } else {
      let lines = this.kept.get(topic);
      if (lines === undefined) {
        lines = new Lines(topic === 'positions' ? this.#room : leastRoom);
        this.kept.set(topic, lines);
      }
      const { length } = lines;
      lines.add(record);
      this.bytes += lines.length - length;
    }
    this.records.push(record);
  }

  request(time: number): CommitRequest {
    const kept = [];
    for (const [topic, lines] of this.kept) {
      if (lines.records > 0) kept.push({ topic, records: lines.records, text: lines.bytes() });
    }
    return { kind: 'commit', time, kept, newest: [...this.newest.values()] };
  }
}

function shorten(part: NewestPart, length: number): void {
  part.keys.length = length;
  part.values.length = length;
}

/** Bytes for the lines of a quiet moment. */
const leastRoom = 1024;

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
