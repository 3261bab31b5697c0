import { describe, expect, it } from 'vitest';
import { silent } from './kafka.fixture.ts';
import { noMarks, placeOf } from './kafka-cursor.ts';
import { Layout } from './kafka-layout.ts';
import { PoisonList } from './kafka-poison.ts';
import { Reading } from './kafka-reading.ts';
import { messageOf } from './kafka-record.ts';
import type { Fetched, Received } from './kafka-wire.ts';
import { numberOf, position } from './log.fixture.ts';

const layout = new Layout('p', [2, 1, 0, 0, 0, 0]);
const epoch = 'e0';

const buffers = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));

function received(offset: number, origin?: { daemon: string; sequence: number }): Received {
  const { key, value, headers } = messageOf(position(offset), origin);
  return { offset, key: Buffer.from(key), value: Buffer.from(value ?? ''), headers: buffers(headers) };
}

function fetched(part: number, offsets: readonly number[], change: Partial<Fetched> = {}): Fetched {
  const last = offsets.at(-1);
  const after = last === undefined ? undefined : last + 1;
  return { part, next: after ?? 0, first: 0, after, messages: offsets.map((offset) => received(offset)), ...change };
}

function reading(options: { offsets?: number[]; upTo?: number[] } = {}) {
  const poison = new PoisonList(silent, () => 0);
  let repeated = 0;
  const one = new Reading({
    layout,
    epoch,
    from: { offsets: options.offsets ?? [0, 0, 0], marks: noMarks },
    ...(options.upTo === undefined ? {} : { upTo: options.upTo }),
    poison,
    onRepeated: () => repeated++,
  });
  return { one, poison, repeated: () => repeated };
}

describe('a reader’s place', () => {
  it('moves with what is read, and says so in the cursor', () => {
    const { one } = reading();
    expect(one.wanted([0, 1])).toEqual([
      { part: 0, offset: 0 },
      { part: 1, offset: 0 },
    ]);
    const batch = one.take([fetched(0, [0, 1, 2]), fetched(1, [0])]);
    expect(batch?.records.map(numberOf)).toEqual([0, 1, 2, 0]);
    expect(placeOf(batch?.cursor ?? '', epoch, layout.shape).offsets).toEqual([3, 1, 0]);
    expect(one.wanted([0])).toEqual([{ part: 0, offset: 3 }]);
  });

  it('drops what a broker answers late, after another one has', () => {
    const { one } = reading();
    one.take([fetched(0, [0, 1, 2])]);
    expect(one.take([fetched(0, [0, 1, 2])])).toBeUndefined();
    expect(one.take([fetched(0, [1, 2, 3])])?.records.map(numberOf)).toEqual([3]);
  });

  it('goes no further than its end, though a batch of Kafka does', () => {
    const { one } = reading({ upTo: [2, 0, 0] });
    expect(one.wanted([0, 1])).toEqual([{ part: 0, offset: 0 }]);
    expect(one.take([fetched(0, [0, 1, 2, 3])])?.records.map(numberOf)).toEqual([0, 1]);
    expect(one.wanted([0, 1])).toEqual([]);
    expect(one.position).toEqual([2, 0, 0]);
  });

  it('passes a stretch that compaction has emptied, and not a part that had no room in an answer', () => {
    const { one } = reading({ offsets: [5, 0, 0] });
    const empty = (part: number, next: number) => fetched(part, [], { next });
    // Nothing of part 0 came, but of part 1: it may only have been left out.
    expect(one.take([empty(0, 9), fetched(1, [0])])?.records).toHaveLength(1);
    expect(one.wanted([0, 1])).toHaveLength(2);
    // Nothing came at all: it is asked for alone, and then the offset is taken for empty.
    expect(one.take([empty(0, 9), empty(1, 1)])).toBeUndefined();
    expect(one.wanted([0, 1])).toEqual([{ part: 0, offset: 5 }]);
    expect(one.take([empty(0, 9)])?.records).toEqual([]);
    expect(one.wanted([0, 1])).toEqual([{ part: 0, offset: 6 }]);
    expect(one.take([fetched(0, [8])])?.records.map(numberOf)).toEqual([8]);
    expect(one.wanted([0, 1])).toHaveLength(2);
  });

  it('goes behind a batch whose last records were compacted away', () => {
    const { one } = reading();
    expect(one.take([fetched(0, [0, 1], { after: 6, next: 6 })])?.records).toHaveLength(2);
    expect(one.position[0]).toBe(6);
  });

  it('drops forwarded records that it had, by daemon and part', () => {
    const { one, repeated } = reading();
    const from = (daemon: string, part: number, offset: number, ...sequences: number[]): Fetched => ({
      part,
      first: 0,
      next: offset + sequences.length,
      after: offset + sequences.length,
      messages: sequences.map((sequence, i) => received(offset + i, { daemon, sequence })),
    });
    expect(one.take([from('d1', 0, 0, 0, 1, 2)])?.records).toHaveLength(3);
    expect(one.take([from('d1', 0, 3, 1, 2, 3)])?.records).toHaveLength(1);
    expect(one.take([from('d2', 0, 6, 1)])?.records).toHaveLength(1);
    expect(one.take([from('d1', 1, 0, 1)])?.records).toHaveLength(1);
    const last = one.take([from('d1', 0, 7, 3)]);
    expect(last?.records).toEqual([]);
    expect(repeated()).toBe(3);
    expect(placeOf(last?.cursor ?? '', epoch, layout.shape).marks).toEqual(
      new Map([
        [
          'd1',
          new Map([
            [0, 3],
            [1, 1],
          ]),
        ],
        ['d2', new Map([[0, 1]])],
      ]),
    );
  });

  it('sets aside what cannot be read, tells it once, and goes on', () => {
    const { one, poison } = reading();
    const bad = { ...received(1), value: Buffer.from('{') };
    const answer = { ...fetched(0, [0, 1, 2]), messages: [received(0), bad, received(2)] };
    expect(one.take([answer])?.records.map(numberOf)).toEqual([0, 2]);
    one.jump(0, 0);
    one.take([answer]);
    expect(poison.count).toBe(1);
    expect(poison.newest).toEqual([
      { topic: 'p.positions.v1', partition: 0, offset: 1, reason: 'its value is not JSON', at: 0 },
    ]);
  });
});
