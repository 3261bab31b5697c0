import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { FrameGuard, UnfinishedBytes } from './frame-guard.ts';

const limits = { beforeConnect: 16_384, afterConnect: 262_144 };
const connect = generate({ cmd: 'connect', clientId: 'van', username: 'van-7', password: Buffer.from('key') });
const publish = (size: number) =>
  generate({
    cmd: 'publish',
    topic: 'vantrail/van-7/position',
    payload: Buffer.alloc(size),
    qos: 1,
    messageId: 7,
    dup: false,
    retain: false,
  });
const ping = generate({ cmd: 'pingreq' });

function guard(budget = 1_000_000) {
  const before = new UnfinishedBytes(budget);
  const after = new UnfinishedBytes(budget);
  return { guard: new FrameGuard(limits, before, after), before, after };
}

function connected(budget?: number) {
  const made = guard(budget);
  expect(made.guard.inspect(connect)).toBeUndefined();
  made.guard.accept();
  return made;
}

/** A fixed header with any remaining length. */
function header(type: number, length: number): Buffer {
  const bytes = [type << 4];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

describe('FrameGuard', () => {
  it('lets an ordinary stream pass however it is cut into chunks, and holds nothing at its end', () => {
    const stream = Buffer.concat([connect, publish(10), ping, publish(0), publish(200), publish(16_000), ping]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const { guard: one, before, after } = guard();
        let at = 0;
        for (let i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          expect(one.inspect(stream.subarray(at, at + size))).toBeUndefined();
          at += size;
          if (at >= connect.length) one.accept();
          expect(before.held + after.held).toBeLessThanOrEqual(16_100);
        }
        expect(before.held + after.held).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('cuts at the header, before any of an oversized packet has been gathered', () => {
    expect(guard().guard.inspect(header(1, 16_384))).toBeUndefined();
    expect(guard().guard.inspect(header(1, 16_385))).toBe('too-big');
    expect(guard().guard.inspect(Buffer.concat([connect, header(3, 16_385)]))).toBe('too-big');
    expect(connected().guard.inspect(header(3, 262_144))).toBeUndefined();
    expect(connected().guard.inspect(header(3, 262_145))).toBe('too-big');
    expect(connected().guard.inspect(header(3, 268_435_455))).toBe('too-big');
  });

  it('wants CONNECT first and only what clients may send afterwards', () => {
    for (const type of [0, 2, 3, 8, 12, 14, 15]) expect(guard().guard.inspect(header(type, 2))).toBe('not-connect');
    for (const type of [0, 2, 9, 11, 13, 15]) expect(connected().guard.inspect(header(type, 2))).toBe('malformed');
    expect(guard().guard.inspect(Buffer.from([0x16, 0x03, 0x01]))).toBe('not-connect');
    expect(guard().guard.inspect(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('not-connect');
  });

  it('knows a remaining length of more than four bytes for malformed, split or whole', () => {
    expect(connected().guard.inspect(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe('malformed');
    const { guard: one } = connected();
    for (const byte of [0x30, 0x80, 0x80, 0x80]) expect(one.inspect(Buffer.from([byte]))).toBeUndefined();
    expect(one.inspect(Buffer.from([0x80]))).toBe('malformed');
  });

  it('bounds the halves of all connections together, and gives them back', () => {
    const before = new UnfinishedBytes(25_000);
    const after = new UnfinishedBytes(25_000);
    const half = Buffer.concat([header(1, 16_000), Buffer.alloc(12_000)]);
    const [a, b, c] = [1, 2, 3].map(() => new FrameGuard(limits, before, after));
    expect(a?.inspect(half)).toBeUndefined();
    expect(b?.inspect(half)).toBeUndefined();
    expect(c?.inspect(half)).toBe('unfinished');
    c?.release();
    expect(before.held).toBe(2 * half.length);
    a?.release();
    b?.release();
    expect(before.held).toBe(0);
  });
});
