import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { promisify } from 'node:util';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { LogError } from '../log/log.ts';
import { connectOf, openBroker, payloadOf, publishOf } from './broker.fixture.ts';
import { keyOf } from './registry.fixture.ts';
import { cert, key } from './tls.fixture.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(more: Parameters<typeof openBroker>[0] = {}) {
  const bed = await openBroker(more);
  open.push(() => bed.close());
  return bed;
}

async function client(url: string, id: string, more: IClientOptions = {}): Promise<MqttClient> {
  const made = await mqtt.connectAsync(url, { username: id, password: keyOf(id), reconnectPeriod: 0, ...more });
  open.push(() => made.endAsync(true));
  return made;
}

describe('publishing', () => {
  it('acknowledges when the log has it, and not before', async () => {
    const { url, log } = await setUp();
    log.held = true;
    const van = await client(url, 'van-7');
    let acknowledged = false;
    const published = van.publishAsync('vantrail/van-7/position', payloadOf(1), { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await log.waits(1);
    await new Promise((later) => setImmediate(later));
    expect(acknowledged).toBe(false);
    log.commit();
    await published;
    expect(log.positions).toMatchObject([{ device: 'van-7', latitude: 11.66 }]);
  });

  it('acknowledges in the order of the messages, though some settle at once', async () => {
    const bed = await setUp();
    bed.log.held = true;
    const van = await bed.connected('van-7');
    const will = { topic: 'owntracks/van-7/phone', payload: Buffer.from('{"_type":"lwt","tst":1}') };
    const foreign = { topic: 'vantrail/van-8/position' };
    van.send(publishOf(1), publishOf(2, will), publishOf(3, foreign), publishOf(4), publishOf(5, will));
    await bed.log.waits(2);
    await (await bed.connected('van-8')).roundTrip(); // the broker has had its turn
    expect(van.received).toEqual([]);
    bed.log.commit();
    expect(await van.ids('puback', 5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives no acknowledgement and ends the connection when the log cannot keep it', async () => {
    const bed = await setUp();
    bed.log.held = true;
    const van = await bed.connected('van-7');
    van.send(publishOf(1), publishOf(2), publishOf(3));
    await bed.log.waits(3);
    bed.log.commit(1);
    bed.log.fail(new LogError('full', 'no room'), 1);
    bed.log.commit(1);
    await van.closed;
    // the first may have been answered before the end; the second and what came after it never
    expect(van.received.map((packet) => packet.messageId).filter((id) => id !== 1)).toEqual([]);
    expect(bed.broker.counts()).toMatchObject({ unkept: 1, cut: { 'not-kept': 1 } });
    expect(bed.broker.waitingBytes).toBe(0);
  });

  it('keeps what cannot be read as a dead letter and acknowledges it', async () => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    van.send(publishOf(1, { payload: Buffer.from('{"lat') }), publishOf(2, { payload: Buffer.alloc(0) }));
    expect(await van.ids('puback', 2)).toEqual([1, 2]);
    expect(bed.log.deadLetters).toMatchObject([
      { reason: 'not-json', device: 'van-7', via: 'vantrail/van-7/position' },
      { reason: 'not-json' },
    ]);
  });

  it('stores what a device says as itself, and nothing it says as another', async () => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    const topics = ['vantrail/van-8/position', 'vantrail/van-7/command', '$SYS/x', '$SYS', 'x', 'owntracks/van-8/p'];
    van.send(...topics.map((topic, i) => publishOf(i + 1, { topic })), publishOf(9));
    expect(await van.ids('puback', 7)).toEqual([1, 2, 3, 4, 5, 6, 9]);
    expect(bed.log.records).toMatchObject([{ topic: 'positions', value: { device: 'van-7' } }]);
    expect(bed.broker.counts()).toMatchObject({ published: 1, foreign: 6 });
  });

  it('takes QoS 0 without an answer', async () => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    van.send(publishOf(1, { qos: 0, messageId: undefined }), publishOf(2, { qos: 0, messageId: undefined }));
    await van.roundTrip();
    await bed.log.waits(0);
    expect(bed.log.positions.length + bed.log.waiting.length).toBe(2);
    expect(van.received).toEqual([]);
  });

  it('takes QoS 2 once: repetitions before PUBREL are answered and not stored again', async () => {
    const bed = await setUp();
    bed.log.held = true;
    const van = await bed.connected('van-7');
    const broken = { qos: 2, payload: Buffer.from('broken') };
    van.send(publishOf(1, broken), publishOf(1, { ...broken, dup: true }));
    await bed.log.waits(1);
    await (await bed.connected('van-8')).roundTrip();
    expect(bed.log.waiting).toHaveLength(1);
    bed.log.commit();
    expect(await van.ids('pubrec', 2)).toEqual([1, 1]);
    van.send(publishOf(1, { ...broken, dup: true }));
    expect(await van.ids('pubrec', 1)).toEqual([1]);
    expect(bed.log.deadLetters).toHaveLength(1);
    van.send({ cmd: 'pubrel', messageId: 1 }, { cmd: 'pubrel', messageId: 1 });
    expect(await van.ids('pubcomp', 2)).toEqual([1, 1]);
    // the id is free again: a new message, even where a careless client marks it as a repetition
    bed.log.held = false;
    van.send(publishOf(1, { ...broken, dup: true }));
    expect(await van.ids('pubrec', 1)).toEqual([1]);
    expect(bed.log.deadLetters).toHaveLength(2);
  });

  it('bounds the QoS 2 exchanges one client leaves half done', async () => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    for (let id = 1; id <= 1001; id++) van.send(publishOf(id, { qos: 2 }));
    await van.closed;
    expect(bed.broker.counts().cut).toMatchObject({ fault: 1 });
  });
});

