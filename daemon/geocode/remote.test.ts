import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Nominatim } from './nominatim.ts';
import { Photon } from './photon.ts';
import { PoliteGeocoder } from './polite.ts';
import type { RemoteAddress } from './remote.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that answers everything with this, and notes what it was asked. */
async function service(answer: unknown, status = 200) {
  const asked: { url: URL; agent: string | undefined }[] = [];
  const server = createServer((request, reply) => {
    asked.push({ url: new URL(request.url ?? '', 'http://x'), agent: request.headers['user-agent'] });
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, options: { url: `http://127.0.0.1:${port}`, userAgent: 'Vantrail test' } };
}
const signal = () => AbortSignal.timeout(10_000);
const point = { latitude: 21.1458, longitude: 79.0882 };

describe('Nominatim', () => {
  // As its documentation shows an answer in jsonv2.
  const found = {
    place_id: 240109189,
    osm_type: 'relation',
    lat: '21.1498134',
    lon: '79.0820556',
    category: 'boundary',
    type: 'administrative',
    display_name: 'Nagpur, Nagpur District, Maharashtra, 440001, India',
    address: { city: 'Nagpur', state: 'Maharashtra', postcode: '440001', country_code: 'in' },
  };
  const address = { text: found.display_name, latitude: 21.1498134, longitude: 79.0820556, pincode: '440001' };

  it('is asked in its words', async () => {
    const { asked, options } = await service([found, { lat: 'x' }, null]);
    expect(await new Nominatim(options).search('nag & pur', point, signal())).toEqual([address]);
    expect(asked[0]?.url.pathname).toBe('/search');
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
      q: 'nag & pur',
      format: 'jsonv2',
      addressdetails: '1',
      limit: '5',
      viewbox: '78.5882,21.6458,79.5882,20.6458',
    });
    expect(asked[0]?.agent).toBe('Vantrail test');
  });

  it('knows what is at a point, or says that it does not', async () => {
    const known = await service(found);
    expect(await new Nominatim(known.options).reverse(point, signal())).toEqual(address);
    expect(known.asked[0]?.url.searchParams.get('lat')).toBe('21.1458');
    const unknown = await service({ error: 'Unable to geocode' });
    expect(await new Nominatim(unknown.options).reverse(point, signal())).toBeNull();
  });

  it.each([
    [{ error: 'x' }, 200],
    [[], 429],
    ['', 500],
  ])('that answers %j with %i is an error', async (answer, status) => {
    const { options } = await service(answer, status);
    await expect(new Nominatim(options).search('x', undefined, signal())).rejects.toThrow();
  });
});

describe('Photon', () => {
  const feature = {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [79.0820556, 21.1498134] },
    properties: {
      name: 'Sitabuldi Fort',
      street: 'Kingsway',
      housernumber: '4',
      city: 'Nagpur',
      state: 'Maharashtra',
      postcode: '440001',
    },
  };
  const address = {
    text: 'Sitabuldi Fort, Kingsway, Nagpur, Maharashtra',
    latitude: 21.1498134,
    longitude: 79.0820556,
    pincode: '440001',
  };

  it('is asked in its words, both ways', async () => {
    const { asked, options } = await service({
      type: 'FeatureCollection',
      features: [feature, {}, { geometry: { coordinates: ['a', 1] } }],
    });
    expect(await new Photon(options).search('fort', point, signal())).toEqual([address]);
    expect(await new Photon(options).reverse(point, signal())).toEqual(address);
    expect(asked.map(({ url }) => url.pathname)).toEqual(['/api', '/reverse']);
    expect(asked[0]?.url.searchParams.get('lon')).toBe('79.0882');
  });
});

describe('asking politely', () => {
  const address: RemoteAddress = { text: 'somewhere', ...point };

  /** A service that answers when it is told to, and a clock that is moved by hand. */
  function bed(options = {}) {
    let now = 0;
    const timers: { at: number; then: () => void }[] = [];
    const asked: string[] = [];
    let fail = false;
    const polite = new PoliteGeocoder(
      {
        attribution: '© somebody',
        search: async (text) => {
          asked.push(text);
          if (fail) throw new Error('down');
          return [{ ...address, text }];
        },
        reverse: async () => null,
      },
      { now: () => now, after: (ms, then) => void timers.push({ at: now + ms, then }), ...options },
    );
    const pass = async (ms: number) => {
      now += ms;
      for (const timer of timers.splice(0)) timer.at <= now ? timer.then() : timers.push(timer);
      for (let i = 0; i < 20; i++) await Promise.resolve();
    };
    return { polite, asked, pass, setFailing: (value: boolean) => (fail = value) };
  }

  it('asks once a second, and nothing twice', async () => {
    const { polite, asked, pass } = bed();
    const answers = ['a', 'b', 'A ', 'c'].map((text) => polite.search(text, undefined));
    await pass(0);
    expect(asked).toEqual(['a']);
    await pass(999);
    expect(asked).toEqual(['a']);
    await pass(1);
    await pass(1000);
    expect(asked).toEqual(['a', 'b', 'c']);
    expect((await Promise.all(answers)).map((found) => found?.[0]?.text)).toEqual(['a', 'b', 'a', 'c']);
    expect(await polite.search('B', undefined)).toMatchObject([{ text: 'b' }]);
    expect(polite.counts).toEqual({ asked: 3, remembered: 1, failed: 0, refused: 0 });
  });

  it('forgets after a time, and the oldest first', async () => {
    const { polite, asked, pass } = bed({ remembered: 2, rememberMs: 100_000 });
    for (const text of ['a', 'b', 'c', 'c', 'a']) {
      const answer = polite.search(text, undefined);
      await pass(1000);
      await answer;
    }
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
    await pass(100_000);
    void polite.search('c', undefined);
    await pass(1000);
    expect(asked).toEqual(['a', 'b', 'c', 'a', 'c']);
  });

  it('does not queue up without end, and leaves a service alone that fails', async () => {
    const { polite, asked, pass, setFailing } = bed({ mostWaiting: 3 });
    setFailing(true);
    const many = Array.from({ length: 5 }, (_, i) => polite.search(`q${i}`, undefined));
    for (let i = 0; i < 4; i++) await pass(1000);
    expect(await Promise.all(many)).toEqual([null, null, null, null, null]);
    expect(asked).toEqual(['q0', 'q1', 'q2']);
    setFailing(false);
    expect(await polite.search('later', undefined)).toBeNull();
    await pass(60_000);
    const answer = polite.search('later', undefined);
    await pass(0);
    expect(await answer).toMatchObject([{ text: 'later' }]);
  });
});
