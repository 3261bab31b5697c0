import { describe, expect, it } from 'vitest';
import { invitationInFragment, openSession, Refused, requests, SignInNeeded, tokenInFragment } from './session.ts';

const now = Date.UTC(2026, 2, 10);

function tokenUntil(ms: number): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '');
  return `${part({ alg: 'EdDSA' })}.${part({ exp: (now + ms) / 1000 })}.signature`;
}

function memory(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

/** Answers in turn and writes down what was asked. */
function daemon(...answers: (() => Response)[]) {
  const asked: { path: string; authorization: string | null; method: string }[] = [];
  const fetch = (async (path: string, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    asked.push({ path, authorization: headers.get('authorization'), method: init?.method ?? 'GET' });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('fetch failed');
    return answer();
  }) as typeof globalThis.fetch;
  return { asked, fetch };
}
const json =
  (body: unknown, status = 200) =>
  () =>
    new Response(JSON.stringify(body), { status });

describe('the token of the address', () => {
  it('is found in the fragment', () => {
    expect(tokenInFragment('#token=a.b.c')).toBe('a.b.c');
    expect(tokenInFragment('#view=2&token=a.b.c')).toBe('a.b.c');
    expect(tokenInFragment('')).toBeUndefined();
  });

  it('is used, and kept for a reload of the tab', async () => {
    const storage = memory();
    const token = tokenUntil(900_000);
    const { asked, fetch } = daemon();
    const deps = { fetch, storage, lasting: memory(), now: () => now };
    expect(await openSession({ ...deps, fragment: `#token=${token}` }).token()).toBe(token);
    expect(await openSession({ ...deps, fragment: '' }).token()).toBe(token);
    expect(asked).toEqual([]);
  });

  it('once expired, gives way to the demo, or to a person', async () => {
    const token = tokenUntil(5000);
    const demo = tokenUntil(900_000);
    const deps = { fragment: `#token=${token}`, lasting: memory(), now: () => now };
    const open = openSession({ ...deps, storage: memory(), ...daemon(json({ accessToken: demo })) });
    expect(await open.token()).toBe(demo);
    const closed = openSession({ ...deps, storage: memory(), ...daemon(json({ title: 'no' }, 404)) });
    await expect(closed.token()).rejects.toMatchObject({ name: 'SignInNeeded', expired: true });
  });
});

describe('the demo sign-in', () => {
  const at = (fetch: typeof globalThis.fetch, clock = () => now) =>
    openSession({ fetch, fragment: '', storage: memory(), lasting: memory(), now: clock });

  it('is asked once, and again shortly before its token ends', async () => {
    let time = now;
    const { asked, fetch } = daemon(
      json({ accessToken: tokenUntil(900_000) }),
      json({ accessToken: tokenUntil(1_800_000) }),
    );
    const session = at(fetch, () => time);
    await session.token();
    await session.token();
    expect(asked).toHaveLength(1);
    time = now + 840_000;
    expect(await session.token()).toBe(tokenUntil(1_800_000));
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/session/demo',
      'POST /api/session/demo',
    ]);
  });

  it('that does not exist needs a person; a daemon in trouble does not', async () => {
    await expect(at(daemon(json({}, 404)).fetch).token()).rejects.toBeInstanceOf(SignInNeeded);
    await expect(at(daemon(json({ detail: 'starting' }, 503)).fetch).token()).rejects.toEqual(
      new Refused(503, 'starting', { detail: 'starting' }),
    );
    await expect(at(daemon().fetch).token()).rejects.toBeInstanceOf(TypeError);
  });
});

