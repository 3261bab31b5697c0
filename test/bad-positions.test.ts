import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deep, positionText, startWorld, type World } from './bad-input-world.ts';
import { api } from './daemon-process.ts';
import { answersTo, openTracker, publishPacket } from './raw-tracker.ts';

/**
 * What a device is told, and what is kept, when its message is wrong: once by HTTP with its key (Basic) and once by
 * MQTT, where both must come to the same.
 */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const now = Date.now();
let lastFixTime = now - 600_000;
/** A time no other message has. */
const nextTime = () => ++lastFixTime;

interface Letter {
  reason: string;
  detail: string;
  format: string;
  via: string;
  text: string;
}
interface Answer {
  /** `202` and its body, or the MQTT packets and what becomes of the connection */
  told: unknown;
  letters: readonly Letter[];
}

const doors = ['POST /api/positions', 'vantrail/van-7/position'] as const;

/** Sends a message through a door. */
async function send(door: string, payload: string | Buffer): Promise<Answer> {
  if (door.startsWith('POST')) {
    const response = await fetch(world.daemon.url + door.slice(5), {
      method: 'POST',
      headers: { authorization: world.basic, 'content-type': 'application/json' },
      body: typeof payload === 'string' ? payload : new Uint8Array(payload),
    });
    return { told: [response.status, await response.json()], letters: await world.newLetters() };
  }
  const client = await openTracker(world.daemon.mqttPort, world.device);
  const good = (id: number) => publishPacket(door, positionText({ fixTime: String(nextTime()) }), 1, id);
  const { answers, connection } = await answersTo(client, publishPacket(door, payload), good);
  client.socket.destroy();
  return { told: [...answers, connection], letters: await world.newLetters() };
}

const position = (fields: Record<string, string>) => positionText({ fixTime: String(now), ...fields });
const inText = `"${now}"`;
const seconds = String(Math.floor(now / 1000));
const proto = position({ latitude: '91', __proto__: '{"latitude":21}' });

