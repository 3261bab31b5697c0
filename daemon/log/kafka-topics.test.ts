import { describe, expect, it } from 'vitest';
import { differences, exchangePlan, partitionOf, type TopicFound, topicPlans } from './kafka-topics.ts';

const options = { prefix: 'p', partitions: 6, replication: 3 };
const planOf = (name: string) => {
  const plan = topicPlans(options).find((each) => each.name === name);
  if (plan === undefined) throw new Error(name);
  return plan;
};

describe('topics in Kafka', () => {
  it.each([
    // org.apache.kafka.common.utils.UtilsTest.testMurmur2
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('puts agency %s where Kafka’s own clients put that key', (agency, hash) => {
    expect(partitionOf(agency, 2 ** 31)).toBe(hash & 0x7fff_ffff);
    expect(partitionOf(agency, 6)).toBe((hash & 0x7fff_ffff) % 6);
  });

  it('lets nothing expire that must stay, and keeps the newest values only where that is meant', () => {
    const plans = topicPlans({ ...options, retentionMs: { positions: 1000 } });
    const of = (key: string) => Object.fromEntries(plans.map(({ name, config }) => [name, config[key]]));
    expect(of('cleanup.policy')).toEqual({
      'p.positions.v1': 'delete',
      'p.events.v1': 'delete',
      'p.people.v1': 'compact',
      'p.places.v1': 'delete',
      'p.accounts.v1': 'compact',
      'p.dead-letters.v1': 'delete',
    });
    expect(of('retention.ms')).toMatchObject({
      'p.positions.v1': '1000',
      'p.events.v1': '-1',
      'p.places.v1': '-1',
      'p.dead-letters.v1': String(90 * 86_400_000),
    });
    expect(of('min.insync.replicas')['p.events.v1']).toBe('2');
    expect(exchangePlan({ prefix: 'p', replication: 1 })).toMatchObject({
      name: 'p.exchange.v1',
      partitions: 1,
      config: { 'retention.ms': '600000', 'min.insync.replicas': '1' },
    });
  });

  const found = (name: string, change: Partial<TopicFound> = {}, config: Record<string, string> = {}): TopicFound => ({
    ...planOf(name),
    ...change,
    config: { ...planOf(name).config, ...config },
  });
  it.each([
    ['p.events.v1', {}, {}, 'nothing'],
    ['p.events.v1', { partitions: 12 }, {}, 'warns', /has 12 partitions, 6 are configured/],
    ['p.events.v1', { replication: 1 }, {}, 'warns', /has 1 replicas, 3 are configured/],
    ['p.events.v1', { replication: 5 }, {}, 'nothing'],
    [
      'p.events.v1',
      {},
      { 'min.insync.replicas': '1' },
      'warns',
      /min\.insync\.replicas=1, wanted is .*=2: kafka-configs/,
    ],
    [
      'p.events.v1',
      {},
      { 'retention.ms': '604800000' },
      'refuses',
      /retention\.ms=604800000, wanted is retention\.ms=-1/,
    ],
    ['p.events.v1', {}, { 'retention.bytes': '1000' }, 'refuses', /retention\.bytes=1000/],
    ['p.events.v1', {}, { 'cleanup.policy': 'compact' }, 'refuses', /p\.events\.v1 has cleanup\.policy=compact/],
    ['p.people.v1', {}, { 'cleanup.policy': 'delete' }, 'refuses', /wanted is cleanup\.policy=compact/],
    ['p.positions.v1', {}, { 'retention.ms': '1000' }, 'warns', /retention\.ms=1000/],
    ['p.positions.v1', {}, { 'cleanup.policy': 'compact' }, 'refuses', /cleanup\.policy=compact/],
  ] as const)('compares %s with %j %j: %s', (name, change, config, outcome, text?: RegExp) => {
    const { refused, warnings } = differences(planOf(name), found(name, change, config));
    expect(refused).toHaveLength(outcome === 'refuses' ? 1 : 0);
    expect(warnings).toHaveLength(outcome === 'warns' ? 1 : 0);
    if (text !== undefined) expect([...refused, ...warnings][0]).toMatch(text);
  });
});
