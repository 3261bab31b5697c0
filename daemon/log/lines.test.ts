import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { Lines } from './lines.ts';

const textOf = (records: readonly LogRecord[], room = 64): string => {
  const lines = new Lines(room);
  for (const record of records) lines.add(record);
  expect(lines.records).toBe(records.length);
  return Buffer.from(lines.bytes()).toString();
};

const recordOf = (agency: string, value: unknown): LogRecord =>
  ({ topic: 'positions', agency, value: value as Position }) as LogRecord;

const expected = (records: readonly LogRecord[]): string =>
  records.map(({ agency, value }) => `[${JSON.stringify(agency)},${JSON.stringify(value)}]`).join(',\n');

/** Numbers as positions have them, at their resolutions; and any other. */
const numbers = fc.oneof(
  ...[1, 10, 1e6, 1e7].map((units) => fc.maxSafeInteger().map((whole) => whole / units)),
  ...[10, 1e6].map((units) => fc.integer().map((whole) => whole / units)),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1e-6, -1e-6, 1e-7, 0.1, 999_999.999999, 1e9, 1e9 - 1, 1e15, 1e15 - 1, 1e21, 2 ** 53),
);

describe('Lines', () => {
  it('writes positions as JSON.stringify does', () => {
    const position = fc.record(
      {
        device: fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
        fixTime: numbers,
        receivedAt: numbers,
        latitude: numbers,
        longitude: numbers,
        speed: numbers,
        course: numbers,
        ignition: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const record = fc.tuple(fc.oneof(fc.constant('agency'), fc.string()), position);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (pairs) => {
        const records = pairs.map(([agency, value]) => recordOf(agency, value));
        expect(textOf(records)).toBe(expected(records));
      }),
      { numRuns: 1000 },
    );
  });

  it('writes what is no position, but stands in their place, as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(typeof JSON.stringify(value) === 'string' && value !== null);
        const records = [recordOf('agency', value), recordOf('agency', { device: 'van', more: value })];
        expect(textOf(records)).toBe(expected(records));
      }),
    );
  });

  it('adds nothing of what cannot be written', () => {
    const lines = new Lines(64);
    const circular: Record<string, unknown> = { device: 'van', fixTime: 1 };
    circular.itself = circular;
    lines.add(recordOf('agency', { device: 'van', fixTime: 1 }));
    expect(() => lines.add(recordOf('agency', circular))).toThrow(TypeError);
    lines.add(recordOf('agency', { device: 'van', fixTime: 2 }));
    expect(Buffer.from(lines.bytes()).toString()).toBe(
      '["agency",{"device":"van","fixTime":1}],\n["agency",{"device":"van","fixTime":2}]',
    );
  });
});
