import { crc32 } from 'node:zlib';
import { type Cursor, UnknownCursor } from './log.ts';

/**
 * A place in a log of many partitions: where to read on in each, and how far each daemon's spool has been seen there.
 *
 *   cursor  = "k" epoch "." crc "." topic *( "_" topic ) *( "." spool )
 *   topic   = offset *( "-" offset )                     by partition
 *   spool   = daemon "~" mark *( "~" mark )
 *   mark    = part "_" sequence                          the greatest sequence had of that daemon in that part
 *
 * `epoch` is made of the ids Kafka gave the topics: a topic that was deleted and made again has another one. Numbers are
 * in base 36, `daemon` is base64url, `crc` covers epoch and all that follows it. Letters, digits and `. _ ~ -`: safe in URLs.
 */
export interface Place {
  offsets: readonly number[];
  marks: Marks;
}

/** By daemon: the greatest sequence by part. */
export type Marks = ReadonlyMap<string, ReadonlyMap<number, number>>;

export const noMarks: Marks = new Map();

/** Partitions of each topic, in order. */
export type Shape = readonly number[];

export function cursorText(epoch: string, shape: Shape, { offsets, marks }: Place): Cursor {
  let part = 0;
  let body = '';
  for (const [topic, partitions] of shape.entries()) {
    if (topic > 0) body += '_';
    for (let i = 0; i < partitions; i++) body += `${i === 0 ? '' : '-'}${(offsets[part++] ?? 0).toString(36)}`;
  }
  for (const [daemon, sequences] of marks) {
    body += `.${Buffer.from(daemon).toString('base64url')}`;
    for (const [of, sequence] of sequences) body += `~${nameOf(of, shape)}_${sequence.toString(36)}`;
  }
  return `k${epoch}.${sum(epoch, body)}.${body}`;
}

/** Throws UnknownCursor for a text this log did not make. Partitions that were added since begin at 0. */
export function placeOf(cursor: Cursor, epoch: string, shape: Shape): Place {
  const [, name, crc, body] = /^k([a-z0-9]+)\.([a-z0-9]+)\.([A-Za-z0-9._~-]+)$/.exec(cursor) ?? [];
  if (name === undefined || body === undefined || crc !== sum(name, body)) {
    throw new UnknownCursor('this is no cursor of this log');
  }
  if (name !== epoch) throw new UnknownCursor('the cursor was made by another log');
  const [places = '', ...spools] = body.split('.');
  const topics = places.split('_').map((topic) => topic.split('-').map((digits) => Number.parseInt(digits, 36)));
  const offsets = shape.flatMap((partitions, topic) =>
    Array.from({ length: partitions }, (_, i) => topics[topic]?.[i] ?? 0),
  );
  const marks = new Map(
    spools.map((spool) => {
      const [daemon = '', ...entries] = spool.split('~');
      return [Buffer.from(daemon, 'base64url').toString(), new Map(entries.map((entry) => markOf(entry, shape)))];
    }),
  );
  return { offsets, marks };
}

const sum = (epoch: string, body: string) => crc32(`${epoch}.${body}`).toString(36);

/** A part by topic and partition, so that it stays itself when another topic gets more partitions. */
function nameOf(part: number, shape: Shape): string {
  let rest = part;
  let topic = 0;
  for (; rest >= (shape[topic] ?? 0) && topic < shape.length; topic++) rest -= shape[topic] ?? 0;
  return `${topic.toString(36)}_${rest.toString(36)}`;
}

function markOf(entry: string, shape: Shape): [number, number] {
  const [topic = 0, partition = 0, sequence = 0] = entry.split('_').map((digits) => Number.parseInt(digits, 36));
  const before = shape.slice(0, topic).reduce((all, partitions) => all + partitions, 0);
  return [before + partition, sequence];
}

/** Whether everything before `other` lies before `place`. */
export function coversPlace(place: readonly number[], other: readonly number[]): boolean {
  return other.every((offset, part) => offset <= (place[part] ?? 0));
}
