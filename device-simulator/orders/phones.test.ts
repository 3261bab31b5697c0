import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Phones } from './phones.ts';

const secret = 'what both sides know';
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Telephones beside a daemon that shows the order of one link. */
async function phones() {
  const asked: string[] = [];
  const made = new Phones({
    port: 0,
    secret,
    url: 'http://daemon',
    fetch: async (input, init) => {
      asked.push(`${init?.method ?? 'GET'} ${input} ${new Headers(init?.headers).get('authorization') ?? ''}`.trim());
      if (String(input) === 'http://daemon/api/links/right-one/session') return Response.json({ accessToken: 'T' });
      if (String(input) === 'http://daemon/api/me/orders')
        return Response.json({ items: [{ id: 'o1', code: '481309' }] });
      return new Response(null, { status: 404 });
    },
  });
  const port = await made.start();
  ends.push(() => made.stop());
  const message = async (phone: string, said: string, key = secret) => {
    const body = JSON.stringify({ to: { phone }, text: said });
    const signature = createHmac('sha256', key).update(`1700000000.${body}`).digest('hex');
    const headers = { 'x-vantrail-timestamp': '1700000000', 'x-vantrail-signature': `v1=${signature}` };
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status;
  };
  return { phones: made, message, asked };
}

describe('the telephones of simulated consumers', () => {
  it('take the link that was sent, and read the code behind it out', async () => {
    const bed = await phones();
    expect(await bed.message('+91 1', 'on its way: http://vantrail/t/right-one')).toBe(204);
    expect(await bed.phones.codeOf('o1', '+91 1')).toBe('481309');
    expect(bed.asked).toEqual([
      'POST http://daemon/api/links/right-one/session',
      'GET http://daemon/api/me/orders Bearer T',
    ]);
    expect(await bed.phones.codeOf('o2', '+91 1')).toBeUndefined();
  });

  it('know no code without a link, or with one that is dead', async () => {
    const bed = await phones();
    await bed.message('+91 2', 'http://vantrail/t/dead');
    expect(await bed.phones.codeOf('o1', '+91 2')).toBeUndefined();
    expect(await bed.phones.codeOf('o1', '+91 3')).toBeUndefined();
  });

  it('refuse what the daemon has not signed, and what is too long', async () => {
    const bed = await phones();
    expect(await bed.message('+91 1', 'http://vantrail/t/right-one', 'another secret')).toBe(403);
    expect(await bed.message('+91 1', 'x'.repeat(20_000))).toBe(413);
    expect(await bed.phones.codeOf('o1', '+91 1')).toBeUndefined();
  });
});
