import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../protocol/record.ts';
import { LogError } from '../log/log.ts';
import { formats } from './formats/index.ts';
import { HeldLog } from './held-log.fixture.ts';
import { Pipeline } from './pipeline.ts';
import { FixedRegistry } from './registry.fixture.ts';
import { type SourceConsumer, SourceIntake, type SourceMessage } from './source.ts';
import { readSources } from './source-option.ts';

const now = Date.UTC(2026, 10, 20, 12);

/** Hands batches to the handler as a consumer group does, and remembers what it may commit. */
class Group implements SourceConsumer {
  readonly committed: string[] = [];
  readonly failures: string[] = [];
  handler: ((batch: readonly SourceMessage[]) => Promise<void>) | undefined;

  async start(handler: (batch: readonly SourceMessage[]) => Promise<void>): Promise<void> {
    this.handler = handler;
  }
  async stop(): Promise<void> {
    this.handler = undefined;
  }
  async deliver(...batch: SourceMessage[]): Promise<void> {
    try {
      await this.handler?.(batch);
      this.committed.push(...batch.map(({ topic, offset }) => `${topic} ${offset}`));
    } catch (error) {
      this.failures.push((error as Error).message);
    }
  }
}

let offset = 0;
const message = (topic: string, key: string | null, value: unknown, timestamp = now - 5000): SourceMessage => ({
  topic,
  partition: 0,
  offset: String(offset++),
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  timestamp,
});

async function setUp(...options: string[]) {
  const log = new HeldLog();
  const registry = new FixedRegistry();
  const pipeline = new Pipeline({ log, registry, now: () => now });
  const group = new Group();
  const said: string[] = [];
  const logger = {
    warn: (...all: unknown[]) => void said.push(String(all.at(-1))),
    info: (...all: unknown[]) => void said.push(String(all.at(-1))),
  };
  const source = new SourceIntake({
    sources: readSources(options, 'vantrail'),
    consumer: group,
    intake: pipeline,
    registry,
    logger,
    now: () => now,
  });
  await source.start();
  return { log, registry, pipeline, group, source, said };
}

const named = 'delivery.location.v1:delivery-location@demo/gw-1';
const topic = 'delivery.location.v1';
const place = (partner_id: string, more: object = {}) => ({ partner_id, order_id: 'o-1', lat: 21.1, lng: 79, ...more });
const fix = (device: string, fixTime = now - 5000) => ({
  device,
  fixTime,
  receivedAt: now - 5000,
  latitude: 21.1,
  longitude: 79,
});

describe('positions from another system’s topic, with agency and gateway in the option', () => {
  it('are kept for the devices behind the gateway, dated by Kafka where they say no time', async () => {
    const { log, registry, group, source } = await setUp(named);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    registry.add('demo', 'phone-7', { gatewayId: 'gw-1', username: 'anu' });
    await group.deliver(
      message(topic, null, place('ravi')),
      message(topic, 'any key', place('anu', { timestamp: now - 60_000 })),
      message(topic, 'tombstone', null),
    );
    expect(log.positions).toEqual([fix('ravi'), fix('phone-7', now - 60_000)]);
    expect(log.deadLetters).toEqual([]);
    expect(group.committed).toHaveLength(3);
    expect(source.counts()).toEqual({ messages: 3, unvouched: 0, givenBack: 0 });
  });

  it('take the device from the key where the payload names none', async () => {
    const { log, registry, group } = await setUp('trackers:nmea@demo/gw-1');
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'van-7', { gatewayId: 'gw-1' });
    const sentence = '$GPRMC,115900,A,2108.748,N,07905.292,E,022.4,084.4,201126,,,A*74';
    await group.deliver(message('trackers', 'van-7', sentence), message('trackers', null, sentence));
    expect(log.positions).toMatchObject([{ device: 'van-7', fixTime: now - 60_000, speed: 41.5 }]);
    expect(log.deadLetters).toMatchObject([{ device: 'gw-1', reason: 'unknown-device', via: 'kafka:trackers:nmea' }]);
  });

  it('become dead letters when the device is not behind the gateway, and can be replayed once it is', async () => {
    const { log, registry, pipeline, group } = await setUp(named);
    const gateway = registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', {});
    registry.add('other', 'meera', { gatewayId: 'gw-1' });
    await group.deliver(message(topic, null, place('ravi')), message(topic, null, place('meera')));
    expect(log.positions).toEqual([]);
    expect(log.deadLetters).toMatchObject([
      {
        device: 'gw-1',
        reason: 'unknown-device',
        format: 'delivery-location',
        via: `kafka:${topic}:delivery-location`,
      },
      { device: 'gw-1', detail: 'no enabled device meera is registered behind gateway gw-1' },
    ]);
    expect(group.committed).toHaveLength(2);

    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    const [letter] = log.deadLetters;
    await new Promise<void>((resolve) => {
      pipeline.replay(letter as DeadLetter, { agency: 'demo', device: gateway }, () => resolve());
    });
    expect(log.positions).toEqual([fix('ravi')]);
  });

  it('can be replayed where the device was in the key', async () => {
    const { log, registry, pipeline, group } = await setUp('trackers:native@demo/gw-1');
    const gateway = registry.add('demo', 'gw-1', {}, 'gateway');
    await group.deliver(message('trackers', 'van-7', { fixTime: now - 9000, latitude: 21.1, longitude: 79 }));
    expect(log.deadLetters).toMatchObject([{ reason: 'unknown-device', via: 'kafka:trackers:native:van-7' }]);
    registry.add('demo', 'van-7', { gatewayId: 'gw-1' });
    const [letter] = log.deadLetters;
    await new Promise<void>((resolve) => {
      pipeline.replay(letter as DeadLetter, { agency: 'demo', device: gateway }, () => resolve());
    });
    expect(log.positions).toEqual([fix('van-7', now - 9000)]);
  });

  it('wait for the gateway: nothing is committed until it is registered, and the reason is told once', async () => {
    const { log, registry, group, source, said } = await setUp(named);
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    const one = message(topic, null, place('ravi'));
    await group.deliver(one);
    registry.add('demo', 'gw-1', { enabled: false }, 'gateway');
    await group.deliver(one);
    registry.add('demo', 'gw-1', {}, 'tracker');
    await group.deliver(one);
    expect([group.committed, log.records]).toEqual([[], []]);
    const why = `topic ${topic} waits: demo has no enabled device gw-1 of type gateway`;
    expect(group.failures).toEqual(Array(3).fill(expect.stringContaining(why)));
    expect(source.problem()).toContain(why);
    expect(said).toEqual([expect.stringContaining(why)]);

    registry.add('demo', 'gw-1', {}, 'gateway');
    await group.deliver(one);
    expect([group.committed.length, log.positions.length]).toEqual([1, 1]);
    expect(source.problem()).toBeUndefined();
    expect(said.at(-1)).toBe(`topic ${topic} is read on`);
    expect(source.counts()).toEqual({ messages: 1, unvouched: 0, givenBack: 3 });
  });
});