describe('real clients as they are', () => {
  it('works with a will, retain and no clean session, and keeps none of them', async () => {
    const bed = await setUp();
    const will = { topic: 'owntracks/van-7/phone', payload: Buffer.from('{"_type":"lwt","tst":1}'), qos: 1 as const };
    const options: IClientOptions = { clean: false, clientId: 'phone', will: { ...will, retain: true } };
    const phone = await client(bed.url, 'van-7', options);
    await phone.subscribeAsync('vantrail/van-7/command', { qos: 1 });
    await phone.publishAsync('vantrail/van-7/position', payloadOf(1), { qos: 1, retain: true });
    phone.stream.destroy(); // without DISCONNECT, so that the will would be published
    await new Promise<void>((closed) => phone.once('close', closed));

    const [connack] = await new Promise<[{ sessionPresent: boolean }]>((resolve) => {
      const again = mqtt.connect(bed.url, { ...options, username: 'van-7', password: keyOf('van-7') });
      open.push(() => again.endAsync(true));
      again.once('connect', (packet) => resolve([packet]));
    });
    expect(connack.sessionPresent).toBe(false);
    // the subscription did not outlive its connection, and the will went nowhere
    expect(await bed.broker.command('van-7', 'ping')).toBe(false);
    expect(bed.log.records).toHaveLength(1);
  });

  it('answers foreign subscriptions with 0x80 and stays', async () => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    const topics = ['#', '+/+/+', '$SYS/#', 'vantrail/van-8/command', 'vantrail/van-7/command', 'vantrail/van-7/#'];
    van.send({ cmd: 'subscribe', messageId: 5, subscriptions: topics.map((topic) => ({ topic, qos: 1 as const })) });
    expect(await van.next()).toMatchObject({ cmd: 'suback', granted: [128, 128, 128, 128, 1, 128] });
    van.send(publishOf(6));
    expect(await van.ids('puback', 1)).toEqual([6]);
    // another device's message reaches nobody
    const other = await bed.connected('van-8');
    other.send(publishOf(1, { topic: 'vantrail/van-8/position' }));
    expect(await other.ids('puback', 1)).toEqual([1]);
    await van.roundTrip();
  });

  it('refuses MQTT 5 with code 1 and takes 3.1 with a long client id', async () => {
    const bed = await setUp();
    const five = await bed.raw();
    five.send(connectOf('van-7', { protocolVersion: 5 }));
    expect(await five.next()).toMatchObject({ cmd: 'connack', returnCode: 1 });
    await five.closed;
    const three = { protocolId: 'MQIsdp', protocolVersion: 3, clientId: 'x'.repeat(60) } as const;
    const van = await bed.connected('van-7', three);
    van.send(publishOf(1));
    expect(await van.ids('puback', 1)).toEqual([1]);
  });

  it('takes a key alone as the user name', async () => {
    const bed = await setUp();
    const van = await bed.raw();
    van.send({ cmd: 'connect', clientId: 'things', username: keyOf('van-7'), keepalive: 60, clean: true });
    expect(await van.next()).toMatchObject({ cmd: 'connack', returnCode: 0 });
    van.send(publishOf(1, { topic: 'v1/devices/me/telemetry', payload: '{"latitude":11.6,"longitude":78.1}' }));
    expect(await van.ids('puback', 1)).toEqual([1]);
    expect(bed.log.positions).toMatchObject([{ device: 'van-7' }]);
    expect(bed.broker.connected('van-7')).toBe(true);
  });

  it.skipIf(!existsSync('/usr/bin/mosquitto_pub'))('takes an OwnTracks point from mosquitto_pub', async () => {
    const bed = await setUp();
    const tst = Math.floor(Date.now() / 1000);
    const point = { _type: 'location', lat: 11.6643, lon: 78.146, tst, acc: 12, batt: 87, vel: 30, cog: 90, tid: 'v7' };
    await promisify(execFile)('/usr/bin/mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(bed.port), '-u', 'van-7', '-P', keyOf('van-7'), '-q', '1', '-r'],
      ...['-t', 'owntracks/van-7/phone', '-m', JSON.stringify(point)],
      ...['--will-topic', 'owntracks/van-7/phone', '--will-payload', '{"_type":"lwt"}'],
    ]);
    expect(bed.log.positions).toMatchObject([
      { device: 'van-7', fixTime: tst * 1000, latitude: 11.6643, longitude: 78.146, speed: 30, battery: 87 },
    ]);
  });
});