describe('somebody who signs in', () => {
  it('stays signed in over a reload by the cookie, in all tabs, and is signed out for good', async () => {
    const lasting = memory();
    const [first, second] = [tokenUntil(900_000), tokenUntil(901_000)];
    const open = (...answers: (() => Response)[]) => {
      const made = daemon(...answers);
      return { ...made, session: openSession({ ...made, fragment: '', storage: memory(), lasting, now: () => now }) };
    };
    const one = open(json({ accessToken: first }));
    await one.session.signIn('asha@pune', 'a password');
    expect(await one.session.token()).toBe(first);
    expect(one.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/session']);

    const two = open(json({ accessToken: second }), () => new Response(null, { status: 204 }), json({}, 404));
    // Asked for twice at once, the cookie is used once.
    expect(await Promise.all([two.session.token(), two.session.token()])).toEqual([second, second]);
    await two.session.signOut();
    await expect(two.session.token()).rejects.toMatchObject({ expired: false });
    expect(two.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/session/refresh',
      'DELETE /api/session',
      'POST /api/session/demo',
    ]);
  });

  it('is told when the sign-in is over, and what was wrong with it', async () => {
    const lasting = memory();
    const made = daemon(
      json({ accessToken: tokenUntil(5000) }),
      json({ title: 'no' }, 401),
      json({ detail: 'That is not right.' }, 401),
    );
    const session = openSession({ ...made, fragment: '', storage: memory(), lasting, now: () => now });
    await session.accept('secret', 'a password');
    await expect(session.token()).rejects.toMatchObject({ name: 'SignInNeeded', expired: true });
    await expect(session.signIn('asha@pune', 'wrong')).rejects.toEqual(
      new Refused(401, 'That is not right.', { detail: 'That is not right.' }),
    );
  });

  it('by a link knows whom it is for, and the secret leaves the address', async () => {
    expect(invitationInFragment('#invitation=abc')).toBe('abc');
    const { asked, fetch } = daemon(json({ login: 'asha@pune', agency: 'Pune Gas', purpose: 'setup' }));
    const session = openSession({ fetch, fragment: '', storage: memory(), lasting: memory(), now: () => now });
    expect(await session.invitation('abc')).toMatchObject({ login: 'asha@pune' });
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/api/invitations/look' });
  });
});

describe('reading', () => {
  it('sends the token and tells what the daemon refused', async () => {
    const token = tokenUntil(900_000);
    const { asked, fetch } = daemon(json({ items: [] }), json({ title: 'Not found' }, 404));
    const session = openSession({
      fetch,
      fragment: `#token=${token}`,
      storage: memory(),
      lasting: memory(),
      now: () => now,
    });
    expect(await session.read('/api/vans/v/trail')).toEqual({ items: [] });
    expect(asked[0]).toEqual({ path: '/api/vans/v/trail', authorization: `Bearer ${token}`, method: 'GET' });
    await expect(session.read('/api/vans/x')).rejects.toMatchObject({ status: 404, message: 'Not found' });
  });
});

describe('a change', () => {
  const token = async () => 'good';
  /** The change as the daemon would get it, and its answer. */
  function sent(answer: () => Response) {
    const got: { path: string; init: RequestInit }[] = [];
    const fetch = (async (path: string, init: RequestInit) => {
      got.push({ path, init });
      return answer();
    }) as typeof globalThis.fetch;
    return { got, write: requests(fetch, token).write };
  }

  it('goes with the token, as JSON, with the version that was seen', async () => {
    const { got, write } = sent(json({ version: 4 }));
    const body = { vanId: 'van-1' };
    expect(await write({ method: 'POST', path: '/api/orders/o1/assign', body, version: 3 })).toEqual({ version: 4 });
    expect(got[0]).toMatchObject({
      path: '/api/orders/o1/assign',
      init: {
        method: 'POST',
        headers: { authorization: 'Bearer good', 'if-match': '"3"', 'content-type': 'application/json' },
        body: '{"vanId":"van-1"}',
      },
    });
  });

  it('without a body has no type, and an empty answer is none', async () => {
    const { got, write } = sent(() => new Response(null, { status: 204 }));
    expect(await write({ method: 'DELETE', path: '/api/vans/van-1' })).toBeUndefined();
    expect(got[0]?.init.headers).not.toHaveProperty('content-type');
    expect(got[0]?.init).not.toHaveProperty('body');
  });

  it('that came too late brings what is there now', async () => {
    const { write } = sent(json({ detail: 'somebody was faster', current: { version: 9 } }, 412));
    await expect(write({ method: 'PATCH', path: '/api/vans/van-1', body: {}, version: 2 })).rejects.toMatchObject({
      status: 412,
      message: 'somebody was faster',
      problem: { current: { version: 9 } },
    });
  });
});
