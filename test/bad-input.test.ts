import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deep, signedToken, startWorld, type World } from './bad-input-world.ts';
import { api } from './daemon-process.ts';

/** What people and programs are told over HTTP when something is wrong, each answer exactly. */
let world: World;
/** Authorization headers by who sends them */
let credentials: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
  const { data } = world.daemon;
  const sign = async (...args: Parameters<typeof signedToken> extends [string, ...infer R] ? R : never) =>
    `Bearer ${await signedToken(data, ...args)}`;
  const admin = await sign({ role: 'ADMIN', agency: 'demo' });
  const [header = '', payload = '', signature = ''] = admin.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const edited = Buffer.from(JSON.stringify({ ...claims, agency: 'other' })).toString('base64url');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  credentials = {
    admin,
    expired: await sign({ role: 'ADMIN', agency: 'demo' }, 16 * 60_000),
    edited: `${header}.${edited}.${signature}`,
    unsigned: `Bearer ${none}.${payload}.`,
    consumer: await sign({ role: 'CUSTOMER', agency: 'demo' }),
    driver: await sign({ role: 'DELIVERY_PARTNER', agency: 'demo', subject: 'ravi' }),
    reader: await sign({ role: 'INTERNAL_SERVICE', agency: 'demo', scopes: ['positions:read'] }),
    service: await sign({ role: 'INTERNAL_SERVICE', agency: 'demo', scopes: ['positions:write'] }),
    device: world.basic,
  };
});
afterAll(() => world.stop());

const ask = (who: string, what: string, body?: unknown, headers: Record<string, string> = {}) => {
  const [method = '', path = ''] = what.split(' ');
  const authorization = credentials[who];
  const signed = authorization === undefined ? headers : { authorization, ...headers };
  return api(world.daemon.url)(method, path, body, signed);
};

const signIn = 'The credentials are missing, wrong or expired.';
const nothing = 'There is nothing here, or nothing that you may see.';
const notJson = 'The body is not JSON, or has a name in it that may not be (__proto__, constructor).';
const pattern = '/id must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$".';
const consumer = (fields: string) => `{"id":"c-1","name":"Asha",${fields}}`;
const megabyte = 1_048_576;

