import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../protocol/claims.ts';
import type { Fix } from '../../protocol/position.ts';
import type { Device, Van } from '../../protocol/registry.ts';
import { admit } from '../ingest/admit.ts';
import { decode } from '../ingest/decode.ts';
import type { Input } from '../ingest/format.ts';
import type { Intake, Sender } from '../ingest/intake.ts';
import { LogError } from '../log/log.ts';
import { type Caller, type IntakeDeps, intakeRoutes } from './intake.ts';
import { PROBLEM_TYPE, Problem } from './problem.ts';

const now = Date.UTC(2026, 10, 20, 6, 0, 0);
const agency = 'demo';
const device = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  username: id,
  type: 'tracker',
  enabled: true,
  assignments: [{ from: 0, vanId: 'van-1' }],
  version: 1,
  ...more,
});
const devices: readonly Device[] = [
  device('tracker-1'),
  device('phone-1', { type: 'phone' }),
  device('phone-moved', {
    type: 'phone',
    assignments: [
      { from: 0, vanId: 'van-2' },
      { from: 5, vanId: null },
    ],
  }),
  device('driver-ravi', { type: 'phone' }),
  device('driver-off', { type: 'phone', enabled: false }),
];
const vans: Readonly<Record<string, Van>> = {
  asha: { id: 'van-1', name: 'One', kind: 'van', driverId: 'asha', version: 1 },
  moved: { id: 'van-2', name: 'Two', kind: 'van', driverId: 'moved', version: 1 },
};
const viewer = (role: Viewer['role'], subject: string, scopes: string[] = []): Caller => ({
  kind: 'viewer',
  viewer: { role, agency, subject, scopes: new Set(scopes), expiresAt: now + 1000 },
});
/** by the Authorization header, in place of real credentials */
const callers: Readonly<Record<string, Caller>> = {
  'Basic tracker-1': { kind: 'device', agency, device: device('tracker-1') },
  'Bearer ravi': viewer('DELIVERY_PARTNER', 'ravi'),
  'Bearer asha': viewer('DELIVERY_PARTNER', 'asha'),
  'Bearer moved': viewer('DELIVERY_PARTNER', 'moved'),
  'Bearer off': viewer('DELIVERY_PARTNER', 'off'),
  'Bearer service': viewer('INTERNAL_SERVICE', 'erp', ['positions:write']),
  'Bearer reader': viewer('INTERNAL_SERVICE', 'bi', ['positions:read']),
  'Bearer consumer': viewer('CUSTOMER', 'c-1'),
};

/** The pipeline with a log in memory: decode, admit, keep. */
class MemoryIntake implements Intake {
  readonly kept: { device: string; fix: Fix }[] = [];
  readonly letters: { device: string; via: string; bytes: string; reasons: string[] }[] = [];
  readonly taken: Input[] = [];
  broken: LogError | undefined;
  /** durable later: answers wait until it is called */
  release: (() => void) | undefined;
  holds = false;

