import { on, once } from 'node:events';
import net from 'node:net';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { basicOf, makeAgency, positionText, signedToken, type TestDevice } from './bad-input-world.ts';
import { type Api, api, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';

/** SIGTERM in the middle of everything: in order, in time, and nothing acknowledged is lost. */
let folder: string;
let remove: () => Promise<void>;
let daemon: DaemonProcess;
let demo: Api;
let device: TestDevice;
beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  daemon = await startDaemon({ data: folder });
  demo = await makeAgency(daemon, 'demo');
  await demo('POST', '/api/vans', { id: 'van-7' });
  device = (await demo('POST', '/api/devices', { id: 'van-7', vanId: 'van-7' })).body;
});
afterAll(async () => {
  await daemon.stop();
  await remove();
});

const from = Date.now() - 3_600_000;
let last = from;
const acknowledged = new Set<number>();

/** Publishes without end over MQTT, ten at a time, and over HTTP; resolves when neither is answered any more. */
async function publish(): Promise<{ enough: Promise<void>; ended: Promise<unknown> }> {
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const took = (fixTime: number) => {
    acknowledged.add(fixTime);
    if (acknowledged.size >= 300) resolve();
  };
  const { username, key } = device;
  const options = { username, password: key, reconnectPeriod: 0 };
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${daemon.mqttPort}`, options);
  client.on('error', () => {});
  client.once('close', () => client.end(true)); // what waits for an answer is told that there is none
  const mqttLane = async () => {
    while (client.connected) {
      const fixTime = ++last;
      const payload = positionText({ fixTime: String(fixTime) });
      await client.publishAsync(`vantrail/${username}/position`, payload, { qos: 1 }).then(
        () => took(fixTime),
        () => {},
      );
    }
  };
  const httpLane = async () => {
    const authorization = basicOf(username, key);
    for (;;) {
      const fixTime = ++last;
      const body = positionText({ fixTime: String(fixTime) });
      const answer = await api(daemon.url)('POST', '/api/positions', body, { authorization }).catch(() => undefined);
      if (answer?.status !== 202) return answer;
      took(fixTime);
    }
  };
  const ended = Promise.all([httpLane(), ...Array.from({ length: 10 }, mqttLane)]);
  return { enough, ended };
}

/** A feed that never answers anything, not even the daemon's goodbye. */
async function deafFeed(): Promise<net.Socket> {
  const socket = net.connect(Number(new URL(daemon.url).port), '127.0.0.1');
  const key = Buffer.alloc(16, 1).toString('base64');
  const head = ['GET /feed HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket'];
  socket.write([...head, 'sec-websocket-version: 13', `sec-websocket-key: ${key}`, '', ''].join('\r\n'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 101 /);
  socket.on('error', () => {});
  return socket;
}

describe('SIGTERM', () => {
  it('with publishes and a feed open ends the daemon with 0 (it would cut itself short with 1 after 9.5 s)', async () => {
    const feed = new WebSocket(`${daemon.url.replace('http', 'ws')}/feed`);
    const messages = on(feed, 'message');
    await once(feed, 'open');
    feed.send(JSON.stringify({ type: 'hello', token: await signedToken(folder, { role: 'ADMIN', agency: 'demo' }) }));
    await messages.next();
    const closed = once(feed, 'close');
    const deaf = await deafFeed();
    const idle = await fetch(`${daemon.url}/healthz`); // a connection kept alive by its client
    await idle.text();
    const { enough, ended } = await publish();
    await enough;

    expect(await daemon.stop()).toBe(0);
    expect((await closed)[0]).toBe(1012); // restarting: come back at once
    const [lastHttp] = (await ended) as [{ status: number; body: object } | undefined];
    if (lastHttp !== undefined)
      expect([lastHttp.status, lastHttp.body]).toEqual([
        503,
        expect.objectContaining({ type: '/problems/restarting' }),
      ]);
    expect(daemon.output()).toContain('"msg":"stopped"');
    expect(daemon.output()).not.toMatch(/"level":(50|60)/);
    deaf.destroy();
  });

  it('has lost nothing that was acknowledged', async () => {
    daemon = await startDaemon({ data: folder });
    const admin = await signedToken(folder, { role: 'ADMIN', agency: 'demo' });
    const trail = await api(daemon.url, admin)('GET', `/api/vans/van-7/trail?from=${from}&to=${last + 1}`);
    const kept = (trail.body.items as { fixTime: number }[]).map(({ fixTime }) => fixTime);
    expect(new Set(kept).size).toBe(kept.length);
    expect([...acknowledged].filter((fixTime) => !kept.includes(fixTime))).toEqual([]);
  });

  it('twice is no more than once', async () => {
    daemon.process.kill('SIGINT');
    expect(await daemon.stop()).toBe(0);
  });
});
