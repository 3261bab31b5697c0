import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * How records lie in a row.
 *
 *   text  = line *( ",\n" line )              one line per record, so that `[` text `]` is one JSON array
 *   line  = "[" agency "," [ id "," ] value "]"
 *   body  = text | zstd(text)                 `packing` 0 | 1; 2: empty, the row stands for lost ones
 *   crc   = crc32( head body )
 *   head  = commit f64, time f64, records f64, records_before f64, bytes_before f64, topic u8, packing u8
 *
 * Numbers are little-endian; 64-bit floats hold every whole number here exactly.
 */
export interface Row {
  commit: number;
  time: number;
  records: number;
  recordsBefore: number;
  bytesBefore: number;
  packing: number;
  crc: number;
  body: Buffer;
}

export const packing = { plain: 0, zstd: 1, lost: 2 } as const;

/** Below this many bytes zstd costs more than it saves. */
const worthPacking = 512;
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** What one commit may unpack to; far above what is ever packed (a group is about 1 MB, a single append rarely more). */
const unpackLimit = { maxOutputLength: 1_073_741_824 };

export function pack(text: Uint8Array<ArrayBuffer>): { packing: number; body: Buffer } {
  const plain = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  if (plain.length >= worthPacking) {
    const body = zstdCompressSync(plain, fastest);
    if (body.length < plain.length) return { packing: packing.zstd, body };
  }
  return { packing: packing.plain, body: plain };
}

/** The text of a row as bytes. */
export function unpack(row: Row): Buffer {
  return row.packing === packing.zstd ? zstdDecompressSync(row.body, unpackLimit) : row.body;
}

const head = new DataView(new ArrayBuffer(42));
const headBytes = new Uint8Array(head.buffer);

export function rowCrc(topic: number, row: Omit<Row, 'crc'>): number {
  head.setFloat64(0, row.commit, true);
  head.setFloat64(8, row.time, true);
  head.setFloat64(16, row.records, true);
  head.setFloat64(24, row.recordsBefore, true);
  head.setFloat64(32, row.bytesBefore, true);
  head.setUint8(40, topic);
  head.setUint8(41, row.packing);
  return crc32(row.body, crc32(headBytes));
}

/** A row of a topic that keeps the newest value per key. `value` is JSON; null is a tombstone. */
export interface NewestRow {
  topic: number;
  key: string;
  commit: number;
  crc: number;
  value: string | null;
}

export function newestCrc(row: Omit<NewestRow, 'crc'>): number {
  return crc32(`${row.topic} ${row.commit} ${JSON.stringify(row.key)} ${row.value ?? ''}`);
}

/** `agency` or `agency/id`; an agency's id has no slash. */
export function newestKey(agency: string, id: string | undefined): string {
  return id === undefined ? agency : `${agency}/${id}`;
}

/** The line of a newest-only record, as in `text` above. */
export function newestLine(row: NewestRow): string {
  const slash = row.key.indexOf('/');
  const agency = slash < 0 ? row.key : row.key.slice(0, slash);
  const id = slash < 0 ? '' : `${JSON.stringify(row.key.slice(slash + 1))},`;
  return `[${JSON.stringify(agency)},${id}${row.value ?? 'null'}]`;
}

/** An entry of the table `meta`: its checksum, a space, its text. */
export function sealed(name: string, value: string): string {
  return `${crc32(`${name} ${value}`).toString(16).padStart(8, '0')} ${value}`;
}

/** The text of an entry; undefined when it is damaged. */
export function unsealed(name: string, stored: unknown): string | undefined {
  if (typeof stored !== 'string') return undefined;
  const value = stored.slice(9);
  return sealed(name, value) === stored ? value : undefined;
}