  take(input: Input, sender: Sender, settled: Parameters<Intake['take']>[2]): void {
    this.taken.push(input);
    if (this.broken) {
      settled(this.broken, { accepted: 0, duplicates: 0, rejected: [] });
      return;
    }
    const read = decode(input);
    const rejected = [...read.rejected];
    let accepted = 0;
    let duplicates = 0;
    for (const [at, fix] of read.fixes.entries()) {
      const admitted = admit(fix, { now, oldest: 0 }, read.indexes?.[at] ?? at);
      if (!admitted.ok) rejected.push(admitted);
      else if (this.kept.some((one) => one.device === sender.device.id && one.fix.fixTime === fix.fixTime))
        duplicates++;
      else {
        accepted++;
        this.kept.push({ device: sender.device.id, fix: admitted.fix });
      }
    }
    if (rejected.length > 0) {
      const reasons = rejected.map(({ reason }) => reason);
      const bytes = Buffer.from(input.bytes).toString();
      this.letters.push({ device: sender.device.id, via: sender.via, bytes, reasons });
    }
    const { ignored } = read;
    const outcome = { accepted, duplicates, rejected, ...(ignored === undefined ? {} : { ignored }) };
    if (this.holds) this.release = () => settled(undefined, outcome);
    else settled(undefined, outcome);
  }
}

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function started() {
  const intake = new MemoryIntake();
  const deps: IntakeDeps = {
    intake,
    authenticate: async (request) => callers[request.headers.authorization ?? ''] ?? null,
    osmandDevice: (token) => (token === '0123456789abcdef' ? { agency, device: device('phone-1') } : null),
    registry: {
      device: (of, id) => (of === agency ? devices.find((one) => one.id === id) : undefined),
      vanOfDriver: (of, driver) => (of === agency ? vans[driver] : undefined),
      devicesOfVan: (_, vanId) => devices.filter((one) => one.assignments.some((entry) => entry.vanId === vanId)),
    },
    now: () => now,
  };
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof Problem) {
      return reply.code(error.status).headers(error.headers).type(PROBLEM_TYPE).send(error.body());
    }
    const { statusCode, message } = error as { statusCode?: number; message: string };
    return reply.code(statusCode ?? 500).send({ message });
  });
  await app.register(intakeRoutes, deps);
  const server = app;
  const send = async (url: string, as: string, payload: unknown, more: InjectOptions = {}) => {
    const raw = typeof payload === 'string' || Buffer.isBuffer(payload);
    const reply = await server.inject({
      method: 'POST',
      url,
      headers: { authorization: as, 'content-type': 'application/json' },
      payload: raw ? payload : JSON.stringify(payload),
      ...more,
    });
    return { status: reply.statusCode, headers: reply.headers, body: reply.body === '' ? undefined : reply.json() };
  };
  return { intake, send, server };
}

const fix: Fix = { fixTime: now - 1000, latitude: 11.664325, longitude: 78.146014 };