describe('positions from a topic of several agencies', () => {
  const open = 'delivery.location.v1:delivery-location';

  it('belong to the agency of their key, if it lets the topic in by a gateway of its name', async () => {
    const { log, registry, group, source, said } = await setUp(open);
    for (const agency of ['demo', 'other']) registry.add(agency, topic, {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: topic });
    registry.add('other', 'ravi', { gatewayId: topic });
    registry.add('third', 'ravi', { gatewayId: topic });
    await group.deliver(
      message(topic, 'demo', place('ravi')),
      message(topic, 'other', place('ravi', { timestamp: now - 1 })),
      message(topic, 'third', place('ravi')),
      message(topic, null, place('ravi')),
      message(topic, 'demo/ravi/x', place('ravi')),
    );
    expect(log.records).toEqual([
      { topic: 'positions', agency: 'demo', value: fix('ravi') },
      { topic: 'positions', agency: 'other', value: fix('ravi', now - 1) },
    ]);
    // Nobody's: counted, never kept, and no reason to keep the others waiting.
    expect(source.counts()).toEqual({ messages: 5, unvouched: 3, givenBack: 0 });
    expect(group.committed).toHaveLength(5);
    expect(said).toEqual([`a message is not taken: its agency has no enabled device ${topic} of type gateway`]);
  });

  it('may name the device in the key as well', async () => {
    const { log, registry, group } = await setUp('trackers:native');
    registry.add('demo', 'trackers', {}, 'gateway');
    registry.add('demo', 'van-7', { gatewayId: 'trackers' });
    await group.deliver(message('trackers', 'demo/van-7', { fixTime: now - 9000, latitude: 21.1, longitude: 79 }));
    expect(log.positions).toEqual([fix('van-7', now - 9000)]);
  });

  it('reads the positions of another Vantrail as plain JSON', async () => {
    const { log, registry, group } = await setUp('theirs.positions.v1:plain');
    registry.add('demo', 'theirs.positions.v1', {}, 'gateway');
    registry.add('demo', 'van-7', { gatewayId: 'theirs.positions.v1' });
    const theirs = {
      ...fix('van-7', now - 9000),
      speed: 31.5,
      course: 271,
      altitude: 310,
      battery: 66,
      ignition: true,
    };
    await group.deliver(message('theirs.positions.v1', 'demo', theirs));
    expect(log.positions).toEqual([theirs]);
  });
});

