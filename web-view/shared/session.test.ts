import { afterEach, describe, expect, it, vi } from 'vitest';
import { Session } from './session.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);
/** A token as the daemon makes it, whose clock is off from this phone's by so many ms. */
function token(offset: number, life = 900): string {
  const made = seconds(Date.now() + offset);
  return `x.${btoa(JSON.stringify({ iat: made, exp: made + life }))}.x`;
}
const session = (make: () => string) => {
  let opened = 0;
  const made = new Session(async () => {
    opened++;
    return { accessToken: make(), agency: 'pune' };
  });
  return { session: made, opened: () => opened };
};
afterEach(() => vi.unstubAllGlobals());

describe('a session of a page', () => {
  it('keeps its token while it is good, and gives one answer to all who ask at once', async () => {
    const { session: one, opened } = session(() => token(0));
    expect(new Set(await Promise.all([one.token(), one.token(), one.token()])).size).toBe(1);
    await one.token();
    expect(opened()).toBe(1);
    expect(one.clockOffset).toBe(0);
  });

  it('renews one that is about to end', async () => {
    const { session: one, opened } = session(() => token(0, 60));
    await one.token();
    await one.token();
    expect(opened()).toBe(2);
  });

  it('knows by the token how far this phone is off, hours before and after', async () => {
    for (const offset of [-5 * 3_600_000, 5 * 3_600_000]) {
      const { session: one, opened } = session(() => token(offset));
      await one.token();
      await one.token();
      expect(opened()).toBe(1);
      expect(Math.abs(one.now() - (Date.now() + offset))).toBeLessThan(2000);
    }
  });

  it('asks once more with a new token when the old one is worth nothing, and not for ever', async () => {
    const asked: string[] = [];
    const answers = [401, 200, 401, 401];
    vi.stubGlobal('fetch', async (_path: string, { headers }: { headers: Record<string, string> }) => {
      asked.push(headers.authorization ?? '');
      return new Response('{"ok":true}', { status: answers.shift() ?? 200 });
    });
    let n = 0;
    const { session: one } = session(() => `${token(0)}${++n}`);
    expect(await one.ask('GET', '/api/me')).toEqual({ ok: true });
    expect(asked[0]).not.toBe(asked[1]);
    await expect(one.ask('GET', '/api/me')).rejects.toThrow();
    expect(asked).toHaveLength(4);
  });
});
