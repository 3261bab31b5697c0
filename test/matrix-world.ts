import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { type App, createApp } from '../daemon/app.ts';
import { readConfig } from '../daemon/config.ts';
import { Keys } from '../daemon/http/keys.ts';
import { Tokens } from '../daemon/http/tokens.ts';
import type { Role } from '../protocol/claims.ts';
import { type Api, api, temporaryFolder } from './daemon-process.ts';

/** Those who call: one of each kind, all of agency `a`. */
export const callers = [
  'nobody',
  'admin',
  'dispatcher',
  'driver',
  'consumer',
  'link',
  'writer',
  'reader',
  'listener',
  'placer',
  'device',
] as const;
export type Caller = (typeof callers)[number];

/** Whose a thing is: the caller's own, another's of the agency, another agency's, nobody's, or no name at all. */
export const whose = ['own', 'same', 'foreign', 'missing', 'malformed'] as const;
export type Whose = (typeof whose)[number];
export type Kind =
  | 'zone'
  | 'webhook'
  | 'alert'
  | 'van'
  | 'order'
  | 'consumer'
  | 'device'
  | 'account'
  | 'letter'
  | 'request'
  | 'session';

export interface MatrixWorld {
  app: App;
  url: string;
  as: Record<Caller, Api>;
  ids: Record<Kind, Record<Whose, string>>;
  stop(): Promise<void>;
}

const nowhere = '00000000-0000-4000-8000-000000000000';

/** The whole daemon in this process, with two agencies that have the same things, and somebody of every kind. */
export async function matrixWorld(logger = pino({ level: 'silent' })): Promise<MatrixWorld> {
  const { folder, remove } = await temporaryFolder();
  const reading = readConfig(
    [
      ...['--data', folder, '--http-port', '0', '--mqtt-port', '0', '--admin-port', '0'],
      ...['--rate-limit', '10000000', '--address-rate-limit', '10000000'],
    ],
    {},
    (path) => readFileSync(path, 'utf8'),
  );
  if (!('config' in reading)) throw new Error('the options were not read');
  const app = await createApp({ config: reading.config, version: '0', pagesFolder: `${folder}/pages`, logger });
  await app.start();
  const url = `http://127.0.0.1:${app.ports().httpPort}`;
  const keys = new Keys(`${folder}/keys`);
  await keys.open();
  const tokens = new Tokens({ keys });
  const signIn = async (role: Role, subject: string, agency: string, scopes: string[] = []) =>
    api(url, await tokens.sign({ role, subject, agency, ...(scopes.length === 0 ? {} : { scopes }) }));

  /** An agency with two of everything, whose ids all end in `suffix`; answers what it was shown. */
  const fill = async (agency: string, suffix: string) => {
    const operator = await signIn('ADMIN', 'operator', agency);
    const done = async (method: string, path: string, body?: unknown, by = operator) => {
      const answer = await by(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer.body;
    };
    await done('POST', '/api/agencies', { id: agency, name: agency });
    const shown: Record<string, string> = {};
    for (const n of [1, 2]) {
      const [van, device, consumer] = [`v${n}${suffix}`, `gps${n}${suffix}`, `c${n}${suffix}`];
      await done('POST', '/api/accounts', { id: `d${n}${suffix}`, role: 'DELIVERY_PARTNER', name: `Driver ${n}` });
      await done('POST', '/api/invitations', { accountId: `d${n}${suffix}` });
      await done('POST', '/api/vans', { id: van, driverId: `d${n}${suffix}` });
      const { username, key } = await done('POST', '/api/devices', { id: device, vanId: van });
      Object.assign(shown, { [`username${n}`]: username, [`key${n}`]: key });
      const door = { latitude: 18.5 + n / 100, longitude: 73.8 };
      await done('POST', '/api/consumers', {
        id: consumer,
        name: `Consumer ${n}`,
        phone: `+91 98765 0000${n}`,
        ...door,
      });
      await done('POST', '/api/orders', { id: `o${n}${suffix}`, consumerId: consumer });
      await done('POST', `/api/orders/o${n}${suffix}/assign`, { vanId: van });
      await done('POST', `/api/orders/o${n}${suffix}/start`);
      const person = await signIn('CUSTOMER', consumer, agency);
      await done('PUT', '/api/me/sharing', { minutes: 60 }, person);
      await done('POST', '/api/me/pin', door, person);
      const shape = { type: 'circle', ...door, radius: 100 };
      await done('POST', '/api/zones', { id: `z${n}${suffix}`, name: `Zone ${n}`, shape, rules: { enter: true } });
      const hook = { id: `w${n}${suffix}`, url: 'https://erp.example/hook', events: ['zone-removed'] };
      await done('POST', '/api/webhooks', hook);
      const basic = { authorization: `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}` };
      const positions = [{ fixTime: Date.now(), latitude: 18.5, longitude: 73.8 }, { fixTime: 'never' }];
      await api(url)('POST', '/api/positions', positions, basic);
    }
    const letters = await done('GET', '/api/dead-letters');
    for (const { id, device } of letters.items) shown[`letter ${device}`] = id;
    return shown;
  };
  const a = await fill('a', '');
  const b = await fill('b', 'b');

  const admin = await signIn('ADMIN', 'asha', 'a');
  const { url: page } = (await admin('POST', '/api/orders/o1/links')).body as { url: string };
  const opened = await api(url)('POST', `/api/links/${page.slice(page.lastIndexOf('/') + 1)}/session`);
  const device = `Basic ${Buffer.from(`${a.username1}:${a.key1}`).toString('base64')}`;
  const as: Record<Caller, Api> = {
    nobody: api(url),
    admin,
    dispatcher: await signIn('DISPATCHER', 'divya', 'a'),
    driver: await signIn('DELIVERY_PARTNER', 'd1', 'a'),
    consumer: await signIn('CUSTOMER', 'c1', 'a'),
    link: api(url, opened.body.accessToken),
    writer: await signIn('INTERNAL_SERVICE', 's1', 'a', ['positions:write']),
    reader: await signIn('INTERNAL_SERVICE', 's2', 'a', ['positions:read']),
    listener: await signIn('INTERNAL_SERVICE', 's3', 'a', ['events:read']),
    placer: await signIn('INTERNAL_SERVICE', 's4', 'a', ['places:write']),
    device: (method, path, body, headers = {}) => api(url)(method, path, body, { authorization: device, ...headers }),
  };
  const named = (one: string, malformed = 'no%20name%21') => ({
    own: `${one}1`,
    same: `${one}2`,
    foreign: `${one}1b`,
    missing: `${one}9`,
    malformed,
  });
  const shown = (own = nowhere, same = nowhere, foreign = nowhere) => ({
    own,
    same,
    foreign,
    missing: nowhere,
    malformed: 'no%20name%21',
  });
  return {
    app,
    url,
    as,
    ids: {
      van: named('v'),
      order: named('o'),
      consumer: named('c'),
      device: named('gps'),
      zone: named('z'),
      webhook: named('w'),
      // Of alerts that are there, `alerts.test.ts` tells.
      alert: { ...named('silent:v1:176400000000'), foreign: 'silent:v1b:1764000000001' },
      account: named('d'),
      letter: shown(a['letter gps1'], a['letter gps2'], b['letter gps1b']),
      request: shown(),
      // Of sessions that are there, `session.test.ts` tells.
      session: { ...named('A'.repeat(21)), foreign: 'B'.repeat(22) },
    },
    stop: async () => {
      await app.stop();
      await remove();
    },
  };
}