describe('the answer to people and programs', () => {
  // biome-ignore format: a table
  it.each([
    ['no token', 'nobody', 'GET /api/vans', undefined, 401, 'unauthorized', signIn],
    ['no token, before the body is read', 'nobody', 'POST /api/vans', '{"id":', 401, 'unauthorized', signIn],
    ['an expired token', 'expired', 'GET /api/vans', undefined, 401, 'unauthorized', signIn],
    ['a token edited to another agency', 'edited', 'GET /api/vans', undefined, 401, 'unauthorized', signIn],
    ['a token without a signature', 'unsigned', 'GET /api/vans', undefined, 401, 'unauthorized', signIn],
    ['a device at the door of people', 'device', 'GET /api/vans', undefined, 401, 'unauthorized', signIn],
    ['the wrong role', 'consumer', 'POST /api/vans', '{"id":"x"}', 403, 'forbidden', 'This account may not do that.'],
    ['the wrong scope', 'reader', 'POST /api/positions', '[]', 403, 'forbidden', 'This account may not do that.'],
    ["another agency's van", 'admin', 'GET /api/vans/hidden', undefined, 404, 'not-found', nothing],
    ['an unknown route', 'admin', 'GET /api/lorries', undefined, 404, 'not-found', nothing],
    ['an unknown route without a token', 'nobody', 'GET /api/lorries', undefined, 404, 'not-found', nothing],
    ['a wrong method', 'admin', 'PUT /api/vans', '{}', 405, 'method-not-allowed', 'This answers to GET, HEAD, POST.'],
    ['a path that is none', 'admin', 'GET /api/vans/%zz', undefined, 400, 'bad-request', 'The address is not a well-formed one.'],
    ['an unknown parameter', 'admin', 'GET /api/vans?x=1', undefined, 400, 'invalid', 'query/x is not known here.'],
    ['a body too big', 'admin', 'POST /api/vans', `"${'x'.repeat(megabyte)}"`, 413, 'too-large', 'The body is larger than is accepted here.'],
    ['no body', 'admin', 'POST /api/vans', '', 400, 'not-json', 'The body is empty.'],
    ['not JSON', 'admin', 'POST /api/vans', '{"id":', 400, 'not-json', notJson],
    ['NaN', 'admin', 'POST /api/consumers', consumer('"latitude":NaN'), 400, 'not-json', notJson],
    ['1e400', 'admin', 'POST /api/consumers', consumer('"latitude":1e400'), 400, 'invalid', '/latitude must be number.'],
    ['lat 91', 'admin', 'POST /api/consumers', consumer('"latitude":91'), 400, 'invalid', '/latitude must be <= 90.'],
    ['a number as text', 'admin', 'POST /api/consumers', consumer('"latitude":"21"'), 400, 'invalid', '/latitude must be number.'],
    ['text as a number', 'admin', 'POST /api/vans', '{"id":7}', 400, 'invalid', '/id must be string.'],
    ['nested 10,000 deep', 'admin', 'POST /api/vans', deep, 400, 'invalid', 'The body must be object.'],
    ['nested 10,000 deep in a field', 'admin', 'POST /api/vans', `{"id":${deep}}`, 400, 'invalid', '/id must be string.'],
    ['duplicate keys, the last wrong', 'admin', 'POST /api/vans', '{"id":"x","id":7}', 400, 'invalid', '/id must be string.'],
    ['__proto__', 'admin', 'POST /api/vans', '{"id":"x","__proto__":{"name":"y"}}', 400, 'not-json', notJson],
    ['__proto__ as an id', 'admin', 'POST /api/vans', '{"id":"__proto__"}', 400, 'invalid', pattern],
    ['constructor.prototype', 'admin', 'POST /api/vans', '{"constructor":{"prototype":{}}}', 400, 'not-json', notJson],
    ['an unknown field', 'admin', 'POST /api/vans', '{"id":"x","wheels":4}', 400, 'invalid', '/wheels is not known here.'],
    ['what exists', 'admin', 'POST /api/vans', '{"id":"van-7"}', 409, 'exists', 'Van van-7 exists.'],
    ['a device of a van that is not there', 'admin', 'POST /api/devices', '{"id":"x","vanId":"y"}', 422, 'cannot-be', 'Van y does not exist.'],
    ['a service: not JSON', 'service', 'POST /api/positions', '{"deviceId":', 400, 'not-json', 'not JSON: it ends too early'],
    ['a service: NaN', 'service', 'POST /api/positions', '{"latitude":NaN}', 400, 'not-json', 'not JSON: there is a "N" that may not be there'],
    ['a service: too deep', 'service', 'POST /api/positions', deep, 400, 'too-deep', 'nested more than 32 deep'],
    ['a driver without a phone', 'driver', 'POST /api/positions', '[]', 404, 'no-phone', 'No phone is registered for this driver.'],
    ['a driver as another', 'driver', 'POST /location', '{"partner_id":"x","lat":21,"lng":79}', 404, 'not-found', nothing],
    ['lat 91 in an update', 'driver', 'POST /location', '{"partner_id":"ravi","lat":91,"lng":79}', 400, 'bad-field', 'lat must be between -90 and 90, is 91'],
    ['text in an update', 'driver', 'POST /location', '{"partner_id":"ravi","lat":"21","lng":79}', 400, 'bad-field', 'lat must be a number'],
    ['1e400 in an update', 'driver', 'POST /location', '{"partner_id":"ravi","lat":1e400,"lng":79}', 400, 'bad-field', 'lat must be a number'],
    ['an OsmAnd token nobody has', 'nobody', 'GET /osmand?id=x&lat=21&lon=79', undefined, 401, 'unauthorized', 'The id is not the token of a device.'],
  ])('%s (%s, %s)', async (_, who, what, body, status, type, detail) => {
    const answer = await ask(who, what, body);
    expect(answer.body).toMatchObject({
      status,
      type: `/problems/${type}`,
      title: expect.stringMatching(/^[A-Z]/),
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    // Nothing was made of it, and nobody's credentials come back.
    expect((await world.demo('GET', '/api/vans')).body.items).toEqual([expect.objectContaining({ id: 'van-7' })]);
    expect((await world.demo('GET', '/api/consumers')).body.items).toEqual([]);
  });

  it('names what to sign in with, and what a path answers to', async () => {
    expect((await ask('nobody', 'GET /api/vans')).headers.get('www-authenticate')).toBe('Bearer');
    expect((await ask('nobody', 'POST /api/positions')).headers.get('www-authenticate')).toBe(
      'Bearer, Basic realm="vantrail", charset="UTF-8"',
    );
    expect((await ask('admin', 'PUT /api/vans', '{}')).headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it.each([
    ['x', 400, 'invalid', 'If-Match must be the version seen, as "3".'],
    ['"9"', 412, 'stale', 'Van van-7 is at version 1, not 9.'],
  ])('If-Match: %s', async (version, status, type, detail) => {
    const answer = await ask('admin', 'PATCH /api/vans/van-7', '{"name":"x"}', { 'if-match': version });
    expect(answer.body).toMatchObject({ status, type: `/problems/${type}`, detail });
    expect((await world.demo('GET', '/api/vans/van-7')).body).toMatchObject({ name: 'van-7', version: 1 });
  });

  it('names every field that is wrong', async () => {
    const { body } = await ask('admin', 'POST /api/consumers', '{"id":"c 1","latitude":91,"longitude":"79"}');
    expect(body.errors).toEqual([
      { path: '/name', rule: 'required', message: 'is missing' },
      { path: '/id', rule: 'pattern', message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$"' },
      { path: '/latitude', rule: 'maximum', message: 'must be <= 90' },
      { path: '/longitude', rule: 'type', message: 'must be number' },
    ]);
  });

  it('takes the last of duplicate keys, as everywhere in JavaScript', async () => {
    const { status, body } = await ask('admin', 'POST /api/vans', '{"id":"first","id":"second"}');
    expect([status, body]).toEqual([201, { id: 'second', name: 'second', kind: 'van', version: 1 }]);
    await ask('admin', 'DELETE /api/vans/second');
  });
});

/** Sends bytes and answers what comes back until the daemon ends the connection. */
async function exchange(bytes: string): Promise<string> {
  const socket = net.connect(Number(new URL(world.daemon.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe("what belongs to another agency answers, byte for byte, like what isn't there", () => {
  beforeAll(async () => {
    await world.other('POST', '/api/vans', { id: 'hidden', name: 'Hidden' });
    await world.other('POST', '/api/devices', { id: 'hidden', vanId: 'hidden' });
    await world.other('POST', '/api/consumers', { id: 'hidden', name: 'Hidden' });
  });

  /** The whole answer but for what no two answers have in common: time, request id and what is left of the limit. */
  const answerAbout = async (id: string, what: string, body: string) => {
    const [method = '', path = ''] = what.replace('{id}', id).split(' ');
    const content = body.replace('{id}', id);
    const answer = await exchange(
      [
        `${method} ${path} HTTP/1.1`,
        'host: 127.0.0.1',
        `authorization: ${credentials.admin}`,
        'connection: close',
        ...(body === '' ? [] : ['content-type: application/json', `content-length: ${content.length}`]),
        '',
        content,
      ].join('\r\n'),
    );
    return answer.replace(/^(date|x-request-id|ratelimit-\w+): .*\r\n/gim, '').replaceAll(id, '{id}');
  };

  it.each([
    ['GET /api/vans/{id}', '', 404],
    ['PATCH /api/vans/{id}', '{"name":"x"}', 404],
    ['DELETE /api/vans/{id}', '', 404],
    ['GET /api/vans/{id}/trail', '', 404],
    ['GET /api/devices/{id}', '', 404],
    ['PATCH /api/devices/{id}', '{"enabled":false}', 404],
    ['GET /api/consumers/{id}', '', 404],
    ['DELETE /api/consumers/{id}', '', 404],
    ['POST /api/devices', '{"id":"mine","vanId":"{id}"}', 422],
    ['GET /api/dead-letters?device={id}', '', 200],
  ])('%s %s', async (what, body, status) => {
    const hidden = await answerAbout('hidden', what, body);
    expect(hidden).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(hidden).toBe(await answerAbout('absent', what, body));
  });
});

describe('what is no HTTP', () => {
  // biome-ignore format: a table
  it.each([
    ['noise', '\x01\x02\x03\r\n\r\n', 400, 'bad-request', 'This is not a well-formed HTTP request.'],
    ['MQTT', '\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00', 400, 'bad-request', 'This is not a well-formed HTTP request.'],
    ['two lengths', 'POST /api/vans HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx', 400, 'bad-request', 'This is not a well-formed HTTP request.'],
    ['length and chunks', 'POST /api/vans HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'bad-request', 'This is not a well-formed HTTP request.'],
    ['headers of 20 KB', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'header-too-large', 'The headers are too large.'],
  ])('%s', async (_, bytes, status, type, detail) => {
    const answer = await exchange(bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({ type: `/problems/${type}`, status, detail });
  });
});
