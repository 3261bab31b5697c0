import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { people } from '../accounts/people.ts';
import { ServerSecret } from '../accounts/server-secret.ts';
import { standingOf } from '../accounts/standing.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import type { Decide } from '../domain/decision.ts';
import type { Delivery } from '../effects/notify.ts';
import { audienceOf } from '../feed/audience-of.ts';
import { Hub } from '../feed/hub.ts';
import { feedRoutes } from '../feed/server.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { AccountsProjection } from '../project/accounts.ts';
import { AuditProjection } from '../project/audit.ts';
import { Commands } from '../project/commands.ts';
import { NoticesProjection } from '../project/notices.ts';
import { Projector } from '../project/projector.ts';
import { RegistryProjection } from '../project/registry.ts';
import { Keys } from './keys.ts';
import { testServer } from './server.fixture.ts';
import { longestLife, Tokens } from './tokens.ts';
import { FixedWorld } from './world.fixture.ts';

export const began = Date.UTC(2026, 0, 5, 10);
export const good = 'seven green parrots';

export interface Shared {
  log: Log;
  /** signing keys and the server's secret */
  folder: string;
  clock: { now: number };
}

/** What daemons on one log share. */
export async function shared(): Promise<Shared> {
  const log = new MemoryLog();
  await log.start();
  return { log, folder: await mkdtemp(join(tmpdir(), 'vantrail-people-')), clock: { now: began } };
}

/**
 * For tests: as much of a daemon as people need, over the real projections, routes and hub; a clock set by hand, and
 * messages kept instead of sent. Several may be made on one log.
 */
export async function peopleServer(of?: Shared) {
  const { log, folder, clock } = of ?? (await shared());
  const now = () => clock.now;
  const keys = new Keys(join(folder, 'keys'), now);
  await keys.open();
  const secret = new ServerSecret({ folder: join(folder, 'keys') });
  await secret.start();
  const registry = new RegistryProjection({ now });
  const accounts = new AccountsProjection({ verdicts: registry.verdicts });
  const notices = new NoticesProjection({ doneBy: () => undefined, verdicts: registry.verdicts, now });
  const audit = new AuditProjection();
  const own = await mkdtemp(join(folder, 'daemon-'));
  const logger = pino({ level: 'silent' });
  const projections = [registry, accounts, notices, audit];
  const projector = new Projector({ log, file: join(own, 'projections.sqlite'), projections, logger });
  await projector.start();
  await projector.caughtUp;
  const world = Object.assign(new FixedWorld(), {
    registry: registry.view,
    onChange: projector.onChange.bind(projector),
  });
  const tokens = new Tokens({ keys, stands: standingOf(accounts.view, registry.view), now });
  const commands = new Commands({ log, registry, now });
  const audience = (viewer: Parameters<typeof audienceOf>[0]) => audienceOf(viewer, registry.view, now());
  const hub = new Hub({ world, audienceOf: audience, now });
  const messages: Delivery[] = [];
  const parts = people({
    log,
    world,
    commands,
    accounts,
    audit,
    notices,
    tokens,
    secret,
    hub,
    notify: { via: 'test', deliver: async (message) => void messages.push(message) },
    publicUrl: 'https://gas.example',
    logger,
    now,
  });
  const bed = await testServer(
    {},
    {
      world,
      tokens,
      commands,
      people: parts.http,
      now,
      plugins: [feedRoutes({ hub, verify: (text) => tokens.verify(text), audienceOf: audience, allowedOrigins: [] })],
    },
  );
  await hub.start();
  for (const service of parts.services) await service.start();
  const { app } = await bed.server.build();
  await app.ready();

  const does = async <T>(decide: Decide<T>): Promise<T> => {
    const done = await commands.execute(decide, { actor: 'test' });
    if (!done.ok) throw new Error(done.detail);
    return done.value;
  };
  /** Sends a request and reads the answer. */
  const ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    {
      body,
      token,
      headers = {},
      ip,
    }: { body?: object; token?: string; headers?: Record<string, string>; ip?: string } = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(ip === undefined ? {} : { remoteAddress: ip }),
      ...(body === undefined ? {} : { payload: body }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: answer.body === '' ? null : answer.json(),
      cookie: String(answer.headers['set-cookie'] ?? ''),
    };
  };
  const operator = (agency: string) => tokens.sign({ role: 'ADMIN', subject: 'operator', agency }, longestLife);

  return {
    ...bed,
    app,
    log,
    clock,
    accounts: accounts.view,
    registry: registry.view,
    projections: { accounts, audit, notices, projector },
    commands,
    tokens,
    hub,
    parts,
    /** where `keys` is */
    dataFolder: folder,
    messages,
    ask,
    does,
    /** The secret behind the # of a link. */
    secretOf: (url: string) => url.slice(url.indexOf('#invitation=') + '#invitation='.length),
    /** An agency with an administrator who has signed in; his tokens. */
    agency: async (id: string) => {
      await does(addAgency({ id }));
      const setup = await ask('POST', `/api/agencies/${id}/setup`, {
        token: await operator(id),
        body: { account: 'asha' },
      });
      const token = setup.body.url.slice(setup.body.url.indexOf('=') + 1);
      const entered = await ask('POST', '/api/invitations/accept', {
        body: { token, password: good, refresh: 'body' },
      });
      return entered.body as { accessToken: string; refreshToken: string };
    },
    consumer: (agency: string, id: string, phone?: string) =>
      does(addConsumer(agency, { id, name: id, ...(phone === undefined ? {} : { phone }) })),
    operator,
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/feed`;
    },
    remove: async () => {
      for (const service of [...parts.services].reverse()) await service.stop();
      await hub.stop();
      await app.close();
      await projector.stop();
      await bed.remove();
      if (of === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
export type PeopleServer = Awaited<ReturnType<typeof peopleServer>>;
