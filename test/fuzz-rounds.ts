import { once } from 'node:events';
import net from 'node:net';
import mqtt from 'mqtt';
import { generate } from 'mqtt-packet';
import { addAgency, type DaemonProcess, startDaemon } from './daemon-process.ts';
import { mutate, samples } from './mutate.ts';

/** What came of broken payloads, by the daemon's own count. */
export interface PayloadFigures {
  acknowledged: number;
  accepted: number;
  rejected: number;
  /** duplicates and messages of no interest */
  rest: number;
  deadLettersDropped: number;
  logRecords: number;
  deadLetters: number;
}

export type FuzzRounds = Awaited<ReturnType<typeof startFuzz>>;

/**
 * A real daemon that is thrown broken input of every kind: payloads over MQTT, MQTT frames, HTTP bodies. Its heap is
 * small, so that one that grew with the input would not fit. `from`: UTC ms of the first payload's fix, the rest follow
 * 13 ms apart.
 */
export async function startFuzz(options: { data: string; random: () => number; from: number }) {
  const { random } = options;
  const daemon = await startDaemon({
    data: options.data,
    heapMegabytes: 200,
    args: ['--dead-letters-per-device', '1000000', '--rate-limit', '10000000', '--log-level', 'error'],
  });
  const agency = await addAgency(daemon, 'fuzz');
  await agency('POST', '/api/vans', { id: 'van', name: 'Van' });
  const { username, key }: { username: string; key: string } = (
    await agency('POST', '/api/devices', { id: 'fuzz', vanId: 'van' })
  ).body;
  let fixTime = options.from;

  /** Publishes that many broken payloads, a hundred at a time, each until it is acknowledged. */
  async function payloads(total: number): Promise<PayloadFigures> {
    const before = await metric(daemon);
    const client = mqtt.connect({
      host: '127.0.0.1',
      port: daemon.mqttPort,
      username,
      password: key,
      reconnectPeriod: 0,
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    let acknowledged = 0;
    await inLanes(100, total, async () => {
      fixTime += 13;
      const all = samples(fixTime);
      const { topic, payload } = all[Math.floor(random() * all.length)] as (typeof all)[number];
      await client.publishAsync(topic.replace('{u}', username), mutate(Buffer.from(payload), random), { qos: 1 });
      acknowledged++;
    });
    await client.endAsync();
    const after = await metric(daemon);
    const grew = (name: string) => after(name) - before(name);
    return {
      acknowledged,
      accepted: grew('vantrail_positions_accepted'),
      rejected: grew('vantrail_rejected'),
      rest: grew('vantrail_positions_duplicate') + grew('vantrail_messages_ignored'),
      deadLettersDropped: grew('vantrail_dead_letters_dropped'),
      logRecords: grew('vantrail_log_records'),
      deadLetters: grew('vantrail_dead_letters'),
    };
  }

  /** Sends that many MQTT frames, most of them broken, five to a connection; answers the status of /readyz after. */
  async function frames(total: number): Promise<number> {
    const good = goodFrames(username, key);
    const together = 5;
    await inLanes(10, total / together, async () => {
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
    });
    return (await fetch(`${daemon.url}/readyz`)).status;
  }

  /** Posts that many broken bodies; answers how many got which status. */
  async function bodies(total: number): Promise<Map<number, number>> {
    const authorization = `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`;
    const statuses = new Map<number, number>();
    await inLanes(10, total, async (i) => {
      const all = samples(Date.now() - 7_200_000 + i);
      const sample = all[Math.floor(random() * all.length)] as (typeof all)[number];
      const path = ['/api/positions', '/owntracks', '/osmand'][Math.floor(random() * 3)] as string;
      const response = await fetch(daemon.url + path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: new Uint8Array(mutate(Buffer.from(sample.payload), random)),
      });
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    });
    return statuses;
  }

  return { daemon, payloads, frames, bodies };
}

/** Does `one` `total` times, `lanes` of them at once; `i` counts within a lane. */
async function inLanes(lanes: number, total: number, one: (i: number) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let i = 0; i < total / lanes; i++) await one(i);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function metric(daemon: DaemonProcess): Promise<(name: string) => number> {
  const text = await (await fetch(`${daemon.adminUrl}/metrics`)).text();
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0);
}

/** One good packet of each kind that a client may send; the first opens the session. */
function goodFrames(username: string, key: string): Buffer[] {
  return [
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
}
