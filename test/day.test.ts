import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  api,
  type DaemonProcess,
  root,
  run,
  startDaemon,
  temporaryFolder,
  tokenFor,
} from './daemon-process.ts';
import { listenToFeed } from './feed-listener.ts';
import { messageProvider } from './message-provider.ts';

/**
 * The day of an agency, from its setup to a delivered cylinder, as its people live it: every step through the doors that
 * they use.
 */
describe('a day at the Lakshmi gas agency', () => {
  let folder: string;
  let daemon: DaemonProcess;
  let provider: Awaited<ReturnType<typeof messageProvider>>;
  const ends: (() => unknown)[] = [];
  /** who has signed in */
  const as: Record<'admin' | 'dispatcher' | 'driver' | 'nobody', Api> = {} as never;
  const asked = async (answer: ReturnType<Api>, status: number) => {
    const { status: got, body } = await answer;
    expect(got, JSON.stringify(body)).toBe(status);
    return body;
  };
  /** The secret in the link that stands in a message or is shown. */
  const secretIn = (text: string) => /#invitation=([\w-]+)/.exec(text)?.[1] ?? '';
  const enters = async (secret: string): Promise<Api> => {
    const body = { token: secret, password: 'eleven blue kettles', refresh: 'body' };
    const { accessToken } = await asked(as.nobody('POST', '/api/invitations/accept', body), 200);
    return api(daemon.url, accessToken);
  };

  beforeAll(async () => {
    const temporary = await temporaryFolder();
    folder = temporary.folder;
    provider = await messageProvider();
    daemon = await startDaemon({ data: join(folder, 'data'), args: [...provider.args, '--log-level', 'warn'] });
    ends.push(temporary.remove, provider.close, () => daemon.stop());
    as.nobody = api(daemon.url);
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('begins with the operator, who makes the agency; its administrator follows the link and sets a password', async () => {
    const made = await run('daemon/agency.ts', [
      ...['add', 'lakshmi', '--name', 'Lakshmi Gas', '--data', daemon.data, '--url', daemon.url],
    ]);
    expect(made.code, made.err).toBe(0);
    expect(made.out).toContain('signs in as admin@lakshmi');
    as.admin = await enters(secretIn(made.out));
    expect((await as.admin('GET', '/api/me')).body).toMatchObject({ role: 'ADMIN', agency: { name: 'Lakshmi Gas' } });
    // The link was good once.
    const again = { token: secretIn(made.out), password: 'some other password' };
    expect((await as.nobody('POST', '/api/invitations/accept', again)).status).toBe(404);
  });

  it('the administrator invites a dispatcher and a driver, who follow what they were sent', async () => {
    for (const [id, role, phone] of [
      ['divya', 'DISPATCHER', '+91 98200 00001'],
      ['ravi', 'DELIVERY_PARTNER', '+91 98200 00002'],
    ] as const) {
      await asked(as.admin('POST', '/api/accounts', { id, role, name: id, phone }), 201);
      await asked(as.admin('POST', '/api/invitations', { accountId: id }), 201);
    }
    as.dispatcher = await enters(secretIn((await provider.to('+91 98200 00001', 'invitation')).text));
    as.driver = await enters(secretIn((await provider.to('+91 98200 00002', 'invitation')).text));
    // A dispatcher makes no accounts.
    const account = { id: 'x', role: 'DISPATCHER', name: 'x' };
    expect((await as.dispatcher('POST', '/api/accounts', account)).status).toBe(403);
    // Signed in with the password as well, from now on.
    const login = { login: 'divya@lakshmi', password: 'eleven blue kettles', refresh: 'body' };
    expect((await as.nobody('POST', '/api/session', login)).body).toMatchObject({ role: 'DISPATCHER' });
  });

  it('the list of consumers is imported; a row without a name comes back', async () => {
    const list = join(folder, 'consumers.csv');
    await writeFile(
      list,
      [
        'Cons. No,Consumer Name,Mobile No,Address,Pin,Lat,Long',
        '1001,Asha,+91 98765 43210,"12, Tank Road",411001,18.5205,73.8567',
        '1002,Bhola,+91 98765 43211,"48, Temple Lane",411001,18.5365,73.8413',
        '1003,,+91 98765 43212,"7, Hill View",411001,18.5405,73.8367',
      ].join('\n'),
    );
    const args = ['consumers', list, '--agency', 'lakshmi', '--data', daemon.data, '--url', daemon.url];
    const imported = await run('daemon/import.ts', args);
    expect(imported.out).toContain('3 rows: 2 new, 0 changed, 0 as they were, 1 refused');
    // Repeated, it does nothing twice.
    expect((await run('daemon/import.ts', args)).out).toContain('0 new, 0 changed, 2 as they were, 1 refused');
    const { items } = (await as.dispatcher('GET', '/api/consumers')).body;
    expect(items).toMatchObject([{ number: '1001', name: 'Asha', latitude: 18.5205 }, { number: '1002' }]);
  });

  it('refills are booked, and assigned to the van that Ravi drives', async () => {
    await asked(as.admin('POST', '/api/vans', { id: 'v1', name: 'Van 1', capacity: { full: 20, empties: 20 } }), 201);
    await asked(as.admin('POST', '/api/devices', { id: 'replay-v1', vanId: 'v1', type: 'replay' }), 201);
    await asked(as.dispatcher('PATCH', '/api/vans/v1', { driverId: 'ravi' }), 200);
    for (const number of ['1001', '1002']) {
      const body = { id: `o-${number}`, consumerId: number, cylinders: 1 };
      const order = await asked(as.dispatcher('POST', '/api/orders', body), 201);
      expect(order).toMatchObject({ state: 'booked', version: 1 });
    }
    const items = ['1001', '1002'].map((number) => ({ orderId: `o-${number}`, vanId: 'v1' }));
    const assigned = await asked(as.dispatcher('POST', '/api/orders/assign', { items }), 200);
    expect(assigned.items).toMatchObject([{ status: 200 }, { status: 200 }]);
    const run = await asked(as.driver('GET', '/api/me/run'), 200);
    expect(run.stops).toMatchObject([{ consumer: { name: 'Asha' } }, { consumer: { name: 'Bhola' } }]);
    // Assigned is not on its way: nobody was told.
    expect(provider.messages.filter(({ template }) => template === 'order-link')).toEqual([]);
  });

  it('Ravi sets out; each consumer is sent a link, sees van and own home only, and nothing of the other', async () => {
    const sent = await asked(as.driver('POST', '/api/orders/start', { orderIds: ['o-1001', 'o-1002'] }), 200);
    expect(sent.items).toMatchObject([{ status: 200 }, { status: 200 }]);
    const opens = async (phone: string) => {
      const { text } = await provider.to(phone, 'order-link');
      const token = /\/t\/([\w-]+)/.exec(text)?.[1] ?? '';
      const session = await asked(as.nobody('POST', `/api/links/${token}/session`), 200);
      return { token, call: api(daemon.url, session.accessToken), accessToken: session.accessToken as string };
    };
    const asha = await opens('+91 98765 43210');
    const bhola = await opens('+91 98765 43211');
    const feed = await listenToFeed(daemon.url, asha.accessToken);
    ends.push(() => feed.close());

    // The van drives, as the simulator replays it.
    await drives();
    await feed.hears((message) => message.type === 'positions' && message.positions[0]?.subject === 'v1');
    expect((await asha.call('GET', '/api/vans')).body.items).toMatchObject([
      { id: 'v1', position: { latitude: expect.any(Number) } },
    ]);
    const trail = await asha.call('GET', `/api/vans/v1/trail?from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`);
    expect(trail.status).toBe(200);

    // Not a byte of Bhola, who is on the same run.
    const [orders, consumers] = [await asha.call('GET', '/api/me/orders'), await asha.call('GET', '/api/consumers')];
    for (const text of [feed.text(), orders.text, consumers.text, trail.text]) {
      for (const other of ['Bhola', 'Temple', '43211', '18.5365', '73.8413']) expect(text).not.toContain(other);
      // As a number of its own: a time in ms has these digits in it once in a while.
      expect(text).not.toMatch(/(?<!\d)1002(?!\d)/);
    }
    for (const path of ['/api/consumers/1002', '/api/orders/o-1002', '/api/consumers/1002/trail?from=0&to=1']) {
      const [hidden, missing] = [await asha.call('GET', path), await asha.call('GET', path.replace('1002', '9999'))];
      expect(hidden.status).toBe(404);
      expect(hidden.text).toBe(missing.text);
    }

    // At the door: a slip of the finger, then the code that only the consumer has.
    const [{ code }] = orders.body.items;
    expect(code).toMatch(/^\d{6}$/);
    const [bholas] = (await bhola.call('GET', '/api/me/orders')).body.items;
    const slip = `${code.slice(0, 5)}${(Number(code[5]) + 1) % 10}`;
    expect((await as.driver('POST', '/api/orders/o-1001/deliver', { code: slip })).body.type).toContain(
      'mistyped-code',
    );
    expect((await as.driver('POST', '/api/orders/o-1001/deliver', { code: bholas.code })).body.type).toContain(
      'wrong-code',
    );
    for (const staff of [as.admin, as.dispatcher, as.driver]) {
      expect((await staff('GET', '/api/orders/o-1001')).text).not.toContain(code);
    }
    const delivered = await asked(as.driver('POST', '/api/orders/o-1001/deliver', { code, empties: 1 }), 200);
    expect(delivered).toMatchObject({ state: 'delivered', flags: [], delivery: { confirmation: 'code', empties: 1 } });

    // The van is gone from Asha's sight with the hand-over, from the feed at once.
    await feed.hears((message) => message.type === 'gone' && message.subject === 'v1');
    expect((await asha.call('GET', '/api/vans')).body.items).toEqual([]);
    expect((await asha.call('GET', '/api/vans/v1')).status).toBe(404);
    expect(daemon.output()).not.toContain(asha.token);

    // Bhola is not at home; his link dies by the dispatcher's word.
    await asked(as.driver('POST', '/api/orders/o-1002/fail', { reason: 'nobody at home' }), 200);
    expect((await bhola.call('GET', '/api/vans')).body.items).toEqual([]);
    const links = await asked(as.dispatcher('GET', '/api/orders/o-1002/links'), 200);
    for (const { id } of links.items) await asked(as.dispatcher('DELETE', `/api/orders/o-1002/links/${id}`), 204);
    const [dead, never] = [
      await as.nobody('POST', `/api/links/${bhola.token}/session`),
      await as.nobody('POST', `/api/links/${'A'.repeat(24)}/session`),
    ];
    expect(dead.status).toBe(404);
    expect(dead.text).toBe(never.text);
    expect((await bhola.call('GET', '/api/me/orders')).status).toBe(401);
  });

  it('in the evening the cylinders are counted, and the audit tells who did what', async () => {
    const { load } = (await as.dispatcher('GET', '/api/vans/v1/run')).body;
    expect(load).toEqual({ full: 0, delivered: 1, empties: 1 });
    const { items } = (await as.admin('GET', '/api/audit')).body;
    const acts = items.map(({ actor, type }: { actor: string; type: string }) => `${actor} ${type}`);
    expect(acts).toEqual(
      expect.arrayContaining([
        'ADMIN:admin account-added',
        'DISPATCHER:divya order-assigned',
        'DELIVERY_PARTNER:ravi order-delivered',
      ]),
    );
    expect((await as.dispatcher('GET', '/api/audit')).status).toBe(403);
  });

  /** The simulator replays a drive past both doors; resolves when its last fix is acknowledged. */
  async function drives(): Promise<void> {
    const points = Array.from({ length: 20 }, (_, i) => {
      const time = new Date(Date.UTC(2026, 0, 1, 4) + i * 10_000).toISOString();
      return `<trkpt lat="${18.515 + i * 0.0008}" lon="${73.86 - i * 0.0007}"><time>${time}</time></trkpt>`;
    });
    const file = join(folder, 'v1.gpx');
    await writeFile(file, `<gpx><trk><name>v1</name><trkseg>${points.join('')}</trkseg></trk></gpx>`);
    const simulator = spawn(
      process.execPath,
      [
        ...[join(root, 'device-simulator/main.ts'), 'gpx', file, '--speed', '100', '--agency', 'lakshmi'],
        ...['--url', daemon.url, '--mqtt', `mqtt://127.0.0.1:${daemon.mqttPort}`, '--keys', join(folder, 'keys.json')],
      ],
      { env: { ...process.env, VANTRAIL_TOKEN: await tokenFor(daemon.data, 'ADMIN', 'lakshmi') }, stdio: 'ignore' },
    );
    const [code] = await once(simulator, 'exit');
    expect(code).toBe(0);
  }
});
