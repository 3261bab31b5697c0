import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBatches, encodeBatch } from './kafka-batch.ts';
import { crc32c } from './kafka-bytes.ts';
import type { Batch, Message } from './kafka-wire.ts';

const producer = { id: 4_000_000_000, epoch: 3 };
const message = (i: number): Message => ({
  key: `agency-${i}/गीता`,
  value: i % 7 === 0 ? null : JSON.stringify({ i, text: 'x'.repeat(i % 300), hindi: 'गैस 🛵' }),
  headers: { agency: `agency-${i}`, id: 'गीता', empty: '' },
});
const batchOf = (count: number): Batch => ({
  part: 0,
  sequence: 70_000,
  time: 1_764_000_000_000,
  messages: Array.from({ length: count }, (_, i) => message(i)),
});
/** As the broker stores it: with the offset of its first record. */
const at = (offset: number, bytes: Buffer) => {
  const stored = Buffer.from(bytes);
  stored.writeBigInt64BE(BigInt(offset));
  return stored;
};
const asSent = (messages: ReturnType<typeof decodeBatches>['messages']) =>
  messages.map(({ key, value, headers }) => ({
    key: key?.toString(),
    value: value?.toString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text?.toString()])),
  }));
/** Makes the checksum right again after something behind it was changed. */
const resealed = (bytes: Buffer) => {
  bytes.writeInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
};

describe('a batch of records', () => {
  it.each([1, 2, 63, 64, 1000])('of %i comes back as it was, with its offsets', async (count) => {
    const batch = batchOf(count);
    const { messages, after } = decodeBatches(at(9_000_000_000, await encodeBatch(batch, producer)));
    expect(asSent(messages)).toEqual(batch.messages);
    expect(messages.map(({ offset }) => offset)).toEqual(batch.messages.map((_, i) => 9_000_000_000 + i));
    expect(after).toBe(9_000_000_000 + count);
  });

  it('is the same to the last byte when it is written again', async () => {
    const batch = batchOf(1000);
    expect(await encodeBatch(batch, producer)).toEqual(await encodeBatch(batch, producer));
  });

  it('has the checksum that Kafka wants', () => {
    // RFC 3720, B.4
    expect(crc32c(Buffer.alloc(32)) >>> 0).toBe(0x8a91_36aa);
    expect(crc32c(Buffer.alloc(32, 0xff)) >>> 0).toBe(0x62a8_ab43);
    expect(crc32c(Buffer.from('123456789')) >>> 0).toBe(0xe306_9283);
  });

  it('may be cut off at the end of an answer, anywhere', async () => {
    const [one, two] = [at(0, await encodeBatch(batchOf(3), producer)), at(3, await encodeBatch(batchOf(2), producer))];
    const both = Buffer.concat([one, two]);
    expect(decodeBatches(both)).toMatchObject({ after: 5, messages: Array(5).fill({}) });
    for (let end = one.length; end < both.length; end++) {
      expect(decodeBatches(both.subarray(0, end))).toMatchObject({ after: 3, messages: Array(3).fill({}) });
    }
    for (let end = 0; end < one.length; end++) {
      expect(decodeBatches(both.subarray(0, end))).toEqual({ after: undefined, messages: [] });
    }
  });

  it('says so when it is damaged, and the next is read', async () => {
    const one = at(5, await encodeBatch(batchOf(3), producer));
    const two = at(8, await encodeBatch(batchOf(1), producer));
    for (const place of [17, 21, 40, 60, one.length - 1]) {
      const damaged = Buffer.from(one);
      damaged.writeUInt8(damaged.readUInt8(place) ^ 0x40, place);
      const { messages, after } = decodeBatches(Buffer.concat([damaged, two]));
      expect(
        messages.map(({ offset, unreadable }) => [offset, unreadable]),
        String(place),
      ).toEqual([
        [5, 'its batch cannot be read: its checksum is wrong'],
        [8, undefined],
      ]);
      expect(after).toBe(9);
    }
  });

  it.each([
    ['packed with snappy', 2, /snappy or lz4/],
    ['packed with lz4', 3, /snappy or lz4/],
    ['packed with something unknown', 7, /snappy or lz4/],
    ['said to be plain and packed', 0, /cannot be read/],
    ['said to be gzip and zstd', 1, /cannot be read/],
  ])('is named when it is %s', async (_what, kind, reason) => {
    const bytes = at(0, await encodeBatch(batchOf(2), producer));
    bytes.writeInt16BE(kind, 21);
    const { messages, after } = decodeBatches(resealed(bytes));
    expect(messages).toHaveLength(1);
    expect(messages[0]?.unreadable).toMatch(reason);
    expect(after).toBe(2);
  });

  it('of another program may be plain, or packed with gzip', async () => {
    // One record, by hand: length 9, no attributes, deltas 0, key "k", value "v", no headers.
    const record = Buffer.from([18, 0, 0, 0, 2, 0x6b, 2, 0x76, 0, 0]).subarray(0, 9);
    record[0] = 16;
    for (const [kind, body] of [
      [0, record],
      [1, gzipSync(record)],
    ] as const) {
      const made = await encodeBatch({ ...batchOf(1) }, producer);
      const bytes = Buffer.concat([made.subarray(0, 61), body]);
      bytes.writeInt32BE(bytes.length - 12, 8);
      bytes.writeInt16BE(kind, 21);
      const { messages } = decodeBatches(resealed(bytes));
      expect(asSent(messages)).toEqual([{ key: 'k', value: 'v', headers: {} }]);
    }
  });

  it('that only marks the end of a transaction has no records', async () => {
    const bytes = at(4, await encodeBatch(batchOf(1), producer));
    bytes.writeInt16BE(4 | 0x20, 21);
    expect(decodeBatches(resealed(bytes))).toEqual({ messages: [], after: 5 });
  });
});