describe('commands', () => {
  it('resolve to true when the device has acknowledged them', async () => {
    const bed = await setUp();
    const van = await client(bed.url, 'van-7');
    await van.subscribeAsync('vantrail/van-7/command', { qos: 1 });
    const message = new Promise<[string, Buffer]>((got) => van.once('message', (...args) => got([args[0], args[1]])));
    expect(await bed.broker.command('van-7', '{"do":"locate"}')).toBe(true);
    const [topic, payload] = await message;
    expect([topic, String(payload)]).toEqual(['vantrail/van-7/command', '{"do":"locate"}']);
    expect(await Promise.all([1, 2, 3].map((i) => bed.broker.command('van-7', String(i))))).toEqual([true, true, true]);
  });

  it('resolve to true when written at QoS 0, and to false when nobody listens, answers or stays', async () => {
    const bed = await setUp({ limits: { commandTimeout: 50 } });
    expect(await bed.broker.command('van-7', 'x')).toBe(false);
    const van = await bed.connected('van-7');
    expect(await bed.broker.command('van-7', 'x')).toBe(false);
    const topic = 'vantrail/van-7/command';
    van.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] });
    expect(await van.next()).toMatchObject({ cmd: 'suback', granted: [0] });
    expect(await bed.broker.command('van-7', 'x')).toBe(true);
    expect(await van.next()).toMatchObject({ cmd: 'publish', qos: 0, payload: Buffer.from('x') });

    van.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic, qos: 1 }] });
    expect(await van.next()).toMatchObject({ cmd: 'suback', granted: [1] });
    expect(await bed.broker.command('van-7', 'unanswered')).toBe(false);
    expect(await van.next()).toMatchObject({ cmd: 'publish', qos: 1 });
    const cutOff = bed.broker.command('van-7', 'cut off');
    van.socket.destroy();
    expect(await cutOff).toBe(false);

    const left = await bed.connected('van-7');
    left.send({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic, qos: 1 }] });
    await left.next();
    left.send({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: [topic] });
    expect(await left.next()).toMatchObject({ cmd: 'unsuback' });
    expect(await bed.broker.command('van-7', 'x')).toBe(false);
  });
});

