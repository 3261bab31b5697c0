import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDevice } from '../bad-input-world.ts';
import { openFeed } from '../feed-reader.ts';
import { seededRandom } from '../random.ts';
import { openTracker, publishPacket } from '../raw-tracker.ts';
import { kafkaLibs } from './brokers.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { clusterRounds } from './cluster-rounds.ts';

const withoutKafka = kafkaLibs === undefined && process.env.CI !== 'true';

describe.skipIf(withoutKafka)('three daemons on one Kafka', () => {
  let cluster: Cluster;
  let device: TestDevice;
  beforeAll(async () => {
    cluster = await startCluster({ count: 1, daemons: 3, agency: 'gas' });
    const first = await cluster.at(0);
    await first('POST', '/api/vans', { id: 'van-1' });
    device = (await first('POST', '/api/devices', { id: 'tracker-1', vanId: 'van-1' })).body;
    await cluster.settled();
  });
  afterAll(() => cluster?.stop());

  const portOf = (n: number) => cluster.daemons[n]?.mqttPort ?? 0;
  const position = (fixTime: number) => JSON.stringify({ fixTime, latitude: 21.1, longitude: 78.6, speed: 24 });
  const topic = () => `vantrail/${device.username}/position`;

  it('what is registered at one, and published at another, is seen by a viewer of the third', async () => {
    const viewer = await openFeed(cluster.daemons[2]?.url ?? '', await cluster.token('DISPATCHER'));
    const tracker = await openTracker(portOf(1), device);
    const fixTime = Date.now();
    tracker.send(publishPacket(topic(), position(fixTime), 1, 7));
    expect(await tracker.ids('puback', 1)).toEqual([7]);
    await expect.poll(() => viewer.newest()).toBe(fixTime);
    viewer.close();
    tracker.socket.destroy();
  });

  it('a device that moves to another daemon does not stay connected twice', async () => {
    const before = await openTracker(portOf(0), device);
    const after = await openTracker(portOf(1), device);
    await before.closed;
    await after.roundTrip();
    after.socket.destroy();
  });

  it('a command reaches a tracker wherever it is connected', async () => {
    const tracker = await openTracker(portOf(2), device);
    tracker.send({
      cmd: 'subscribe',
      messageId: 3,
      subscriptions: [{ topic: `vantrail/${device.username}/command`, qos: 0 }],
    });
    expect((await tracker.next()).cmd).toBe('suback');
    const agency = await cluster.at(0);
    const { body } = await agency('POST', '/api/devices/tracker-1/command', { payload: '{"do":"locate"}' });
    expect(body).toEqual({ delivered: true });
    expect(await tracker.next()).toMatchObject({ cmd: 'publish', payload: Buffer.from('{"do":"locate"}') });
    tracker.socket.destroy();
  });

  it('a device that is disabled at one is cut off at the others', async () => {
    const tracker = await openTracker(portOf(2), device);
    const agency = await cluster.at(0);
    expect((await agency('PATCH', '/api/devices/tracker-1', { enabled: false })).status).toBe(200);
    await tracker.closed;
    await agency('PATCH', '/api/devices/tracker-1', { enabled: true });
  });

  it('one that loses all its projections, and one that is new, come to the same state as the others', async () => {
    const agency = await cluster.at(0);
    const tracker = await openTracker(portOf(1), device);
    const start = Date.now() - 600_000;
    for (let i = 0; i < 300; i++) tracker.send(publishPacket(topic(), position(start + i * 1000), 1, i + 1));
    await tracker.ids('puback', 300);
    await agency('PATCH', '/api/vans/van-1', { name: 'Van 1 Kewda' });
    await cluster.settled();
    await cluster.daemons[1]?.stop();
    for (const end of ['', '-wal', '-shm']) {
      await rm(join(cluster.daemons[1]?.data ?? '', `projections.sqlite${end}`), { force: true });
    }
    await cluster.restart(1);
    await cluster.add();
    await cluster.settled();
    const states = await Promise.all(
      cluster.daemons.map(async (_, n) => {
        const ask = await cluster.at(n);
        const paths = ['/api/vans', '/api/vans/van-1/trail?format=csv', '/api/consumers', '/api/dead-letters'];
        return Promise.all(paths.map(async (path) => (await ask('GET', path)).text));
      }),
    );
    expect(states[0]?.[0]).toContain('Van 1 Kewda');
    expect(states[0]?.[1]?.split('\r\n').length).toBeGreaterThan(300);
    for (const state of states) expect(state).toEqual(states[0]);
  });
});

describe.skipIf(withoutKafka)("another system's topic", () => {
  it('is read into the same way, each message once, though its readers come and go', async () => {
    const topic = 'delivery.location.v1';
    const cluster = await startCluster({
      ...{ count: 1, daemons: 2, agency: 'gas' },
      args: ['--kafka-source', `${topic}:delivery-location@gas/partner`],
      properties: { 'auto.create.topics.enable': true },
    });
    try {
      const agency = await cluster.at(0);
      await agency('POST', '/api/vans', { id: 'van-1' });
      await agency('POST', '/api/devices', { id: 'partner', type: 'gateway' });
      await agency('POST', '/api/devices', { id: 'rider-9', vanId: 'van-1', gatewayId: 'partner' });
      const kafka = new Kafka({ brokers: cluster.brokers.addresses, logLevel: logLevel.NOTHING });
      const producer = kafka.producer();
      await producer.connect();
      const from = Date.now() - 600_000;
      const send = (first: number, count: number) =>
        producer.send({
          topic,
          messages: Array.from({ length: count }, (_, i) => ({
            value: JSON.stringify({ partner_id: 'rider-9', order_id: 'o1', lat: 21.1, lng: 78.6 }),
            timestamp: String(from + (first + i) * 1000),
          })),
        });
      const seen = async () => {
        const { body } = await agency('GET', `/api/vans/van-1/trail?from=${from}`);
        return (body.items as { fixTime: number }[]).map(({ fixTime }) => (fixTime - from) / 1000);
      };
      await send(0, 50);
      await expect.poll(seen, { timeout: 60_000 }).toHaveLength(50);
      await cluster.daemons[1]?.kill();
      await send(50, 50);
      await expect.poll(seen, { timeout: 60_000 }).toEqual(Array.from({ length: 100 }, (_, i) => i));
      await producer.send({ topic, messages: [{ value: 'no JSON' }] });
      const letters = async () => (await agency('GET', '/api/dead-letters')).body.items;
      await expect.poll(letters, { timeout: 60_000 }).toMatchObject([{ reason: 'not-json', device: 'partner' }]);
      await producer.disconnect();
    } finally {
      await cluster.stop();
    }
  });
});

describe.skipIf(withoutKafka)('kill -9 of daemons and brokers under load', () => {
  it('loses nothing that was acknowledged, and no daemon shows anything twice', async () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`cluster test seed ${seed}`);
    const result = await clusterRounds({ rounds: 3, random: seededRandom(seed) });
    console.log(JSON.stringify(result));
    expect(result.acknowledged).toBeGreaterThan(3000);
    expect(result).toMatchObject({ rounds: 3, lost: 0, doubled: 0 });
  });
});
