import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { addAccount } from '../domain/decide-account.ts';
import { removeConsumer } from '../domain/decide-consumer.ts';
import { good, type PeopleServer, peopleServer } from './people.fixture.ts';

let bed: PeopleServer;
let url: string;
let admin: string;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  bed = await peopleServer();
  admin = (await bed.agency('demo')).accessToken;
  url = await bed.listen();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await bed.remove();
});

/** An open feed that has been welcomed; how it ends, and when. */
async function feed(token: string) {
  const socket = new WebSocket(url);
  sockets.push(socket);
  const closed = new Promise<{ code: number; at: number }>((resolve) => {
    socket.on('close', (code) => resolve({ code, at: performance.now() }));
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token }));
  const [first] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(String(first))).toMatchObject({ type: 'welcome' });
  return { socket, closed };
}

const opened = async (id: string, role: 'DISPATCHER' | 'DELIVERY_PARTNER' = 'DISPATCHER') => {
  if (bed.accounts.account('demo', id) === undefined) await bed.does(addAccount(bed.accounts, 'demo', { id, role }));
  const session = await bed.parts.http.sessions.open({ agency: 'demo', role, subject: id, client: 'test' });
  return session ?? { accessToken: '', refreshToken: '' };
};
const asAdmin = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
  bed.ask(method, path, { token: admin, ...(body === undefined ? {} : { body }) });

describe('an open feed', () => {
  it.each([
    ['the account is disabled', () => asAdmin('PATCH', '/api/accounts/dev', { enabled: false })],
    ['its role is changed', () => asAdmin('PATCH', '/api/accounts/dev', { role: 'DELIVERY_PARTNER' })],
    ['it is removed', () => asAdmin('DELETE', '/api/accounts/dev')],
    ['it is signed out everywhere', () => asAdmin('DELETE', '/api/sessions?account=dev')],
  ])('closes within a second when %s', async (_name, act) => {
    const [one, two] = [await feed((await opened('dev')).accessToken), await feed((await opened('dev')).accessToken)];
    const bystander = await feed((await opened('ravi', 'DELIVERY_PARTNER')).accessToken);
    const began = performance.now();
    expect((await act()).status).toBeLessThan(300);
    const ends = await Promise.all([one.closed, two.closed]);
    expect(ends.map(({ code }) => code)).toEqual([4401, 4401]);
    for (const { at } of ends) expect(at - began).toBeLessThan(1000);
    expect(bystander.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes when its own session ends, and no other of that account does', async () => {
    const here = await opened('dev');
    const [one, two] = [await feed(here.accessToken), await feed((await opened('dev')).accessToken)];
    await bed.ask('DELETE', '/api/session', { token: here.accessToken });
    expect((await one.closed).code).toBe(4401);
    expect(two.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes for thief and owner when a used refresh token comes back', async () => {
    const { refreshToken } = await opened('dev');
    const next = await bed.ask('POST', '/api/session/refresh', { body: { refreshToken } });
    const { closed } = await feed(next.body.accessToken);
    bed.clock.now += 60_000;
    await bed.ask('POST', '/api/session/refresh', { body: { refreshToken } });
    expect((await closed).code).toBe(4401);
  });

  it('closes when the password is changed, and opens again with the new session', async () => {
    const { url: link } = (await asAdmin('POST', '/api/invitations', { accountId: 'asha' })).body;
    const own = await feed(admin);
    const body = { token: bed.secretOf(link), password: `${good} again`, refresh: 'body' };
    const entered = await bed.ask('POST', '/api/invitations/accept', { body });
    expect((await own.closed).code).toBe(4401);
    await feed(entered.body.accessToken);
  });

  it('closes for a consumer who is erased, and not for an account of the same name', async () => {
    await bed.consumer('demo', 'dev', '98765 43210');
    const session = await bed.parts.http.sessions.open({
      agency: 'demo',
      role: 'CUSTOMER',
      subject: 'dev',
      client: '',
    });
    const [consumer, account] = [await feed(session?.accessToken ?? ''), await feed((await opened('dev')).accessToken)];
    await bed.does(removeConsumer('demo', 'dev'));
    expect((await consumer.closed).code).toBe(4401);
    expect(account.socket.readyState).toBe(WebSocket.OPEN);
    await bed.consumer('demo', 'dev', '98765 43210');
    const again = await bed.parts.http.sessions.open({ agency: 'demo', role: 'CUSTOMER', subject: 'dev', client: '' });
    const other = await feed(again?.accessToken ?? '');
    await asAdmin('PATCH', '/api/accounts/dev', { enabled: false });
    expect((await account.closed).code).toBe(4401);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('does not open, and is not renewed, with a token of before', async () => {
    const { accessToken } = await opened('dev');
    await asAdmin('PATCH', '/api/accounts/dev', { enabled: false });
    const socket = new WebSocket(url);
    sockets.push(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', token: accessToken }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4401);
  });
});