describe.each(doors)('at the door %s', (door) => {
  const isHttp = door.startsWith('POST');

  // biome-ignore format: a table
  it.each([
    ['nothing', '', 'none', 'not-json', 'the message is empty'],
    ['not JSON', '{"fixTime":', 'none', 'not-json', 'not JSON: it ends too early'],
    ['words', 'hello', 'none', 'not-json', 'not JSON: it does not begin like JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'none', 'not-json', 'not JSON: the bytes are not UTF-8'],
    ['NaN', position({ latitude: 'NaN' }), 'none', 'not-json', 'not JSON: there is a "N" that may not be there'],
    ['Infinity', position({ latitude: 'Infinity' }), 'none', 'not-json', 'not JSON: there is a "I" that may not be there'],
    ['1e400', position({ latitude: '1e400' }), 'native', 'bad-field', 'latitude must be a finite number, is Infinity'],
    ['-1e400', position({ longitude: '-1e400' }), 'native', 'bad-field', 'longitude must be a finite number, is -Infinity'],
    ['lat 91', position({ latitude: '91' }), 'native', 'bad-field', 'latitude must be ≤ 90, is 91'],
    ['lng -181', position({ longitude: '-181' }), 'native', 'bad-field', 'longitude must be ≥ -180, is -181'],
    ['speed -1', position({ speed: '-1' }), 'native', 'bad-field', 'speed must be ≥ 0, is -1'],
    ['numbers as text', position({ latitude: '"21.15"' }), 'native', 'bad-field', 'latitude must be a number, is "21.15"'],
    ['a time as text', position({ fixTime: inText }), 'native', 'bad-field', `fixTime must be a number, is ${inText}`],
    ['a time in seconds', position({ fixTime: seconds }), 'native', 'too-old', /^fixTime \d{10} is \d+ years( \d+ days?)? old, trails are kept for 3 years; it looks like seconds; send milliseconds$/],
    ['a time in µs', position({ fixTime: `${now}000` }), 'native', 'bad-field', `fixTime ${now}000 looks like microseconds; send milliseconds`],
    ['half a ms', position({ fixTime: `${now}.5` }), 'native', 'bad-field', `fixTime must be integer, is ${now}.5`],
    ['a clock ahead', position({ fixTime: String(now + 7_500_000) }), 'native', 'clock-ahead', /^the clock is 2 h( \d min)? ahead$/],
    ['no latitude', `{"fixTime":${now},"longitude":79}`, 'native', 'bad-field', 'latitude is missing'],
    ['0, 0', position({ latitude: '0', longitude: '0' }), 'native', 'no-fix', 'latitude and longitude are 0: the receiver has no fix'],
    ['nested 10,000 deep', deep, 'none', 'too-deep', 'nested more than 32 deep'],
    ['nested 10,000 deep in a field', position({ more: deep }), 'none', 'too-deep', 'nested more than 32 deep'],
    ['duplicate keys, the last wrong', `{"fixTime":${now},"latitude":21,"longitude":79,"latitude":91}`, 'native', 'bad-field', 'latitude must be ≤ 90, is 91'],
    ['a prototype that would mend it', proto, 'native', 'bad-field', 'latitude must be ≤ 90, is 91'],
    ['another device', position({ deviceId: '"van-8"' }), 'native', 'unknown-device', 'no enabled device van-8 is registered that van-7 may speak for'],
    ['__proto__ as a device', position({ deviceId: '"__proto__"' }), 'native', 'unknown-device', 'no enabled device __proto__ is registered that van-7 may speak for'],
    ['1001 positions', `[${Array(1001).fill(position({})).join(',')}]`, 'native', 'too-big', 'at most 1000 positions in one message, this has 1001'],
    ['a list in a list', `[[${position({})}]]`, isHttp ? 'native' : 'none', isHttp ? 'bad-field' : 'unknown-format', isHttp ? 'expected an object, got a list' : 'expected native or plain'],
    ['a number', '7', isHttp ? 'native' : 'none', isHttp ? 'bad-field' : 'unknown-format', isHttp ? 'expected an object, got 7' : 'expected native or plain'],
    ['null', 'null', isHttp ? 'native' : 'none', isHttp ? 'bad-field' : 'unknown-format', isHttp ? 'expected an object, got null' : 'expected native or plain'],
    ['everything in a prototype', `{"__proto__":${position({})}}`, isHttp ? 'native' : 'none', isHttp ? 'bad-field' : 'unknown-format', isHttp ? 'fixTime is missing' : 'expected native or plain'],
  ])('%s is acknowledged and a dead letter', async (_, payload, format, reason, detail) => {
    const { told, letters } = await send(door, payload);
    const why = { reason, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) };
    const refused = { accepted: 0, duplicates: 0, rejected: [{ index: 0, ...why }] };
    expect(told).toEqual(isHttp ? [202, refused] : ['PUBACK', 'stays']);
    expect(letters).toEqual([expect.objectContaining({ device: 'van-7', via: door, format, ...why })]);
    expect(letters[0]?.text === String(payload), 'the bytes as they were sent').toBe(true);
  });

  // biome-ignore format: a table
  it.each([
    ['duplicate keys: the last one', (time: number) => `{"fixTime":${time},"latitude":91,"longitude":79,"latitude":21}`, { latitude: 21, longitude: 79 }],
    ['__proto__ is a field like any other', (time: number) => `{"fixTime":${time},"latitude":21,"longitude":79,"__proto__":{"speed":9}}`, { latitude: 21, longitude: 79 }],
    ['so is constructor', (time: number) => `{"fixTime":${time},"latitude":21,"longitude":79,"constructor":{"prototype":{"speed":9}}}`, { latitude: 21, longitude: 79 }],
    ['and what nobody knows', (time: number) => `{"fixTime":${time},"latitude":21,"longitude":79,"wheels":4}`, { latitude: 21, longitude: 79 }],
    ['null is not known', (time: number) => `{"fixTime":${time},"latitude":21,"longitude":79,"speed":null}`, { latitude: 21, longitude: 79 }],
    ['spaces around it', (time: number) => ` \n{"fixTime":${time},"latitude":21,"longitude":79}\r\n`, { latitude: 21, longitude: 79 }],
    ['more places than a GPS has', (time: number) => `{"fixTime":${time},"latitude":21.00000004,"longitude":79,"speed":0.04}`, { latitude: 21, longitude: 79, speed: 0 }],
  ])('%s', async (_, payload, fields) => {
    const fixTime = nextTime();
    const { told, letters } = await send(door, payload(fixTime));
    expect(told).toEqual(isHttp ? [202, { accepted: 1, duplicates: 0, rejected: [] }] : ['PUBACK', 'stays']);
    expect(letters).toEqual([]);
    const { body } = await world.demo('GET', `/api/vans/van-7/trail?from=${fixTime}&to=${fixTime + 1}`);
    expect(body.items).toEqual([{ fixTime, receivedAt: expect.any(Number), ...fields }]);
  });

  it('of a list, what is good is taken and the rest is kept item by item', async () => {
    const time = nextTime();
    const items = [
      position({ fixTime: `${time}` }),
      '7',
      position({ latitude: '91', latitude2: '1e400' }),
      position({ fixTime: `${time}` }),
    ];
    const { told, letters } = await send(door, `[${items.join(',')}]`);
    const rejected = [
      { index: 1, reason: 'bad-field', detail: 'expected an object, got 7' },
      { index: 2, reason: 'bad-field', detail: 'latitude must be ≤ 90, is 91' },
    ];
    expect(told).toEqual(isHttp ? [202, { accepted: 1, duplicates: 1, rejected }] : ['PUBACK', 'stays']);
    expect(letters.map(({ text }) => text).sort()).toEqual(['7', items[2]]);
  });
});