describe('every format by its name', () => {
  const at = new Date(now - 9000).toISOString();
  const seconds = (now - 9000) / 1000;
  const samples: Record<string, unknown> = {
    native: { fixTime: now - 9000, latitude: 21.1, longitude: 79 },
    owntracks: { _type: 'location', tst: seconds, lat: 21.1, lon: 79 },
    teltonika: { state: { reported: { ts: now - 9000, latlng: '21.1,79' } } },
    thingsboard: { ts: now - 9000, values: { latitude: 21.1, longitude: 79 } },
    osmand: `id=1&lat=21.1&lon=79&timestamp=${seconds}`,
    nmea: '$GPRMC,115951,A,2106.000,N,07900.000,E,,,201126,,,A*75',
    traccar: { position: { fixTime: at, latitude: 21.1, longitude: 79 }, device: { uniqueId: 'van-7' } },
    flespi: { ident: 'van-7', timestamp: seconds, 'position.latitude': 21.1, 'position.longitude': 79 },
    'delivery-location': { partner_id: 'van-7', lat: 21.1, lng: 79, timestamp: seconds },
    opensky: { icao24: 'van-7', time_position: seconds, latitude: 21.1, longitude: 79 },
    plain: { device: 'van-7', time: at, lat: 21.1, lng: 79 },
  };

  it.each(formats.map(({ name }) => name))('%s', async (format) => {
    const { log, registry, group } = await setUp(`them:${format}@demo/gw-1`);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'van-7', { gatewayId: 'gw-1' });
    await group.deliver(message('them', 'van-7', samples[format]));
    expect([log.positions, log.deadLetters]).toEqual([[fix('van-7', now - 9000)], []]);
  });

  it('takes any bytes and goes on', async () => {
    const names = formats.map(({ name }) => name);
    const payload = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json({ maxDepth: 5 }).map(Buffer.from));
    const check = async (format: string, key: Uint8Array, value: Uint8Array) => {
      const { registry, group, source } = await setUp(`them:${format}@demo/gw-1`);
      registry.add('demo', 'gw-1', {}, 'gateway');
      await group.deliver({ ...message('them', null, ''), key, value });
      expect([group.failures, source.counts().messages]).toEqual([[], 1]);
    };
    const runs = fc.asyncProperty(fc.constantFrom(...names), fc.uint8Array({ maxLength: 20 }), payload, check);
    await fc.assert(runs, { numRuns: 500 });
  });
});

describe('offsets', () => {
  it('may be committed once everything of the batch is durable, not before', async () => {
    const { log, registry, group } = await setUp(named);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    log.held = true;
    const delivered = group.deliver(message(topic, null, place('ravi')), message(topic, null, 'not json'));
    await log.waits(2);
    log.commit(1);
    expect(group.committed).toEqual([]);
    log.commit(1);
    await delivered;
    expect(group.committed).toHaveLength(2);
    expect([log.positions.length, log.deadLetters.length]).toEqual([1, 1]);
  });

  it('are not committed when the log keeps nothing; the same batch is taken when it comes again', async () => {
    const { log, registry, group, source } = await setUp(named);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    const batch = [message(topic, null, place('ravi')), message(topic, null, place('ravi', { timestamp: now - 1 }))];
    log.held = true;
    const first = group.deliver(...batch);
    await log.waits(2);
    log.commit(1);
    log.fail(new LogError('full', 'the disk is full'));
    await first;
    expect([group.committed, group.failures]).toEqual([[], ['the disk is full']]);
    log.held = false;
    await group.deliver(...batch);
    expect(group.committed).toHaveLength(2);
    expect(new Set(log.positions.map(({ fixTime }) => fixTime))).toEqual(new Set([now - 5000, now - 1]));
    expect(source.counts()).toEqual({ messages: 2, unvouched: 0, givenBack: 1 });
  });

  it('of a large batch: all of it is kept, in order', async () => {
    const { log, registry, group } = await setUp(named);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    const times = Array.from({ length: 1203 }, (_, at) => now - 100_000 + at);
    await group.deliver(...times.map((timestamp) => message(topic, null, place('ravi', { timestamp }))));
    expect(log.positions.map(({ fixTime }) => fixTime)).toEqual(times);
  });

  it('take a producer’s clock that is ahead, or missing, for now', async () => {
    const { log, registry, group } = await setUp(named);
    registry.add('demo', 'gw-1', {}, 'gateway');
    registry.add('demo', 'ravi', { gatewayId: 'gw-1' });
    await group.deliver(message(topic, null, place('ravi'), now + 3_600_000));
    await group.deliver(message(topic, null, place('ravi'), -1));
    expect(log.positions.map(({ fixTime, receivedAt }) => [fixTime, receivedAt])).toEqual([
      [now, now],
      [now, now],
    ]);
  });

  it('are left alone after stop', async () => {
    const { group, source } = await setUp(named);
    await source.stop();
    await source.stop();
    expect(group.handler).toBeUndefined();
  });
});
