import { once } from 'node:events';
import net from 'node:net';
import mqtt from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, addAgency, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';
import { mutate, samples } from './mutate.ts';
import { seededRandom } from './random.ts';

/**
 * A hundred thousand broken messages: the process lives, its memory is flat (a heap that grew with them would not fit
 * into the little it is given), and what it acknowledged it has.
 */
const payloads = 60_000;
const frames = 30_000;
const bodies = 10_000;

describe('broken input of every kind', () => {
  let daemon: DaemonProcess;
  let agency: Api;
  let removeFolder: () => Promise<void>;
  let device: { username: string; key: string };
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);

  beforeAll(async () => {
    console.log(`fuzz seed ${seed}`);
    const { folder, remove } = await temporaryFolder();
    removeFolder = remove;
    daemon = await startDaemon({
      data: folder,
      heapMegabytes: 200,
      args: ['--dead-letters-per-device', '1000000', '--rate-limit', '10000000', '--log-level', 'error'],
    });
    agency = await addAgency(daemon, 'fuzz');
    await agency('POST', '/api/vans', { id: 'van', name: 'Van' });
    device = (await agency('POST', '/api/devices', { id: 'fuzz', vanId: 'van' })).body;
  });
  afterAll(async () => {
    expect(daemon.process.exitCode).toBeNull();
    expect(await daemon.stop()).toBe(0);
    await removeFolder();
  });

  const metric = async () => {
    const text = await (await fetch(`${daemon.adminUrl}/metrics`)).text();
    return (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0);
  };

  it('payloads: everything acknowledged is in the log, as a position or a dead letter', {
    timeout: 180_000,
  }, async () => {
    const before = await metric();
    const client = mqtt.connect({
      host: '127.0.0.1',
      port: daemon.mqttPort,
      username: device.username,
      password: device.key,
      reconnectPeriod: 0,
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    let fixTime = Date.now() - 3_600_000;
    let acknowledged = 0;
    const lane = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const all = samples((fixTime += 13));
        const { topic, payload } = all[Math.floor(random() * all.length)] as (typeof all)[number];
        await client.publishAsync(topic.replace('{u}', device.username), mutate(Buffer.from(payload), random), {
          qos: 1,
        });
        acknowledged++;
      }
    };
    await Promise.all(Array.from({ length: 100 }, () => lane(payloads / 100)));
    await client.endAsync();
    expect(acknowledged).toBe(payloads);
    const after = await metric();
    const grew = (name: string) => after(name) - before(name);
    const accepted = grew('vantrail_positions_accepted');
    const rejected = grew('vantrail_rejected');
    const rest = grew('vantrail_positions_duplicate') + grew('vantrail_messages_ignored');
    expect(accepted).toBeGreaterThan(1000);
    expect(rejected).toBeGreaterThan(1000);
    // A payload may hold several items, never none that is unaccounted for.
    expect(accepted + rejected + rest).toBeGreaterThanOrEqual(payloads);
    expect(grew('vantrail_dead_letters_dropped')).toBe(0);
    expect(grew('vantrail_log_records')).toBe(accepted + grew('vantrail_dead_letters'));
  });

  it('MQTT frames', { timeout: 180_000 }, async () => {
    const { username, key } = device;
    const good = [
      generate({ cmd: 'connect', clientId: 'c', username, password: Buffer.from(key), keepalive: 60 }),
      generate({
        cmd: 'publish',
        topic: `vantrail/${username}/position`,
        payload: '{}',
        qos: 1,
        messageId: 7,
        dup: false,
        retain: true,
      }),
      generate({ cmd: 'publish', topic: 'a/b', payload: 'x', qos: 2, messageId: 9, dup: true, retain: false }),
      generate({ cmd: 'subscribe', messageId: 8, subscriptions: [{ topic: '#', qos: 1 }] }),
      generate({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['#'] }),
      generate({ cmd: 'pubrel', messageId: 9 }),
      generate({ cmd: 'puback', messageId: 1 }),
      generate({ cmd: 'pingreq' }),
      generate({ cmd: 'disconnect' }),
    ];
    const together = 5;
    const one = async () => {
      const socket = net.connect({ port: daemon.mqttPort, host: '127.0.0.1' });
      socket.on('error', () => {});
      socket.resume();
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await Promise.race([once(socket, 'connect').catch(() => {}), closed]);
      const sound = random() < 0.7;
      const packets = Array.from({ length: together }, (_, i) => {
        const packet = good[i === 0 ? 0 : Math.floor(random() * good.length)] as Buffer;
        return i === 0 && sound ? packet : mutate(packet, random);
      });
      // What the daemon has not cut by itself ends with our half of the connection.
      socket.end(Buffer.concat(packets));
      await closed;
    };
    const lane = async (count: number) => {
      for (let i = 0; i < count; i++) await one();
    };
    await Promise.all(Array.from({ length: 10 }, () => lane(frames / together / 10)));
    expect((await fetch(`${daemon.url}/readyz`)).status).toBe(200);
  });

  it('HTTP bodies', { timeout: 180_000 }, async () => {
    const authorization = `Basic ${Buffer.from(`${device.username}:${device.key}`).toString('base64')}`;
    const statuses = new Map<number, number>();
    const lane = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const all = samples(Date.now() - 7_200_000 + i);
        const sample = all[Math.floor(random() * all.length)] as (typeof all)[number];
        const path = ['/api/positions', '/owntracks', '/osmand'][Math.floor(random() * 3)] as string;
        const body = new Uint8Array(mutate(Buffer.from(sample.payload), random));
        const response = await fetch(daemon.url + path, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body,
        });
        await response.arrayBuffer();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 10 }, () => lane(bodies / 10)));
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect([...statuses.values()].reduce((a, b) => a + b, 0)).toBe(bodies);
  });
});