describe('POST /api/positions', () => {
  it('takes one or many from a device, answers item by item, and counts repetitions', async () => {
    const { intake, send } = await started();
    expect(await send('/api/positions', 'Basic tracker-1', fix)).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0, rejected: [] },
    });
    const batch = [fix, { ...fix, fixTime: now - 500 }, { ...fix, latitude: 91 }, { ...fix, fixTime: '1' }];
    expect(await send('/api/positions', 'Basic tracker-1', batch)).toMatchObject({
      status: 202,
      body: {
        accepted: 1,
        duplicates: 1,
        rejected: [
          { index: 3, reason: 'bad-field', detail: 'fixTime must be a number, is "1"' },
          { index: 2, reason: 'bad-field', detail: 'latitude must be ≤ 90, is 91' },
        ],
      },
    });
    expect(intake.kept.map(({ device }) => device)).toEqual(['tracker-1', 'tracker-1']);
    expect(intake.letters).toMatchObject([{ device: 'tracker-1', via: 'POST /api/positions' }]);
  });

  it('answers only once it is durable', async () => {
    const { intake, send } = await started();
    intake.holds = true;
    let answered = false;
    const reply = send('/api/positions', 'Basic tracker-1', fix).then((answer) => {
      answered = true;
      return answer;
    });
    await expect.poll(() => intake.release).toBeDefined();
    expect(answered).toBe(false);
    intake.release?.();
    expect((await reply).status).toBe(202);
  });

  it('keeps what a device sends broken, whatever its content type, and answers 202', async () => {
    const { intake, send } = await started();
    for (const type of ['application/json', 'text/plain', 'application/octet-stream', 'nonsense', undefined]) {
      const headers = { authorization: 'Basic tracker-1', ...(type === undefined ? {} : { 'content-type': type }) };
      expect(await send('/api/positions', '', '{"fixTime":', { headers }), type).toMatchObject({
        status: 202,
        body: { accepted: 0, duplicates: 0, rejected: [{ index: 0, reason: 'not-json' }] },
      });
    }
    expect(intake.letters).toHaveLength(5);
    expect(intake.letters[0]).toMatchObject({ bytes: '{"fixTime":', reasons: ['not-json'] });
  });

  it('tells people and services by a 400 that it is not JSON', async () => {
    const { intake, send } = await started();
    for (const as of ['Bearer ravi', 'Bearer service']) {
      const answer = await send('/api/positions', as, '{"fixTime":');
      expect(answer).toMatchObject({ status: 400, body: { type: '/problems/not-json', status: 400 } });
      expect(answer.headers['content-type']).toBe(PROBLEM_TYPE);
      const deep = await send('/api/positions', as, '['.repeat(10_000));
      expect(deep).toMatchObject({ status: 400, body: { type: '/problems/too-deep' } });
    }
    expect(intake.taken).toEqual([]);
  });

  it.each([
    ['', 'Basic'],
    ['Basic wrong', 'Basic'],
    ['Bearer expired', 'Bearer'],
  ])('answers 401 to %j', async (as, scheme) => {
    const { intake, send } = await started();
    const answer = await send('/api/positions', as, fix);
    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/unauthorized' } });
    expect(answer.headers['www-authenticate']).toBe(`${scheme} realm="vantrail"`);
    expect(intake.taken).toEqual([]);
  });

  it('answers 403 to who may not send positions', async () => {
    const { send } = await started();
    expect((await send('/api/positions', 'Bearer consumer', fix)).status).toBe(403);
    expect(await send('/api/positions', 'Bearer reader', fix)).toMatchObject({
      status: 403,
      body: { detail: 'The token lacks the scope positions:write.' },
    });
  });

  it('answers 413 above a megabyte', async () => {
    const { intake, send } = await started();
    expect((await send('/api/positions', 'Basic tracker-1', Buffer.alloc(1_048_577, 0x20))).status).toBe(413);
    expect((await send('/api/positions', 'Basic tracker-1', Buffer.alloc(1_048_576, 0x20))).status).toBe(202);
    expect(intake.taken).toHaveLength(1);
  });

  it.each([
    ['full', '30'],
    ['io', '10'],
    ['closed', '3'],
  ] as const)('answers 503 with a time to try again when the log is %s', async (kind, after) => {
    const { intake, send } = await started();
    intake.broken = new LogError(kind, 'no');
    for (const as of ['Basic tracker-1', 'Bearer ravi', 'Bearer service']) {
      const answer = await send('/api/positions', as, [{ ...fix, deviceId: 'tracker-1' }]);
      expect(answer, as).toMatchObject({ status: 503, body: { type: '/problems/log-unavailable' } });
      expect(answer.headers['retry-after']).toBe(after);
    }
  });

  it('puts a driver’s positions on his own phone, else on the phone of his van', async () => {
    const { intake, send } = await started();
    expect((await send('/api/positions', 'Bearer ravi', [fix])).status).toBe(202);
    expect((await send('/api/positions', 'Bearer asha', [fix])).status).toBe(202);
    expect(intake.kept.map(({ device }) => device)).toEqual(['driver-ravi', 'phone-1']);
    for (const as of ['Bearer moved', 'Bearer off']) {
      expect(await send('/api/positions', as, [fix])).toMatchObject({
        status: 404,
        body: { type: '/problems/no-phone', detail: 'No phone is registered for this driver.' },
      });
    }
  });

  it('lets a service name the device of each position', async () => {
    const { intake, send } = await started();
    const batch = [
      { ...fix, deviceId: 'tracker-1' },
      { ...fix, deviceId: 'phone-1' },
      fix,
      { ...fix, deviceId: 'nobody' },
      { ...fix, deviceId: 'driver-off' },
      'x',
      { ...fix, deviceId: 'tracker-1', longitude: 181 },
    ];
    const answer = await send('/api/positions', 'Bearer service', batch);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, duplicates: 0 } });
    expect(answer.body.rejected.map((one: { index: number; reason: string }) => [one.index, one.reason])).toEqual([
      [2, 'bad-field'],
      [3, 'unknown-device'],
      [4, 'unknown-device'],
      [5, 'bad-field'],
      [6, 'bad-field'],
    ]);
    expect(intake.kept.map(({ device }) => device)).toEqual(['tracker-1', 'phone-1']);
    const many = Array(1001).fill(batch[0]);
    expect(await send('/api/positions', 'Bearer service', many)).toMatchObject({
      status: 400,
      body: { type: '/problems/too-big' },
    });
  });
});

