import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { on, once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as fixture from '../daemon/ingest/tls.fixture.ts';
import { signedToken } from './bad-input-world.ts';
import { type DaemonProcess, run, startDaemon, temporaryFolder } from './daemon-process.ts';
import { connectPacket } from './raw-tracker.ts';

/** HTTPS, MQTT over TLS and the feed over both, with a certificate made here; what is not TLS is cut. */
let folder: string;
let remove: () => Promise<void>;
let daemon: DaemonProcess;
let ca: string;
let certFile: string;
let keyFile: string;
/** a key the certificate was not made with */
let otherKeyFile: string;

/** A certificate for 127.0.0.1 that signed itself; where there is no openssl, the one of other tests. */
function makeCertificate(): void {
  const make = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', keyFile, '-out', certFile];
  try {
    execFileSync('openssl', [...make.split(' '), ...names], { stdio: 'ignore' });
  } catch {
    writeFileSync(certFile, fixture.cert);
    writeFileSync(keyFile, fixture.key);
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(otherKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  certFile = join(folder, 'cert.pem');
  keyFile = join(folder, 'key.pem');
  otherKeyFile = join(folder, 'other-key.pem');
  makeCertificate();
  ca = readFileSync(certFile, 'utf8');
  const args = ['--tls-cert', certFile, '--tls-key', keyFile, '--mqtt-tls-port', '0'];
  daemon = await startDaemon({ data: join(folder, 'data'), args });
});
afterAll(async () => {
  await daemon.stop();
  await remove();
});

/** Asks over HTTPS with our certificate as the only one to be trusted. */
async function ask(method: string, path: string, token?: string, body?: object) {
  const request = https.request(`${daemon.url}${path}`, {
    method,
    ca,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(await text(response)) };
}

async function plainTo(port: number, bytes: Buffer | string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('with a certificate', () => {
  it('answers over HTTPS, and tells browsers to keep to it', async () => {
    const { status, headers, body } = await ask('GET', '/healthz');
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/);
  });

  it('is known by its certificate: who does not trust it gets nowhere', async () => {
    const request = https.request(`${daemon.url}/healthz`);
    request.end();
    const [error] = (await once(request, 'error')) as [Error & { code: string }];
    expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('takes positions by MQTT over TLS and shows them on a feed over TLS', async () => {
    const operator = await signedToken(daemon.data, { role: 'ADMIN', agency: 'demo', subject: 'operator' });
    const admin = await signedToken(daemon.data, { role: 'ADMIN', agency: 'demo' });
    expect((await ask('POST', '/api/agencies', operator, { id: 'demo' })).status).toBe(201);
    expect((await ask('POST', '/api/vans', admin, { id: 'van-7' })).status).toBe(201);
    const { username, key } = (await ask('POST', '/api/devices', admin, { id: 'van-7', vanId: 'van-7' })).body;

    const feed = new WebSocket(`${daemon.url.replace('https', 'wss')}/feed`, { ca });
    const messages = on(feed, 'message');
    const next = async () => JSON.parse(String((await messages.next()).value?.[0]));
    await once(feed, 'open');
    feed.send(JSON.stringify({ type: 'hello', token: admin }));
    expect([(await next()).type, (await next()).type]).toEqual(['welcome', 'snapshot']);

    const url = `mqtts://127.0.0.1:${daemon.mqttTlsPort}`;
    const client = await mqtt.connectAsync(url, { username, password: key, ca, reconnectPeriod: 0 });
    const fixTime = Date.now() - 1000;
    const payload = JSON.stringify({ fixTime, latitude: 21, longitude: 79 });
    await client.publishAsync(`vantrail/${username}/position`, payload, { qos: 1 });
    expect((await next()).positions).toEqual([expect.objectContaining({ subject: 'van-7', fixTime })]);
    await client.endAsync();
    feed.terminate();
  });

  it('keeps the plain MQTT port for trackers without TLS', async () => {
    const url = `mqtt://127.0.0.1:${daemon.mqttPort}`;
    const refused = mqtt.connectAsync(url, { username: 'x', password: 'y', reconnectPeriod: 0 });
    await expect(refused).rejects.toThrow('Connection refused: Bad username or password');
  });

  // biome-ignore format: a table
  it.each([
    ['plain HTTP to HTTPS', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n', () => new URL(daemon.url).port],
    ['plain MQTT to MQTT over TLS', connectPacket({ username: 'x', key: 'y', osmandToken: '' }), () => daemon.mqttTlsPort],
    ['noise to HTTPS', '\x00\x01\x02\x03\x04\x05\x06\x07\x08', () => new URL(daemon.url).port],
    ['noise to MQTT over TLS', '\x00\x01\x02\x03\x04\x05\x06\x07\x08', () => daemon.mqttTlsPort],
    ['TLS to plain MQTT', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]), () => daemon.mqttPort],
  ])('%s is cut without an answer in plain text', async (_, bytes, port) => {
    const answer = await plainTo(Number(port()), bytes);
    // An alert of TLS at most (0x15).
    expect(answer).toMatch(/^(\x15[\s\S]{0,20})?$/);
    expect((await ask('GET', '/readyz')).status).toBe(200);
  });
});

describe('the start is refused', () => {
  const start = (...args: string[]) =>
    run('daemon/main.ts', ['--data', join(folder, 'refused'), '--http-port', '0', '--mqtt-port', '0', ...args]);
  // biome-ignore format: a table
  const rows: [string, () => string[], RegExp][] = [
    ['for a certificate without a key', () => ['--tls-cert', certFile], /^--tls-cert: "\S+" is wrong: --tls-key must be given with it\n$/],
    ['for a key without a certificate', () => ['--tls-key', keyFile], /^--tls-key: "\S+" is wrong: --tls-cert must be given with it\n$/],
    ['for a certificate that is not there', () => ['--tls-cert', '/nowhere', '--tls-key', '/nowhere'], /^--tls-cert: "\/nowhere" is wrong: cannot be read \(ENOENT.*\)\n$/],
    ['for a key that is not there', () => ['--tls-cert', certFile, '--tls-key', '/nowhere'], /^--tls-key: "\/nowhere" is wrong: cannot be read \(ENOENT.*\)\n$/],
    ['for what is no certificate', () => ['--tls-cert', 'package.json', '--tls-key', keyFile], /^--tls-cert: "package.json" is wrong: must be a certificate \(PEM\) \(.*\)\n$/],
    ["for another certificate's key", () => ['--tls-cert', certFile, '--tls-key', otherKeyFile], /^--tls-key: "\S+" is wrong: must be the private key of the certificate \(PEM\) \(.*\)\n$/],
    ['for the demo on an address others reach', () => ['--demo', '--host', '0.0.0.0'], /^--host: "0.0.0.0" is wrong: --demo signs in anyone who reaches it and needs a loopback address \(127.0.0.1\)\n$/],
    ['for the demo on every address of IPv6', () => ['--demo', '--host', '::'], /^--host: "::" is wrong: --demo signs in anyone/],
    ['for the demo there behind TLS, too', () => ['--demo', '--host', '0.0.0.0', '--tls-cert', certFile, '--tls-key', keyFile], /^--host: "0.0.0.0" is wrong: --demo signs in anyone/],
    ['for the same port twice', () => ['--mqtt-tls-port', '8080', '--http-port', '8080', '--tls-cert', certFile, '--tls-key', keyFile], /^--mqtt-tls-port: 8080 is wrong: --http-port has the same port\n$/],
  ];
  it.concurrent.each(rows)('%s', async (_, args, message) => {
    const { code, out, err } = await start(...args());
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });
});
