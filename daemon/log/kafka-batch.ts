import { promisify } from 'node:util';
import { gunzipSync, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { crc32c, Reader, sizeOfVarint, Writer } from './kafka-bytes.ts';
import type { Batch, Message, ProducerId, Received } from './kafka-wire.ts';

/**
 * A batch as it lies in Kafka's log, message format 2 (https://kafka.apache.org/documentation/#messageformat):
 *
 *   batch   = offset:8 length:4 leaderEpoch:4 magic:1 crc:4 attributes:2 lastDelta:4 firstTime:8 maxTime:8
 *             producer:8 producerEpoch:2 sequence:4 count:4 records
 *   record  = length attributes:1 timeDelta offsetDelta key value headers      lengths, deltas, counts are varints
 *   key     = length bytes, -1 for none; so are the value, and name and value of each header
 *
 * `length` counts what follows it, `crc` covers what follows it; the lowest bits of `attributes` say how the records are
 * packed. kafkajs can do all this, at a tenth of the speed.
 */
const magic = 2;
const controlBit = 0x20;
const packing = { none: 0, gzip: 1, zstd: 4 };
/** from `attributes` on, before the records */
const covered = 40;
/** before `attributes` */
const front = 21;
/** Bytes that are packed in another thread: for fewer, going there takes longer than packing. */
const manyBytes = 32_768;

/** Writes a batch; the same batch gives the same bytes. */
export async function encodeBatch({ sequence, time, messages }: Batch, producer: ProducerId): Promise<Buffer> {
  const plain = encodeRecords(messages);
  const packed = plain.length < manyBytes ? zstdCompressSync(plain) : await promisify(zstdCompress)(plain);
  const rest = new Writer(covered + packed.length)
    .int16(packing.zstd)
    .int32(messages.length - 1)
    .int64(time)
    .int64(time)
    .int64(producer.id)
    .int16(producer.epoch)
    .int32(sequence)
    .int32(messages.length)
    .raw(packed)
    .done();
  return new Writer(front + rest.length)
    .int64(0)
    .int32(front - 12 + rest.length)
    .int32(-1)
    .int8(magic)
    .int32(crc32c(rest))
    .raw(rest)
    .done();
}

function encodeRecords(messages: readonly Message[]): Buffer {
  const out = new Writer(256 * messages.length);
  for (const [delta, { key, value, headers }] of messages.entries()) {
    const keyBytes = Buffer.byteLength(key);
    const valueBytes = value === null ? -1 : Buffer.byteLength(value);
    const names = Object.keys(headers);
    let size = 2 + sizeOfVarint(delta) + sizeOfVarint(keyBytes) + keyBytes + sizeOfVarint(valueBytes);
    size += Math.max(0, valueBytes) + sizeOfVarint(names.length);
    const sizes: number[] = [];
    for (const name of names) {
      const pair = [Buffer.byteLength(name), Buffer.byteLength(headers[name] ?? '')] as const;
      sizes.push(...pair);
      size += sizeOfVarint(pair[0]) + pair[0] + sizeOfVarint(pair[1]) + pair[1];
    }
    out.varint(size).int8(0).varint(0).varint(delta).varint(keyBytes).text(key, keyBytes).varint(valueBytes);
    if (value !== null) out.text(value, valueBytes);
    out.varint(names.length);
    for (const [i, name] of names.entries()) {
      const [nameBytes, textBytes] = [sizes[2 * i] ?? 0, sizes[2 * i + 1] ?? 0];
      out
        .varint(nameBytes)
        .text(name, nameBytes)
        .varint(textBytes)
        .text(headers[name] ?? '', textBytes);
    }
  }
  return out.done();
}

/**
 * Reads the batches of an answer; the last may be cut off, and is left out then. `after` is the offset behind the last one.
 * A batch that cannot be read gives one message that says so.
 */
export function decodeBatches(bytes: Buffer): { messages: Received[]; after: number | undefined } {
  const messages: Received[] = [];
  const at = new Reader(bytes);
  let after: number | undefined;
  while (at.left >= front + covered) {
    const offset = at.int64();
    const length = at.int32();
    if (at.left < length) break;
    const end = at.at + length;
    after = offset + bytes.readInt32BE(at.at + 11) + 1;
    try {
      decodeBatch(new Reader(at.take(length)), offset, messages);
    } catch (error) {
      const unreadable = `its batch cannot be read: ${(error as Error).message}`;
      messages.push({ offset, key: null, value: null, headers: {}, unreadable });
    }
    at.at = end;
  }
  return { messages, after };
}

function decodeBatch(at: Reader, first: number, messages: Received[]): void {
  at.skip(4);
  const format = at.int8();
  if (format !== magic) throw new Error(`message format ${format}`);
  if (at.int32() !== crc32c(at.bytes.subarray(at.at))) throw new Error('its checksum is wrong');
  const attributes = at.int16();
  at.skip(34);
  const count = at.int32();
  if ((attributes & controlBit) !== 0) return;
  const records = new Reader(unpack(at.take(at.left), attributes & 7));
  const read: Received[] = [];
  for (let i = 0; i < count; i++) read.push(decodeRecord(records, first));
  messages.push(...read);
}

function unpack(bytes: Buffer, kind: number): Buffer {
  if (kind === packing.zstd) return zstdDecompressSync(bytes);
  if (kind === packing.none) return bytes;
  if (kind === packing.gzip) return gunzipSync(bytes);
  throw new Error('it is packed with snappy or lz4; set compression.type=zstd for the topic');
}

function decodeRecord(at: Reader, first: number): Received {
  const length = at.varint();
  const end = at.at + length;
  at.skip(1);
  at.skipVarlong();
  const offset = first + at.varint();
  const key = at.nullable();
  const value = at.nullable();
  const headers: Received['headers'] = {};
  for (let count = at.varint(); count > 0; count--) {
    const name = at.nullable()?.toString() ?? '';
    // Of one that comes twice the last counts, as with `lastHeader` of Kafka's own client.
    headers[name] = at.nullable() ?? undefined;
  }
  at.at = end;
  return { offset, key, value, headers };
}
