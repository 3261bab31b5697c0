import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Fix } from '../../protocol/position.ts';
import { type Bounds, OpenSkyClient, type Poll } from './client.ts';
import { makeFlights } from './flights.ts';
import { Sky } from './sky.ts';
import { type Aircraft, readStates } from './states.ts';

const check = Compile(Fix);
const bounds: Bounds = { lamin: 19, lomin: 76, lamax: 23.5, lomax: 81.5 };
const now = 1_767_587_400_000;

/** Shaped as the API answers: airborne, on the ground without a call sign, without a place, and too old for a place. */
const recorded = {
  time: 1767587400,
  states: [
    [
      '800c8b',
      'IGO6254 ',
      'India',
      1767587399,
      1767587399,
      78.9912,
      21.2231,
      10972.8,
      false,
      231.51,
      274.4,
      0.33,
      null,
      11506.2,
      '2341',
      false,
      0,
    ],
    [
      '80047a',
      '        ',
      'India',
      1767587396,
      1767587398,
      79.0471,
      21.0922,
      null,
      true,
      3.6,
      140.63,
      null,
      null,
      null,
      null,
      false,
      0,
    ],
    [
      '4b1815',
      'SWR155  ',
      'Switzerland',
      1767587390,
      1767587399,
      null,
      null,
      null,
      false,
      250.1,
      100,
      0,
      null,
      null,
      null,
      false,
      0,
    ],
    [
      'abc9f3',
      'UAL82   ',
      'United States',
      null,
      1767587399,
      78.1,
      20.5,
      11277.6,
      false,
      240,
      88,
      0,
      null,
      11700,
      null,
      false,
      0,
    ],
  ],
};

describe('readStates', () => {
  it('turns m/s into km/h and keeps what has a place and a time', () => {
    const [first, second, ...others] = readStates(recorded);
    expect(others).toEqual([]);
    expect(first).toEqual({
      icao24: '800c8b',
      name: 'IGO6254',
      fix: {
        deviceId: '800c8b',
        fixTime: 1767587399000,
        latitude: 21.2231,
        longitude: 78.9912,
        speed: 833.4,
        course: 274.4,
        altitude: 11506,
      },
    });
    expect(second).toMatchObject({ icao24: '80047a', name: '80047a' });
    expect(second?.fix).not.toHaveProperty('altitude');
    expect(readStates(recorded).every(({ fix }) => check.Check(fix))).toBe(true);
  });

  it('knows an empty sky from a wrong answer', () => {
    expect(readStates({ time: 1, states: null })).toEqual([]);
    expect(readStates({ states: [null, 'x', [], ['zz']] })).toEqual([]);
    for (const wrong of [null, undefined, 'x', {}, { states: 7 }]) expect(() => readStates(wrong)).toThrow('no list');
  });
});

type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | Error;

function client(replies: Reply[], credentials?: { id: string; secret: string }) {
  const asked: { url: URL; authorization: string | null; body: string }[] = [];
  const fake = (async (input: string | URL | Request, init?: RequestInit) => {
    const authorization = new Headers(init?.headers).get('authorization');
    asked.push({ url: new URL(String(input)), authorization, body: String(init?.body ?? '') });
    const reply = replies.shift();
    if (!reply) throw new Error('asked too often');
    if (reply instanceof Error) throw reply;
    const { status, body, headers } = reply;
    return new Response(JSON.stringify(body ?? ''), { status, ...(headers ? { headers } : {}) });
  }) as typeof fetch;
  const api = new OpenSkyClient({ fetch: fake, now: () => now, bounds, ...(credentials ? { credentials } : {}) });
  return { api, asked };
}

describe('OpenSkyClient', () => {
  it('asks for the area and reads what is left for today', async () => {
    const { api, asked } = client([{ status: 200, body: recorded, headers: { 'X-Rate-Limit-Remaining': '398' } }]);
    const poll = await api.poll();
    expect(poll).toMatchObject({ kind: 'states', remaining: 398 });
    expect(asked[0]?.url.href).toBe(
      'https://opensky-network.org/api/states/all?lamin=19&lomin=76&lamax=23.5&lomax=81.5',
    );
    expect(asked[0]?.authorization).toBeNull();
  });

  it('hears how long it has to wait', async () => {
    const { api } = client([{ status: 429, headers: { 'X-Rate-Limit-Retry-After-Seconds': '16841' } }]);
    expect(await api.poll()).toEqual({
      kind: 'failed',
      reason: expect.stringContaining('429'),
      retryAfter: 16_841_000,
    });
  });

  it('signs in with client credentials, once, and again when its token is refused', async () => {
    const token = (text: string): Reply => ({ status: 200, body: { access_token: text, expires_in: 1800 } });
    const states: Reply = { status: 200, body: recorded };
    const { api, asked } = client([token('A'), states, states, { status: 401 }, token('B'), states], {
      id: 'me',
      secret: 's',
    });
    for (let i = 0; i < 3; i++) expect((await api.poll()).kind).toBe('states');
    expect(asked.map(({ url, authorization }) => authorization ?? url.hostname)).toEqual([
      'auth.opensky-network.org',
      'Bearer A',
      'Bearer A',
      'Bearer A',
      'auth.opensky-network.org',
      'Bearer B',
    ]);
    expect(asked[0]?.body).toBe('grant_type=client_credentials&client_id=me&client_secret=s');
  });

  it('never throws: no network, no JSON, a refused sign-in', async () => {
    const cause = new Error('getaddrinfo ENOTFOUND opensky-network.org');
    const unreachable = client([new TypeError('fetch failed', { cause })]);
    expect(await unreachable.api.poll()).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ENOTFOUND'),
    });
    expect(await client([{ status: 200, body: 'no states' }]).api.poll()).toMatchObject({ kind: 'failed' });
    const refused = client([{ status: 401 }], { id: 'me', secret: 'wrong' });
    expect(await refused.api.poll()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('sign-in') });
  });
});

