import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeLife } from '../accounts/consumer-codes.ts';
import { removeConsumer } from '../domain/decide-consumer.ts';
import { type PeopleServer, peopleServer, shared } from './people.fixture.ts';

const phone = '+91 98765 43210';
let bed: PeopleServer;
beforeEach(async () => {
  bed = await peopleServer();
  await bed.agency('demo');
  await bed.consumer('demo', 'c1', phone);
});
afterEach(() => bed.remove());

const ask = (number = phone, agency = 'demo', on = bed) =>
  on.ask('POST', '/api/session/code', { body: { agency, phone: number } });
const enter = (challenge: string, code: string, more: object = {}, on = bed) =>
  on.ask('POST', '/api/session', { body: { agency: 'demo', phone, challenge, code, refresh: 'body', ...more } });
/** The code as the consumer reads it. */
const read = async (on = bed) => {
  await on.parts.notifier.idle();
  return /\d{6}/.exec(on.messages.at(-1)?.text ?? '')?.[0] ?? '';
};
const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a consumer', () => {
  it('signs in with a code that comes to the telephone', async () => {
    const asked = await ask('098765-43210');
    expect(asked.status).toBe(202);
    expect(asked.body).toEqual({ challenge: expect.any(String), expiresAt: bed.clock.now + codeLife });
    const answer = await enter(asked.body.challenge, await read());
    expect(answer.body).toMatchObject({ role: 'CUSTOMER', subject: 'c1', agency: 'demo' });
    const me = await bed.ask('GET', '/api/me', { token: answer.body.accessToken });
    expect(me.body.consumer).toMatchObject({ id: 'c1' });
    const next = await bed.ask('POST', '/api/session/refresh', { body: { refreshToken: answer.body.refreshToken } });
    expect(next.status).toBe(200);
  });

  it('uses a code once, at whichever daemon', async () => {
    const of = await shared();
    const [a, b] = [await peopleServer(of), await peopleServer(of)];
    try {
      await a.agency('demo');
      await a.consumer('demo', 'c1', phone);
      const { challenge } = (await ask(phone, 'demo', a)).body;
      const code = await read(a);
      expect((await enter(challenge, code, {}, b)).status).toBe(200);
      expect((await enter(challenge, code, {}, a)).status).toBe(401);
      expect((await enter(challenge, code, {}, b)).status).toBe(401);
    } finally {
      await a.remove();
      await b.remove();
      await rm(of.folder, { recursive: true, force: true });
    }
  });

  it('is told nothing about numbers that nobody has', async () => {
    const known = await ask();
    const unknown = await ask('11111 22222');
    expect(unknown.status).toBe(known.status);
    expect(Object.keys(unknown.body)).toEqual(Object.keys(known.body));
    expect(unknown.body.challenge).toHaveLength(known.body.challenge.length);
    const nowhere = await ask(phone, 'nowhere');
    expect(nowhere.status).toBe(202);
    await bed.parts.notifier.idle();
    expect(bed.messages).toHaveLength(1);
    const wrong = await enter(known.body.challenge, wrongOf(await read()));
    const nobody = await enter(unknown.body.challenge, '123456', { phone: '11111 22222' });
    expect([nobody.status, nobody.text]).toEqual([wrong.status, wrong.text]);
  });

  it('needs the challenge beside the code, for that number and in that agency', async () => {
    await bed.agency('other');
    await bed.consumer('other', 'x1', phone);
    const { challenge } = (await ask()).body;
    const code = await read();
    const [expires, random, mac] = challenge.split('.');
    const later = (Number.parseInt(expires, 36) + 3_600_000).toString(36);
    for (const [other, more] of [
      [challenge, { agency: 'other' }],
      [challenge, { phone: '11111 22222' }],
      [`${later}.${random}.${mac}`, {}],
      ['', {}],
      ['a.b.c', {}],
    ] as const) {
      expect((await enter(other, code, more)).status).toBe(401);
    }
    expect((await enter(challenge, code)).status).toBe(200);
  });

  it('has ten minutes', async () => {
    const { challenge } = (await ask()).body;
    bed.clock.now += codeLife;
    expect((await enter(challenge, await read())).status).toBe(401);
  });

  it('has five tries for a code', async () => {
    const { challenge } = (await ask()).body;
    const code = await read();
    for (let i = 0; i < 5; i++) expect((await enter(challenge, wrongOf(code))).status).toBe(401);
    const locked = await enter(challenge, code);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('is not locked out by somebody who makes challenges up', async () => {
    for (let i = 0; i < 20; i++) await enter(`a.b.${i}`, '000000');
    const { challenge } = (await ask()).body;
    expect((await enter(challenge, await read())).status).toBe(200);
  });

  it('is sent no more than one code in half a minute and five in an hour', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      statuses.push((await ask()).status, (await ask()).status);
      bed.clock.now += 30_000;
    }
    expect(statuses.slice(0, 10)).toEqual([202, 429, 202, 429, 202, 429, 202, 429, 202, 429]);
    expect(statuses.slice(10)).toEqual([429, 429, 429, 429]);
    expect(bed.messages).toHaveLength(5);
  });

  it('says who he is where several have the number', async () => {
    await bed.consumer('demo', 'c2', '9876543210');
    const { challenge } = (await ask()).body;
    const code = await read();
    const choose = await enter(challenge, code);
    expect([choose.status, choose.body.current]).toEqual([409, { consumerIds: ['c1', 'c2'] }]);
    expect((await enter(challenge, code, { consumerId: 'c9' })).status).toBe(409);
    expect((await enter(challenge, code, { consumerId: 'c2' })).body).toMatchObject({ subject: 'c2' });
  });

  it('who is erased is signed out, and his number is nobody’s', async () => {
    const { challenge } = (await ask()).body;
    const { body } = await enter(challenge, await read());
    await bed.does(removeConsumer('demo', 'c1'));
    expect((await bed.ask('GET', '/api/me', { token: body.accessToken })).status).toBe(401);
    const again = { body: { refreshToken: body.refreshToken } };
    expect((await bed.ask('POST', '/api/session/refresh', again)).status).toBe(401);
    bed.clock.now += 60_000;
    await ask();
    await bed.parts.notifier.idle();
    expect(bed.messages).toHaveLength(1);
  });

  it('leaves no code in the log, but that one was sent', async () => {
    await ask();
    const code = await read();
    const records: unknown[] = [];
    for await (const batch of bed.log.read(null)) records.push(...batch.records);
    const text = JSON.stringify(records);
    expect(text).not.toContain(code);
    expect(text).toContain('"template":"sign-in-code"');
    const sent = records.filter((record) => JSON.stringify(record).includes('"notified"'));
    expect(sent).toHaveLength(1);
    expect(JSON.stringify(sent)).not.toContain('98765');
  });
});
