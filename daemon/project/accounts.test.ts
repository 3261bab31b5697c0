import { rm } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { good, type PeopleServer, peopleServer, type Shared, shared } from '../http/people.fixture.ts';
import { AccountsProjection } from './accounts.ts';
import { NoticesProjection } from './notices.ts';

let of: Shared;
let a: PeopleServer;
let b: PeopleServer;
let admin: string;
beforeEach(async () => {
  of = await shared();
  [a, b] = [await peopleServer(of), await peopleServer(of)];
  admin = (await a.agency('demo')).accessToken;
});
afterEach(async () => {
  await a.remove();
  await b.remove();
  await rm(of.folder, { recursive: true, force: true });
});

/** All a view knows of an agency, for comparing. */
const known = ({ accounts }: Pick<PeopleServer, 'accounts'>) => ({
  accounts: [...accounts.accounts('demo')],
  standings: [...accounts.accounts('demo')].map(({ id }) => accounts.standing('demo', id)),
  passwords: [...accounts.accounts('demo')].map(({ id }) => accounts.password('demo', id)),
  invitations: [...accounts.invitations('demo', of.clock.now)],
  sessions: accounts.sessionsOf('demo', 'ADMIN', 'asha', of.clock.now),
});

async function busyDay() {
  const ask = (method: 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
    a.ask(method, url, { token: admin, ...(body === undefined ? {} : { body }) });
  await ask('POST', '/api/accounts', { id: 'dev', role: 'DISPATCHER', name: 'Dev', phone: '98765 43210' });
  await ask('POST', '/api/accounts', { id: 'erp', role: 'INTERNAL_SERVICE', scopes: ['events:read'] });
  await ask('POST', '/api/accounts', { id: 'gone', role: 'DISPATCHER' });
  await ask('POST', '/api/invitations', { accountId: 'dev' });
  await ask('PATCH', '/api/accounts/dev', { role: 'ADMIN' });
  await ask('DELETE', '/api/accounts/gone');
  await a.ask('POST', '/api/session', { body: { login: 'asha@demo', password: good, refresh: 'body' } });
}

describe('accounts', () => {
  it('are the same at two daemons, after a restart, and rebuilt from the log', async () => {
    await busyDay();
    const now = known(a);
    expect(now.accounts.map(({ id, signIn }) => `${id} ${signIn}`)).toEqual(['asha ready', 'dev invited', 'erp ready']);
    expect(now.sessions).toHaveLength(2);
    expect(known(b)).toEqual(now);
    const { projector } = a.projections;
    await projector.stop();
    await projector.start();
    await projector.caughtUp;
    expect(known(a)).toEqual(now);
    const rebuilt = await peopleServer(of);
    expect(known(rebuilt)).toEqual(now);
    await rebuilt.remove();
  });

  it('are judged by events alone: values that belong to no event count for nothing', async () => {
    const value = { kind: 'password', accountId: 'asha', hash: 'stolen', number: 9 } as const;
    await new Promise<void>((resolve) =>
      of.log.append([{ topic: 'accounts', agency: 'demo', id: 'password:asha', value }], () => resolve()),
    );
    expect(a.accounts.password('demo', 'asha')).toBeUndefined();
    expect(a.accounts.account('demo', 'asha')?.signIn).toBe('none');
  });

  it('forget no secret of an account that a crash kept from being erased', async () => {
    await busyDay();
    const gone = { kind: 'account', id: 'gone', name: 'Somebody', version: 1 } as const;
    await new Promise<void>((resolve) =>
      of.log.append([{ topic: 'people', agency: 'demo', id: 'account:gone', value: gone }], () => resolve()),
    );
    expect(a.projections.accounts.leftovers(of.clock.now + 1000, () => true)).toEqual([]);
    expect(a.projections.accounts.leftovers(of.clock.now + 61_000, () => true)).toEqual([
      { topic: 'people', agency: 'demo', id: 'account:gone', value: null },
    ]);
  });

  it('let one of two daemons win, and the other say what is now', async () => {
    await busyDay();
    const on = (daemon: PeopleServer, name: string) =>
      daemon.ask('PATCH', '/api/accounts/dev', { token: admin, body: { name }, headers: { 'if-match': '"2"' } });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => on(i % 2 === 0 ? a : b, `Dev ${i}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(39);
    expect(known(a)).toEqual(known(b));
  });

  it('are used up by one of two who come with the same link at two daemons', async () => {
    const { body } = await a.ask('POST', '/api/accounts', {
      token: admin,
      body: { id: 'ravi', role: 'DELIVERY_PARTNER' },
    });
    expect(body.id).toBe('ravi');
    const { url } = (await a.ask('POST', '/api/invitations', { token: admin, body: { accountId: 'ravi' } })).body;
    const accept = (daemon: PeopleServer, password: string) =>
      daemon.ask('POST', '/api/invitations/accept', { body: { token: a.secretOf(url), password, refresh: 'body' } });
    const answers = await Promise.all([accept(a, 'nine yellow buses'), accept(b, 'eight purple boats')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('are signed out at every daemon', async () => {
    expect((await b.ask('GET', '/api/me', { token: admin })).status).toBe(200);
    await a.ask('DELETE', '/api/sessions', { token: admin });
    expect((await b.ask('GET', '/api/me', { token: admin })).status).toBe(401);
  });

  it('keep a session ended although a refresh at another daemon comes after it in the log', async () => {
    const { refreshToken } = (
      await a.ask('POST', '/api/session', { body: { login: 'asha@demo', password: good, refresh: 'body' } })
    ).body;
    const id = refreshToken.split('.')[1] ?? '';
    const session = a.accounts.session('demo', id);
    await a.parts.http.sessions.end('demo', id);
    const late = session === undefined ? null : { ...session, number: 2 };
    await new Promise<void>((resolve) =>
      of.log.append([{ topic: 'accounts', agency: 'demo', id: `session:${id}`, value: late }], () => resolve()),
    );
    expect(a.accounts.sessionEnded('demo', id)).toBe(true);
    expect((await b.ask('POST', '/api/session/refresh', { body: { refreshToken } })).status).toBe(401);
  });
});

describe('the tables', () => {
  it('can be dropped and made again', () => {
    const db = new Database(':memory:');
    const verdicts = { take: () => {} };
    for (const projection of [
      new AccountsProjection({ verdicts }),
      new NoticesProjection({ doneBy: () => undefined, verdicts, now: Date.now }),
    ]) {
      projection.open(db);
      projection.reset(db);
      projection.open(db);
      expect(projection.save(db, 'c')).toBe('c');
      projection.saved();
    }
    db.close();
  });
});
