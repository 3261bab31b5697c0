import { once } from 'node:events';
import { generate, type ISubscribePacket } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { positionText, signedToken, startWorld, type World } from './bad-input-world.ts';
import { answersTo, connectPacket, openSocket, openTracker, publishPacket, shown } from './raw-tracker.ts';

/** What the MQTT door and the feed do with clients that send what they should not. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.demo('POST', '/api/devices', { id: 'van-8' });
});
afterAll(() => world.stop());

const own = 'vantrail/van-7/position';
let lastFixTime = Date.now() - 600_000;
const good = (messageId: number, qos: 0 | 1 | 2 = 1) =>
  publishPacket(own, positionText({ fixTime: String(++lastFixTime) }), qos, messageId);

/** How many connections the daemon has cut, by its own reason. */
async function cuts(): Promise<Record<string, number>> {
  const text = await (await fetch(`${world.daemon.adminUrl}/metrics`)).text();
  const found = text.matchAll(/^vantrail_mqtt_cut\{reason="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, reason, count]) => [reason, Number(count)]));
}

/** The reason for which connections were cut since `before`. */
async function cutSince(before: Record<string, number>): Promise<string> {
  const now = await cuts();
  return Object.keys(now)
    .filter((reason) => now[reason] !== (before[reason] ?? 0))
    .join(', ');
}

const subscribe = (...topics: [string, 0 | 1 | 2][]) =>
  generate({
    cmd: 'subscribe',
    messageId: 5,
    subscriptions: topics.map(([topic, qos]) => ({ topic, qos })),
  } as ISubscribePacket);

const badUtf8Topic = Buffer.from([0x32, 0x07, 0x00, 0x02, 0xff, 0xfe, 0x00, 0x07, 0x41]);
/** An overlong form of "/": a second spelling of a topic. */
const overlongTopic = Buffer.from([0x32, 0x07, 0x00, 0x02, 0xc0, 0xaf, 0x00, 0x07, 0x41]);
const largest = 262_144;
const headerBytes = 2 + own.length + 2;

describe('a device that is who it says', () => {
  // biome-ignore format: a table
  it.each([
    ['publishes to a topic that is no UTF-8', badUtf8Topic, [], 'closed', 'bad-topic', ''],
    ['publishes to a topic in overlong UTF-8', overlongTopic, [], 'closed', 'bad-topic', ''],
    ['publishes to a topic with NUL', publishPacket('vantrail/van-7/pos\0ition', '{}'), [], 'closed', 'bad-topic', ''],
    ['publishes to a wildcard', publishPacket('vantrail/+/position', '{}'), [], 'closed', 'protocol', ''],
    ['publishes as another device', publishPacket('vantrail/van-8/position', '{}'), ['PUBACK'], 'stays', '', ''],
    ['publishes to $SYS', publishPacket('$SYS/broker/uptime', '{}'), ['PUBACK'], 'stays', '', ''],
    ['publishes to its own command topic', publishPacket('vantrail/van-7/command', '{}'), ['PUBACK'], 'stays', '', ''],
    ['publishes to a topic of its own that is none', publishPacket('vantrail/van-7/speed', '{}'), ['PUBACK'], 'stays', '', ''],
    ['publishes nonsense at QoS 0', publishPacket(own, 'hello', 0), [], 'stays', '', 'not-json: not JSON: it does not begin like JSON'],
    ['publishes nonsense at QoS 1', publishPacket(own, 'hello', 1), ['PUBACK'], 'stays', '', 'not-json: not JSON: it does not begin like JSON'],
    ['publishes nonsense at QoS 2', publishPacket(own, 'hello', 2), ['PUBREC'], 'stays', '', 'not-json: not JSON: it does not begin like JSON'],
    ['publishes at QoS 2 twice', Buffer.concat([publishPacket(own, 'x', 2), publishPacket(own, 'x', 2)]), ['PUBREC', 'PUBREC'], 'stays', '', 'not-json: not JSON: it does not begin like JSON'],
    ['publishes a list no format reads', publishPacket(own, '[7,8]'), ['PUBACK'], 'stays', '', 'unknown-format: expected native or plain'],
    ['publishes OwnTracks at the door of another', publishPacket('owntracks/van-7/phone', '{"_type":"card"}'), ['PUBACK'], 'stays', '', ''],
    ['publishes the largest packet', publishPacket(own, Buffer.alloc(largest - headerBytes, 0x20)), ['PUBACK'], 'stays', '', 'not-json: not JSON: it ends too early'],
    ['publishes a larger one', publishPacket(own, Buffer.alloc(largest - headerBytes + 1, 0x20)), [], 'closed', 'too-big', ''],
    ['subscribes to #', subscribe(['#', 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ['subscribes to +', subscribe(['vantrail/+/command', 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ['subscribes to $SYS/#', subscribe(['$SYS/#', 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ['subscribes to $share', subscribe(['$share/g/vantrail/van-7/command', 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ["subscribes to another's commands", subscribe(['vantrail/van-8/command', 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ['subscribes to its own positions', subscribe([own, 1]), ['SUBACK 0x80'], 'stays', '', ''],
    ['subscribes to its commands and to all', subscribe(['vantrail/van-7/command', 1], ['#', 0]), ['SUBACK 0x01 0x80'], 'stays', '', ''],
    ['says CONNECT again', 'connect', [], 'closed', 'protocol', ''],
    ['sends a packet only a broker sends', Buffer.from([0xd0, 0x00]), [], 'closed', 'malformed', ''],
    ['sends a length without end', Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff, 0x7f]), [], 'closed', 'malformed', ''],
    ['sends QoS 3', Buffer.from([0x36, 0x05, 0x00, 0x01, 0x41, 0x00, 0x01]), [], 'closed', 'protocol', ''],
  ])('%s', async (_, sent, answers, connection, cut, letter) => {
    const before = await cuts();
    const client = await openTracker(world.daemon.mqttPort, world.device);
    const bytes = typeof sent === 'string' ? connectPacket(world.device) : sent;
    expect(await answersTo(client, bytes, (id) => good(id))).toEqual({ answers, connection });
    const letters = await world.newLetters();
    expect(letters.map(({ reason, detail }) => `${reason}: ${detail}`)).toEqual(letter === '' ? [] : [letter]);
    expect(await cutSince(before)).toBe(cut);
    client.socket.destroy();
  });

  it('is heard by nobody else: what it publishes is not passed on', async () => {
    const listener = await openTracker(world.daemon.mqttPort, world.device);
    listener.send(subscribe(['vantrail/van-7/command', 1]));
    expect(shown(await listener.next())).toBe('SUBACK 0x01');
    const publisher = await openTracker(world.daemon.mqttPort, world.device, 'publisher');
    await answersTo(publisher, publishPacket('vantrail/van-7/command', '{"stop":true}'), (id) => good(id));
    await listener.roundTrip(); // the next packet is the answer to this, so nothing came before it
    for (const client of [listener, publisher]) client.socket.destroy();
  });
});

describe('before CONNECT is through', () => {
  const connectHeader = (length: number[]) => Buffer.from([0x10, ...length]);

  // biome-ignore format: a table
  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'), 'not-connect'],
    ['a TLS hello', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), 'not-connect'],
    ['noise', Buffer.from([0xff, 0x00, 0xff, 0x00]), 'not-connect'],
    ['PUBLISH', publishPacket(own, '{}'), 'not-connect'],
    ['CONNECT of 16,385 bytes', connectHeader([0x81, 0x80, 0x01]), 'too-big'],
    ['CONNECT of 256 MB', connectHeader([0xff, 0xff, 0xff, 0x7f]), 'too-big'],
    ['a length without end', connectHeader([0xff, 0xff, 0xff, 0xff, 0x7f]), 'malformed'],
    ['an empty CONNECT', connectHeader([0x00]), 'protocol'],
  ])('%s is cut without an answer', async (_, sent, reason) => {
    const before = await cuts();
    const client = await openSocket(world.daemon.mqttPort);
    client.send(sent);
    await client.closed;
    expect(client.received).toEqual([]);
    expect(await cutSince(before)).toBe(reason);
  });

  /** What a CONNECT is answered; the daemon then ends the connection, or it is accepted. */
  const connackFor = async (packet: Parameters<typeof connectPacket>[1]): Promise<string[]> => {
    const client = await openSocket(world.daemon.mqttPort);
    client.send(connectPacket(world.device, packet));
    const answers: string[] = [];
    for (;;) {
      try {
        answers.push(shown(await client.next()));
      } catch {
        return [...answers, 'closed'];
      }
      if (answers.at(-1) === 'CONNACK 0') {
        client.socket.destroy();
        return answers;
      }
    }
  };
  const wrong = { password: Buffer.from('wrong') };

  // biome-ignore format: a table
  it.each([
    ['another version of MQTT', { protocolVersion: 5 as const }, ['CONNACK 1', 'closed']],
    ['a wrong key', wrong, ['CONNACK 4', 'closed']],
    ['no key', { password: undefined as unknown as Buffer }, ['CONNACK 4', 'closed']],
    ['an unknown name', { username: 'ghost' }, ['CONNACK 4', 'closed']],
    ['no name and no key', { username: undefined as unknown as string, password: undefined as unknown as Buffer }, ['CONNACK 4', 'closed']],
    ['the right key with a will, retained, and an old session', { clean: false, will: { topic: 'a', payload: Buffer.from('x'), qos: 1 as const, retain: true } }, ['CONNACK 0']],
  ])('%s', async (_, packet, answers) => {
    expect(await connackFor(packet)).toEqual(answers);
    expect(await world.newLetters()).toEqual([]);
  });

  it('wrong keys again and again are no longer answered; the right one is, at once', async () => {
    const answers: string[] = [];
    for (let i = 0; i < 20 && answers.at(-1) !== 'closed'; i++) answers.push((await connackFor(wrong))[0] ?? '');
    expect(answers.at(-1)).toBe('closed');
    expect(await connackFor({})).toEqual(['CONNACK 0']);
    expect((await cuts()).slowed).toBe(1);
  });
});

describe('the feed', () => {
  const hello = (token: string) => JSON.stringify({ type: 'hello', token });

  // biome-ignore format: a table
  it.each([
    ['nothing but noise', 'noise', {}, 4400],
    ['binary noise', Buffer.from([1, 2, 3]), {}, 4400],
    ['no token', '{"type":"hello"}', {}, 4400],
    ['an unknown field', '{"type":"hello","token":"x","agency":"other"}', {}, 4400],
    ['a renewal before the hello', '{"type":"token","token":"x"}', {}, 4400],
    ['a token that is none', hello('x'), {}, 4401],
    ['an expired token', 'expired', {}, 4401],
    ['more than 16 KB', hello('x'.repeat(20_000)), {}, 1009],
    ['another origin', hello('x'), { origin: 'https://example.org' }, 4403],
  ])('%s', async (_, message, headers, code) => {
    const expired = await signedToken(world.daemon.data, { role: 'ADMIN', agency: 'demo' }, 16 * 60_000);
    const socket = new WebSocket(`${world.daemon.url.replace('http', 'ws')}/feed`, { headers });
    const received: unknown[] = [];
    socket.on('message', (data) => received.push(data));
    socket.on('open', () => socket.send(message === 'expired' ? hello(expired) : message));
    const [closedWith] = await once(socket, 'close');
    expect([closedWith, received]).toEqual([code, []]);
  });
});