describe.each([
  ['/location', 'partner_id', 'order_id', 'lat', 'lng'],
  ['/api/shipments/update', 'driverId', 'shipmentId', 'latitude', 'longitude'],
])('POST %s', (url, driver, order, latitude, longitude) => {
  const update = { [driver]: 'ravi', [order]: 'o-1', [latitude]: 11.5, [longitude]: 78.5 };

  it.each([
    [Math.floor((now - 60_000) / 1000), now - 60_000],
    [now - 60_000, now - 60_000],
    [String(now - 60_000), now - 60_000],
    [new Date(now - 60_000).toISOString(), now - 60_000],
    [undefined, now],
    [null, now],
  ])('takes a timestamp of %j', async (timestamp, fixTime) => {
    const { intake, send } = await started();
    expect(await send(url, 'Bearer ravi', { ...update, timestamp })).toMatchObject({
      status: 202,
      body: { accepted: 1 },
    });
    expect(intake.kept).toEqual([{ device: 'driver-ravi', fix: { fixTime, latitude: 11.5, longitude: 78.5 } }]);
  });

  it('takes a driver’s own id alone, and answers the others like what does not exist', async () => {
    const { intake, send } = await started();
    const other = await send(url, 'Bearer ravi', { ...update, [driver]: 'asha' });
    const nobody = await send(url, 'Bearer ravi', { ...update, [driver]: 'nobody' });
    expect(other).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    expect(nobody.body).toEqual(other.body);
    expect(intake.taken).toEqual([]);
  });

  it('lets a service speak for the drivers of its agency', async () => {
    const { intake, send } = await started();
    expect((await send(url, 'Bearer service', { ...update, [driver]: 'asha' })).status).toBe(202);
    expect(intake.kept).toMatchObject([{ device: 'phone-1' }]);
    expect((await send(url, 'Bearer service', { ...update, [driver]: 'nobody' })).status).toBe(404);
    expect((await send(url, 'Bearer reader', update)).status).toBe(403);
    expect((await send(url, 'Basic tracker-1', update)).status).toBe(403);
    expect((await send(url, '', update)).status).toBe(401);
  });

  it('names every bad field', async () => {
    const { intake, send } = await started();
    const answer = await send(url, 'Bearer ravi', {
      [latitude]: 91,
      [longitude]: '78',
      timestamp: 'noon',
      [order]: {},
    });
    expect(answer).toMatchObject({ status: 400, body: { type: '/problems/bad-field' } });
    expect(answer.body.errors.map(({ path, rule }: { path: string; rule: string }) => [path, rule])).toEqual([
      [`/${driver}`, 'required'],
      [`/${order}`, 'type'],
      [`/${latitude}`, 'maximum'],
      [`/${longitude}`, 'type'],
      ['/timestamp', 'time'],
    ]);
    for (const body of ['[]', '"x"', '{"', '']) expect((await send(url, 'Bearer ravi', body)).status).toBe(400);
    expect(intake.taken).toEqual([]);
  });

  it('tells of a position that cannot be admitted', async () => {
    const { send } = await started();
    expect(await send(url, 'Bearer ravi', { ...update, timestamp: now + 3_600_000 })).toMatchObject({
      status: 202,
      body: { accepted: 0, rejected: [{ index: 0, reason: 'clock-ahead', detail: 'the clock is 1 h ahead' }] },
    });
  });
});