describe('who is connected', () => {
  it('refuses wrong credentials with code 4 and leaves the holder of the client id alone', async () => {
    const bed = await setUp();
    const victim = await bed.connected('van-7', { clientId: 'tracker' });
    for (const [username, key] of [
      ['van-7', 'wrong'],
      ['van-8', keyOf('van-7')],
      ['nobody', 'x'],
    ] as const) {
      const thief = await bed.raw();
      thief.send(connectOf('van-7', { clientId: 'tracker', username, password: Buffer.from(key) }));
      expect(await thief.next()).toMatchObject({ cmd: 'connack', returnCode: 4 });
      await thief.closed;
    }
    // another device may use the same client id beside it, or try to spell the name the broker uses inside
    const other = await bed.connected('van-8', { clientId: 'tracker' });
    const sly = await bed.connected('van-8', { clientId: '../van-7/tracker' });
    victim.send(publishOf(1));
    expect(await victim.ids('puback', 1)).toEqual([1]);
    await other.roundTrip();
    await sly.roundTrip();
    expect(bed.broker.counts()).toMatchObject({ connections: 3, devices: 2, authFailures: 3 });
  });

  it('lets a newer connection of the same device and client id push out the older one', async () => {
    const bed = await setUp();
    const before = await bed.connected('van-7', { clientId: 'tracker' });
    const after = await bed.connected('van-7', { clientId: 'tracker' });
    await before.closed;
    after.send(publishOf(1));
    expect(await after.ids('puback', 1)).toEqual([1]);
    expect(bed.broker.connected('van-7')).toBe(true);
  });

  it('bounds the connections of one device, the oldest goes', async () => {
    const bed = await setUp({ limits: { connectionsPerDevice: 2 } });
    const first = await bed.connected('van-7', { clientId: 'a' });
    const second = await bed.connected('van-7', { clientId: 'b' });
    await bed.connected('van-7', { clientId: 'c' });
    await first.closed;
    await second.roundTrip();
    expect(bed.broker.counts().cut).toEqual({ replaced: 1 });
  });

  it('turns away an address that keeps failing, and lets right credentials from there pass at once', async () => {
    const bed = await setUp();
    const answers: string[] = [];
    for (let i = 0; i < 8; i++) {
      const thief = await bed.raw();
      thief.send(connectOf('van-7', { username: `guess-${i}` }));
      await thief.closed;
      answers.push(thief.received.length > 0 ? 'refused' : 'turned away');
    }
    expect(answers.slice(0, 6)).toEqual(Array(6).fill('refused'));
    expect(answers.slice(6)).toEqual(['turned away', 'turned away']);
    await bed.connected('van-7');
    expect(bed.broker.counts()).toMatchObject({ authFailures: 8, cut: { slowed: 2 } });
  });

  it('ends the connections of a device that has a new key, is disabled or removed, and no others', async () => {
    const bed = await setUp();
    const other = await bed.connected('van-8');
    for (const change of ['key', 'disabled', 'removed'] as const) {
      bed.registry.add('demo', 'van-7');
      const van = await bed.connected('van-7', { clientId: 'a' });
      const more = await bed.connected('van-7', { clientId: 'b' });
      bed.broker.review('demo', 'van-7');
      await van.roundTrip();
      if (change === 'key') bed.registry.rotate('van-7', 'another key');
      else if (change === 'disabled') bed.registry.add('demo', 'van-7', { enabled: false });
      else bed.registry.remove('demo', 'van-7');
      bed.broker.review('demo', 'van-7');
      await Promise.all([van.closed, more.closed]);
    }
    await other.roundTrip();
  });

  it('ends the connection of a disabled device at its next message, were nobody to tell it', async () => {
    const bed = await setUp();
    const again = await bed.connected('van-7');
    bed.registry.add('demo', 'van-7', { enabled: false });
    again.send(publishOf(1));
    await again.closed;
    expect(again.received).toEqual([]);
    expect(bed.log.records).toEqual([]);
  });

  it('turns away more connections than it may have', async () => {
    const bed = await setUp({ limits: { connections: 2 } });
    await bed.connected('van-7');
    await bed.connected('van-8');
    const third = await bed.raw();
    await third.closed;
    expect(bed.broker.counts()).toMatchObject({ connections: 2, tooMany: 1 });
  });
});