describe('a body too big', () => {
  it('of a device is refused over HTTP before it is read', async () => {
    const answer = await api(world.daemon.url)('POST', '/api/positions', `"${'x'.repeat(1_048_576)}"`, {
      authorization: world.basic,
    });
    expect([answer.status, answer.body.type]).toEqual([413, '/problems/too-large']);
    expect(await world.newLetters()).toEqual([]);
  });
});

describe('credentials', () => {
  it('are in no dead letter, in no log line and in no file', async () => {
    const { key, username, osmandToken } = world.device;
    const secrets = [key, osmandToken, world.basic.slice(6)];
    const bad = (fields: string) => `{${fields},"fixTime":${now},"latitude":91,"longitude":79}`;
    const payloads = [
      bad(`"username":"${username}","password":"${key}"`),
      bad(`"auth":{"user":"${username}","secret":"${key}"}`),
      bad(`"apiKey":"${key}","access_token":"${osmandToken}"`),
      bad(`"headers":{"Authorization":"${world.basic}"}`),
      `{"password":"${key}`,
      `user=${username}&password=${key}&lat=91`,
      `POST / HTTP/1.1\r\nAuthorization: ${world.basic}\r\n\r\n{}`,
    ];
    let letters = 0;
    for (const door of [...doors, 'vantrail/van-7/raw', 'vantrail/van-7/gateway', 'owntracks/van-7/phone']) {
      for (const payload of payloads) {
        const { letters: fresh } = await send(door, payload);
        for (const letter of fresh) {
          letters++;
          for (const secret of secrets) expect(JSON.stringify(letter)).not.toContain(secret);
        }
      }
    }
    expect(letters).toBeGreaterThanOrEqual(4 * payloads.length);
    const osmand = `/osmand?id=${osmandToken}&lat=91&lon=79&timestamp=${seconds}`;
    expect((await fetch(world.daemon.url + osmand)).status).toBe(202);
    const body = `{"device_id":"${osmandToken}","location":{"timestamp":"${new Date(now).toISOString()}","coords":{"latitude":91,"longitude":79}}}`;
    expect((await fetch(`${world.daemon.url}/osmand`, { method: 'POST', body })).status).toBe(202);
    const fresh = await world.newLetters();
    expect(fresh.map(({ via, detail }) => `${via}: ${detail}`)).toEqual([
      'GET /osmand: latitude must be ≤ 90, is 91',
      'POST /osmand: latitude must be ≤ 90, is 91',
    ]);
    for (const secret of secrets) {
      expect(JSON.stringify(fresh)).not.toContain(secret);
      expect(world.daemon.output()).not.toContain(secret);
    }
    for (const entry of await readdir(world.daemon.data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const secret of secrets) expect(bytes.includes(secret), entry.name).toBe(false);
    }
  });
});
