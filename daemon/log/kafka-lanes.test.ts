import { describe, expect, it } from 'vitest';
import { silent } from './kafka.fixture.ts';
import { type Fate, ScriptedBroker } from './kafka-lanes.fixture.ts';
import { Lanes } from './kafka-lanes.ts';
import { Reach } from './kafka-reach.ts';

function lanesOn(broker: ScriptedBroker, mostSequence?: number) {
  const parts = broker.written.length;
  let now = 0;
  const ends = Array.from({ length: parts }, () => 0);
  const reach = new Reach(['b:1'], () => now);
  const lanes = new Lanes({
    wire: broker,
    parts,
    reach,
    logger: silent,
    onWritten: (part, end) => {
      ends[part] = end;
    },
    now: () => now,
    random: () => 0,
    ...(mostSequence === undefined ? {} : { mostSequence }),
  });
  const refused: string[] = [];
  /** resolves when all values are written, or refused */
  const add = (part: number, values: readonly string[]) =>
    new Promise<void>((resolve) => {
      let left = values.length;
      const less = (count: number) => {
        left -= count;
        if (left === 0) resolve();
      };
      const messages = values.map((value) => ({ key: 'demo', value, headers: {} }));
      lanes.add(part, messages, {
        written: (_part, count) => less(count),
        refused: (reason) => {
          refused.push(reason);
          less(1);
        },
      });
    });
  return { lanes, add, ends, refused, reach, pass: (ms: number) => (now += ms) };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => String(from + i));

describe('lanes', () => {
  it('write what is added in one turn with one request, whatever its parts', async () => {
    const broker = new ScriptedBroker(3);
    const { add, ends } = lanesOn(broker);
    await Promise.all([add(0, ['a']), add(2, ['b', 'c']), add(0, ['d'])]);
    expect(broker.written).toEqual([['a', 'd'], [], ['b', 'c']]);
    expect(broker.requests).toHaveLength(1);
    expect(ends).toEqual([2, 0, 2]);
  });

  it.each<[string, Fate[]]>([
    ['the answer is lost', ['lost']],
    ['the answer is lost three times', ['lost', 'lost', 'lost']],
    ['the request is lost', ['unreachable']],
    ['the leader has moved', ['moved', 'moved']],
    ['the broker says something else', ['other', 'lost', 'other']],
  ])('write once and in order when %s', async (_what, fates) => {
    const broker = new ScriptedBroker(2);
    const { add } = lanesOn(broker);
    broker.fates = [...fates];
    const all = [add(0, numbers(0, 10)), add(1, numbers(0, 10))];
    // More comes while the first batch is in trouble: it must not be merged into it.
    setImmediate(() => all.push(add(0, numbers(10, 10))));
    await new Promise((resolve) => setImmediate(resolve));
    all.push(add(0, numbers(20, 2500)));
    await Promise.all(all);
    await Promise.all(all);
    expect(broker.written).toEqual([numbers(0, 2520), numbers(0, 10)]);
    expect(broker.fates).toEqual([]);
    expect(broker.producers).toBe(1);
  });

  it('send a failed batch again as it was, and never more than 1000 records', async () => {
    const broker = new ScriptedBroker(1);
    const { add } = lanesOn(broker);
    broker.fates = ['lost'];
    const first = add(0, numbers(0, 3));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, add(0, numbers(3, 2500))]);
    const [one, again, ...rest] = broker.requests.map(([batch]) => batch);
    expect(again).toEqual(one);
    expect(rest.map((batch) => batch?.messages.length)).toEqual([1000, 1000, 500]);
  });

  it('go on with other parts while one is in trouble', async () => {
    const broker = new ScriptedBroker(3);
    const { add } = lanesOn(broker);
    broker.partFates.set(1, ['other', 'moved', 'other']);
    const inTrouble = add(1, ['b']);
    await Promise.all([add(0, ['a']), add(2, ['c'])]);
    expect(broker.written).toEqual([['a'], [], ['c']]);
    await inTrouble;
    expect(broker.written).toEqual([['a'], ['b'], ['c']]);
  });

  it('go on with a new producer when the old one’s numbers are no longer taken', async () => {
    const broker = new ScriptedBroker(2);
    const { add } = lanesOn(broker);
    await Promise.all([add(0, ['a']), add(1, ['b'])]);
    broker.fates = ['producer'];
    await Promise.all([add(0, ['c']), add(1, ['d'])]);
    await add(0, ['e']);
    expect(broker.written).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
    expect(broker.producers).toBe(2);
  });

  it('take a new producer before a number passes what Kafka can hold', async () => {
    const broker = new ScriptedBroker(2);
    const { add } = lanesOn(broker, 2500);
    for (let i = 0; i < 5; i++) await Promise.all([add(0, numbers(i * 1000, 1000)), add(1, numbers(i, 1))]);
    expect(broker.written).toEqual([numbers(0, 5000), numbers(0, 5)]);
    expect(broker.producers).toBe(3);
    expect(
      Math.max(...broker.requests.flat().map(({ sequence, messages }) => sequence + messages.length)),
    ).toBeLessThan(2500);
  });

  it('halve a batch that is too big, and give up a single record that is', async () => {
    const broker = new ScriptedBroker(1);
    const { add, refused } = lanesOn(broker);
    broker.fates = ['too-big', 'too-big', 'done', 'too-big', 'too-big'];
    await Promise.all([add(0, numbers(0, 8)), add(0, ['last'])]);
    expect(refused).toEqual(['the brokers take no record of this size']);
    expect(broker.written).toEqual([['0', '1', '3', '4', '5', '6', '7', 'last']]);
  });

  it('wait for a leader where there is none, without holding up other parts', async () => {
    const broker = new ScriptedBroker(2);
    let elected = false;
    broker.leader = (part) => (part === 0 && !elected ? undefined : 1);
    const { add } = lanesOn(broker);
    const waiting = add(0, ['a']);
    await add(1, ['b']);
    expect(broker.written).toEqual([[], ['b']]);
    elected = true;
    await waiting;
    expect(broker.written).toEqual([['a'], ['b']]);
  });

  it('say which part takes nothing, since when and why', async () => {
    const broker = new ScriptedBroker(2);
    const { lanes, add, pass } = lanesOn(broker);
    broker.fates = Array.from({ length: 50 }, () => 'other' as const);
    const written = add(1, ['a']);
    await new Promise((resolve) => setImmediate(resolve));
    const problem = () => lanes.problem((part) => `topic-${part}`);
    expect(problem()).toBeUndefined();
    pass(5000);
    while (broker.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(problem()).toBe('topic-1 takes no records since 1970-01-01T00:00:00.000Z (scripted: other)');
    await written;
    expect(problem()).toBeUndefined();
  });

  it('tell, when they are closed, whose records may or may not have been written', async () => {
    const broker = new ScriptedBroker(1);
    const { lanes } = lanesOn(broker);
    broker.fates = Array.from({ length: 1000 }, () => 'lost' as const);
    const parcel = () => ({ written: () => {}, refused: () => {} });
    const [sent, unsent] = [parcel(), parcel()];
    lanes.add(0, [{ key: 'demo', value: 'a', headers: {} }], sent);
    while (broker.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    lanes.add(0, [{ key: 'demo', value: 'b', headers: {} }], unsent);
    expect(lanes.close()).toEqual(new Set([sent]));
  });
});