describe('clients that fall silent or do not read', () => {
  it('are cut one and a half keep-alives after their last packet, however long they asked for', async () => {
    const bed = await setUp({ limits: { keepAlive: 0.1, sweep: 10 } });
    const began = performance.now();
    const [never, hours] = [
      await bed.connected('van-7', { keepalive: 0 }),
      await bed.connected('van-8', { keepalive: 7200 }),
    ];
    await Promise.all([never.closed, hours.closed]);
    expect(performance.now() - began).toBeGreaterThan(140);
    expect(bed.broker.counts().cut).toEqual({ 'keep-alive': 2 });
  });

  it('are not cut while they wait for the log, nor while they send', async () => {
    const bed = await setUp({ limits: { keepAlive: 0.05, sweep: 5 } });
    bed.log.held = true;
    const waiting = await bed.connected('van-7');
    const busy = await bed.connected('van-8');
    waiting.send(publishOf(1));
    await bed.log.waits(1);
    const until = performance.now() + 200;
    while (performance.now() < until) await busy.roundTrip();
    expect(bed.broker.counts().cut).toEqual({});
    bed.log.commit();
    expect(await waiting.ids('puback', 1)).toEqual([1]);
    await Promise.all([waiting.closed, busy.closed]);
  });

  it('are cut when they leave their acknowledgements unread', async () => {
    const bed = await setUp({ limits: { drainTimeout: 50 } });
    const van = await bed.connected('van-7');
    van.socket.pause();
    const nothing = publishOf(1, { topic: 'owntracks/van-7/p', payload: '{"_type":"lwt"}' });
    const many = Buffer.concat(Array<Buffer>(2000).fill(generate(nothing)));
    // acknowledgements of 4 bytes: it takes megabytes until neither kernel takes any more
    while (bed.broker.counts().cut['slow-reader'] === undefined) {
      if (!van.send(many)) {
        const drained = new Promise((drain) => van.socket.once('drain', drain));
        await Promise.race([drained, van.closed]);
      }
    }
    expect(bed.broker.counts().cut).toEqual({ 'slow-reader': 1 });
  });
});

describe('MQTT over TLS', () => {
  it('is the same door behind a certificate', async () => {
    const bed = await setUp({ tls: { port: 0, cert, key } });
    const url = `mqtts://localhost:${bed.broker.ports.secure}`;
    const van = await client(url, 'van-7', { ca: cert, host: '127.0.0.1' });
    await van.publishAsync('vantrail/van-7/position', payloadOf(1), { qos: 1 });
    expect(bed.log.positions).toHaveLength(1);
    await van.publishAsync('vantrail/van-7/raw', Buffer.alloc(200_000, 0x20), { qos: 1 });
    // plain MQTT on the TLS port ends in a failed handshake, and nothing else
    const plain = net.connect(bed.broker.ports.secure ?? 0, '127.0.0.1');
    plain.on('error', () => {});
    plain.write(generate(connectOf('van-7')));
    await new Promise<void>((closed) => plain.once('close', () => closed()));
    await van.publishAsync('vantrail/van-7/position', payloadOf(2), { qos: 1 });
    expect(bed.broker.counts()).toMatchObject({ connections: 1, cut: { tls: 1 } });
  });
});

describe('stopping', () => {
  it('lets what is being committed be acknowledged, then closes', async () => {
    const bed = await setUp();
    bed.log.held = true;
    const van = await bed.connected('van-7');
    van.send(publishOf(1), publishOf(2));
    await bed.log.waits(2);
    const stopped = bed.broker.stop();
    bed.log.commit();
    await Promise.all([stopped, van.closed]);
    expect(van.received.map((packet) => packet.messageId)).toEqual([1, 2]);
    await bed.broker.stop();
  });

  it('does not wait longer than it was told', async () => {
    const bed = await setUp({ limits: { stopTimeout: 30 } });
    bed.log.held = true;
    const van = await bed.connected('van-7');
    van.send(publishOf(1));
    await bed.log.waits(1);
    await Promise.all([bed.broker.stop(), van.closed]);
    expect(van.received).toEqual([]);
    bed.log.commit(); // settles into nothing
  });
});