describe('/osmand', () => {
  const token = '0123456789abcdef';
  const query = `/osmand?id=${token}&lat=11.5&lon=78.5&timestamp=${now - 1000}&speed=10`;

  it.each(['GET', 'POST'] as const)('takes the query of a %s', async (method) => {
    const { intake, server } = await started();
    const reply = await server.inject({ method, url: query });
    expect([reply.statusCode, reply.json()]).toEqual([202, { accepted: 1, duplicates: 0, rejected: [] }]);
    expect(intake.kept).toEqual([
      { device: 'phone-1', fix: { fixTime: now - 1000, latitude: 11.5, longitude: 78.5, speed: 18.5 } },
    ]);
  });

  it('takes a form, and the JSON of Traccar Client', async () => {
    const { intake, send } = await started();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('/osmand', '', `deviceid=${token}&lat=11.5&lon=78.5`, { headers })).status).toBe(202);
    const coords = { latitude: 11.6, longitude: 78.6, speed: -1 };
    const message = { device_id: token, location: { timestamp: new Date(now - 5000).toISOString(), coords } };
    expect((await send('/osmand', '', [message])).body).toMatchObject({ accepted: 1 });
    expect(intake.kept.map(({ fix: { fixTime } }) => fixTime)).toEqual([now, now - 5000]);
  });

  it('never passes the token on, and keeps what is wrong', async () => {
    const { intake, send, server } = await started();
    const reply = await server.inject({ url: `/osmand?id=${token}&lat=95&lon=78.5` });
    expect([reply.statusCode, reply.json().rejected]).toMatchObject([202, [{ reason: 'bad-field' }]]);
    const message = { device_id: token, location: { coords: {} }, _: `&id=${token}&lat=1` };
    expect((await send('/osmand', '', message)).status).toBe(202);
    expect((await send(`/osmand?id=${token}`, '', '{"location":')).body).toMatchObject({
      rejected: [{ reason: 'not-json' }],
    });
    expect(intake.letters.map(({ via }) => via)).toEqual(['GET /osmand', 'POST /osmand', 'POST /osmand']);
    expect(JSON.stringify(intake.taken.map(({ bytes, ...rest }) => ({ ...rest, text: String(bytes) })))).not.toContain(
      token,
    );
  });

  it.each([
    ['/osmand?lat=1&lon=2', undefined],
    ['/osmand?id=wrong&lat=1&lon=2', undefined],
    ['/osmand?id=&lat=1&lon=2', undefined],
    [`/osmand?id=${token}&deviceid=other&lat=1&lon=2`, undefined],
    ['/osmand', [{ device_id: token }, { device_id: 'other' }]],
    ['/osmand', { device_id: { toString: 1 } }],
    ['/osmand', { device_id: [token] }],
    ['/osmand', 'garbage'],
  ])('answers 401 to %s %j', async (url, payload) => {
    const { intake, send } = await started();
    expect((await send(url, '', payload ?? '')).status).toBe(401);
    expect(intake.taken).toEqual([]);
  });
});

describe('POST /owntracks', () => {
  it('takes a location and answers the empty list the app looks for', async () => {
    const { intake, send } = await started();
    const location = { _type: 'location', lat: 46.0681247, lon: 11.1512805, tst: now / 1000 - 5, vel: 42, tid: '5t' };
    expect(await send('/owntracks', 'Basic tracker-1', location)).toMatchObject({ status: 202, body: [] });
    expect(intake.kept).toMatchObject([{ device: 'tracker-1', fix: { fixTime: now - 5000, speed: 42 } }]);
  });

  it('answers the same to what has no position or cannot be read, which is kept', async () => {
    const { intake, send } = await started();
    for (const payload of [{ _type: 'waypoints', waypoints: [] }, { _type: 'encrypted', data: 'x' }, '{']) {
      expect(await send('/owntracks', 'Basic tracker-1', payload)).toMatchObject({ status: 202, body: [] });
    }
    expect(intake.letters.map(({ reasons }) => reasons)).toEqual([['unknown-format'], ['not-json']]);
  });

  it('is for devices', async () => {
    const { send } = await started();
    expect((await send('/owntracks', 'Basic wrong', {})).status).toBe(401);
    expect((await send('/owntracks', 'Bearer ravi', {})).status).toBe(403);
  });
});