describe('makeFlights', () => {
  it('flies within the area at airliners’ speeds, the same for the same seed', () => {
    const [a, b] = [makeFlights(1, bounds, 8), makeFlights(1, bounds, 8)];
    for (let time = now; time < now + 6 * 3_600_000; time += 60_000) {
      const flying = a(time);
      expect(flying).toEqual(b(time));
      for (const { fix } of flying) {
        expect(check.Check(fix)).toBe(true);
        expect(fix.latitude).toBeGreaterThan(bounds.lamin - 0.2);
        expect(fix.latitude).toBeLessThan(bounds.lamax + 0.2);
        expect(fix.longitude).toBeGreaterThan(bounds.lomin - 0.2);
        expect(fix.longitude).toBeLessThan(bounds.lomax + 0.2);
      }
    }
  });
});

describe('Sky', () => {
  const real = readStates(recorded);
  const states = (remaining?: number): Poll => ({ kind: 'states', aircraft: real, remaining });
  const failed = (retryAfter?: number): Poll => ({ kind: 'failed', reason: 'it answered 503', retryAfter });

  function sky(polls: Poll[]) {
    let time = now;
    let polled = 0;
    const said: string[] = [];
    const delivered: string[][] = [];
    const made = new Sky({
      poll: async () => {
        polled++;
        return polls.shift() ?? failed();
      },
      flights: (at) => [
        { icao24: 'demo-01', name: 'Demo', fix: { fixTime: at, latitude: 20, longitude: 78 } } as Aircraft,
      ],
      now: () => time,
      random: () => 0.5,
      deliver: async (aircraft) => {
        delivered.push(aircraft.map(({ icao24 }) => icao24));
      },
      say: (line) => said.push(line),
      interval: 10_000,
    });
    return {
      said,
      delivered,
      polls: () => polled,
      /** one turn; returns the wait it asks for */
      turn: async () => {
        const next = await made.turn();
        const wait = next - time;
        time = next;
        return wait;
      },
    };
  }

  it('delivers what is new, at the interval', async () => {
    const { turn, delivered } = sky([states(300), states(299)]);
    expect(await turn()).toBe(10_000);
    expect(await turn()).toBe(10_000);
    // the second answer has the same times: nothing new in it
    expect(delivered).toEqual([['800c8b', '80047a']]);
  });

  it('falls back to its own flights, says so once, and returns', async () => {
    const { turn, delivered, said } = sky([states(), failed(), failed(), states()]);
    for (let i = 0; i < 4; i++) await turn();
    expect(said).toEqual([expect.stringMatching(/no states .*503.*own demo flights/)]);
    for (let i = 0; i < 4; i++) await turn();
    expect(said.slice(1, 2)).toEqual([expect.stringContaining('answers again')]);
    expect(delivered.flat()).toContain('demo-01');
    expect(delivered[0]).toEqual(['800c8b', '80047a']);
  });

  it('waits as long as OpenSky asks, and flies its own meanwhile', async () => {
    const { turn, delivered, polls } = sky([failed(600_000), states()]);
    let waited = 0;
    while (waited < 600_000) waited += await turn();
    expect(polls()).toBe(1);
    expect(delivered.length).toBe(60);
    await turn();
    expect(polls()).toBe(2);
    expect(delivered.at(-1)).toEqual(['800c8b', '80047a']);
  });

  it('backs off further and further, and slows down when few calls are left', async () => {
    const { turn, polls } = sky(Array.from({ length: 40 }, () => failed()));
    let waited = 0;
    while (waited < 3_600_000) waited += await turn();
    expect(polls()).toBeLessThan(32);
    expect(polls()).toBeGreaterThan(20);
    expect(await sky([states(12)]).turn()).toBe(60_000);
    expect(await sky([states(0)]).turn()).toBe(900_000);
  });
});
