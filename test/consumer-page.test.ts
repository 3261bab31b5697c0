import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { consumerWords } from '../protocol/consumer-words.ts';
import { schemes } from '../protocol/street-style.ts';
import { vectorTile } from '../web-view/map/vector-tile.fixture.ts';
import { fitsAtTwiceTheSize, seriousFindings } from './axe.ts';
import { chromiumPath } from './daemon-process.ts';
import { doors, openBrowser, type PhoneWorld, phone, phoneWorld } from './phone-world.ts';

const { en, hi } = consumerWords;
const pictures = process.env.VANTRAIL_PICTURES;
const across = (y: number, name: string, kind: string, isRoad: boolean) => ({
  kind: 'line' as const,
  points: [
    [0, y],
    [4096, y],
  ] as [number, number][],
  properties: isRoad ? { class: kind } : { name },
});
const roads = [
  [1000, 'Station Road', 'primary'],
  [2000, 'Temple Lane', 'minor'],
  [3000, 'Market Street', 'secondary'],
] as const;
/** A piece of some town: streets from edge to edge, and a river. */
const streetTile = vectorTile({
  water: [
    {
      kind: 'area',
      points: [
        [0, 3600],
        [4096, 3500],
        [4096, 3800],
        [0, 3900],
      ],
      properties: {},
    },
  ],
  transportation: roads.map(([y, name, kind]) => across(y, name, kind, true)),
  transportation_name: roads.map(([y, name, kind]) => across(y, name, kind, false)),
});
/** A bad mobile network, and a phone a sixth as fast as this machine. */
const poor = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };

describe.skipIf(!chromiumPath)('the page of a consumer, on a cheap phone', { timeout: 300_000 }, () => {
  let world: PhoneWorld;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    world = await phoneWorld();
    browser = await openBrowser();
  }, 120_000);
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  /** A phone of its own, and all that came to it over the network. */
  async function newPhone(more: object = {}) {
    const context = await browser.newContext({ ...phone, ...more });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    const heard: Buffer[] = [];
    const wrong: string[] = [];
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => void heard.push(Buffer.from(payload)));
    });
    page.on('response', async (response) => {
      const body = await response.body().catch(() => undefined);
      if (body !== undefined) heard.push(Buffer.from(response.url()), body);
    });
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) wrong.push(message.text());
    });
    return { page, context, wrong, everything: () => Buffer.concat(heard) };
  }
  const words = (page: Page, text: string) => page.getByText(text, { exact: false }).first().waitFor();

  it('tells the whole way of an order, to two consumers of one run, each blind to the other', async () => {
    await world.order('o-asha', 'c-asha');
    await world.order('o-bhola', 'c-bhola');
    await world.done(world.admin('POST', '/api/orders/start', { orderIds: ['o-asha', 'o-bhola'] }));
    await world.van(21.14, 78.598);
    const [ashasPath, bholasPath] = [await world.link('+91 00200 00001'), await world.link('+91 00200 00002')];
    const asha = await newPhone();
    const bhola = await newPhone({ colorScheme: 'dark' });

    const cdp = await asha.context.newCDPSession(asha.page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', poor);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    const began = performance.now();
    await asha.page.goto(world.daemon.url + ashasPath, { waitUntil: 'commit' });
    await words(asha.page, en.out);
    const wordsAfter = performance.now() - began;
    await asha.page.locator('.van').waitFor();
    const vanAfter = performance.now() - began;
    console.log(
      `words after ${Math.round(wordsAfter)} ms, van after ${Math.round(vanAfter)} ms (400 kbit/s, 400 ms, CPU 6×)`,
    );
    await bhola.page.goto(world.daemon.url + bholasPath);
    await words(bhola.page, hi.out);
    await bhola.page.locator('.van').waitFor();

    // The van drives, the page follows without being asked.
    const placeOfVan = () => asha.page.locator('.van').evaluate((van) => van.parentElement?.style.transform ?? '');
    const before = await placeOfVan();
    // As fast as a van may: a jump would not be believed.
    for (let i = 1; i <= 3; i++) {
      await world.van(21.14 + i * 0.0001, 78.598 + i * 0.0001, { fixTime: Date.now() + i * 4000 });
    }
    await expect.poll(placeOfVan, { timeout: 30_000 }).not.toBe(before);
    await expect.poll(() => asha.page.locator('.line-road').getAttribute('d'), { timeout: 30_000 }).toMatch(/L/);

    // The code is hidden until it is wanted.
    const { code } = (await world.done(world.admin('GET', '/api/orders/o-asha'))) as { code?: string };
    expect(code).toBeUndefined();
    expect(await asha.page.getByText(/^\d{3} \d{3}$/).count()).toBe(0);
    await asha.page.getByRole('button', { name: en.code.show }).click();
    const shown = (await asha.page.locator('.digits').textContent()) ?? '';
    expect(shown).toMatch(/^\d{3} \d{3}$/);
    expect(await asha.page.getByRole('status').filter({ hasText: en.code.title }).textContent()).toContain(
      [...shown.replace(' ', '')].join(' '),
    );
    expect(await seriousFindings(asha.page)).toEqual([]);
    expect(await seriousFindings(bhola.page)).toEqual([]);
    expect([await fitsAtTwiceTheSize(asha.page), await fitsAtTwiceTheSize(bhola.page)]).toEqual([true, true]);

    // At the door, and handed over: thanks, a receipt, and no map.
    await world.done(world.admin('POST', '/api/orders/o-asha/arrive', {}));
    await words(asha.page, en.arrived);
    const arrived = await world.provider.to('+91 00200 00001', 'arrived');
    expect(arrived.text).toMatch(/^Pune Gas: the van is at your door.*\/t\/[\w-]{24}$/);
    await world.done(world.admin('POST', '/api/orders/o-asha/deliver', { reason: 'told by the test', empties: 1 }));
    await words(asha.page, en.delivered);
    await world.provider.to('+91 00200 00001', 'delivered');
    await words(asha.page, en.receiptEmpties);
    await asha.page.locator('.van').waitFor({ state: 'detached' });
    expect(await asha.page.locator('.leaflet-container').count()).toBe(0);
    expect(await asha.page.locator('.digits').count()).toBe(0);
    expect(await seriousFindings(asha.page)).toEqual([]);

    // The other is still on the way, and sees the van.
    await words(bhola.page, hi.out);
    expect(await bhola.page.locator('.van').count()).toBe(1);
    const heardByAsha = asha.everything();
    const { latitude, longitude } = doors.bhola;
    const coordinates = [latitude, longitude].map((degrees) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(Math.round(degrees * 1e6));
      return bytes;
    });
    const ofBhola = ['c-bhola', 'o-bhola', 'Bhola', 'Temple Lane', '00200 00002', String(latitude), String(longitude)];
    for (const secret of [...ofBhola, ...coordinates]) expect(heardByAsha.includes(secret), String(secret)).toBe(false);
    // The search finds what is there.
    expect(heardByAsha.includes('o-asha')).toBe(true);
    expect(world.daemon.output()).not.toContain(ashasPath.slice(3));
    expect([...asha.wrong, ...bhola.wrong]).toEqual([]);
  });

  it('says that nobody is at home, shares the own position and stops, and moves a wrong pin', async () => {
    const path = await world.link('+91 00200 00002');
    const bhola = await newPhone({
      geolocation: { latitude: 21.1565, longitude: 78.6229 },
      permissions: ['geolocation'],
    });
    const { page } = bhola;
    await page.goto(world.daemon.url + path);
    await page.getByRole('button', { name: hi.awayAsk }).click();
    await page.getByRole('button', { name: hi.yes, exact: true }).click();
    await words(page, hi.away);
    expect(await world.done(world.admin('GET', '/api/orders/o-bhola'))).toMatchObject({ awayOn: expect.any(String) });

    await page.getByRole('button', { name: hi.share.start }).click();
    await page.getByRole('button', { name: hi.share.stop }).waitFor();
    const isShared = async () =>
      (await world.admin('GET', `/api/consumers/c-bhola/trail?from=${Date.now() - 600_000}`)).text.includes('21.1565');
    await expect.poll(isShared, { timeout: 30_000 }).toBe(true);
    await page.getByRole('button', { name: hi.share.stop }).click();
    await page.getByRole('button', { name: hi.share.start }).waitFor();
    await expect.poll(isShared, { timeout: 30_000 }).toBe(false);

    await page.getByRole('button', { name: hi.pin.start }).click();
    await page.locator('.crossed .leaflet-container .home').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: hi.pin.send }).click();
    await words(page, hi.pin.sent);
    const list = (await world.done(world.admin('GET', '/api/consumers/suggested-pins'))) as { items: unknown[] };
    expect(list.items).toMatchObject([
      { consumer: { id: 'c-bhola' }, suggested: { latitude: expect.closeTo(21.1562, 3) } },
    ]);
    expect(bhola.wrong).toEqual([]);
  });

  it('reads as words where the map is blocked, and says so when it is offline and when the server restarts', async () => {
    const { page, context, wrong } = await newPhone();
    await page.route(/\/view\/assets\/map-|\/api\/map/, (route) => route.abort());
    await page.goto(world.daemon.url + (await world.link('+91 00200 00002')));
    await words(page, hi.map.blocked);
    await words(page, hi.map.asList);
    await words(page, hi.map.home);
    await world.restart(async () => {
      await page.locator('.note.warn').waitFor();
    });
    await page.locator('.note.warn').waitFor({ state: 'detached' });
    await context.setOffline(true);
    await words(page, hi.offline('').slice(0, 15));
    await context.setOffline(false);
    await page.locator('.note.warn').waitFor({ state: 'detached' });
    expect(wrong.filter((line) => !/map/.test(line))).toEqual([]);
  });

  it('draws the streets itself where the style of the map has only vector tiles', async () => {
    const { page, wrong } = await newPhone();
    const type = 'application/json';
    const map = { kind: 'style', style: `${world.daemon.url}/style.json`, attribution: '© OpenStreetMap contributors' };
    await page.route('**/api/map', (route) => route.fulfill({ contentType: type, body: JSON.stringify(map) }));
    const style = { version: 8, sources: { streets: { type: 'vector', url: '/planet' } }, layers: [] };
    await page.route('**/style.json', (route) => route.fulfill({ contentType: type, body: JSON.stringify(style) }));
    const source = {
      tiles: [`${world.daemon.url}/planet/{z}/{x}/{y}`],
      maxzoom: 14,
      attribution: '<a href="#">Maps</a>',
    };
    await page.route('**/planet', (route) => route.fulfill({ contentType: type, body: JSON.stringify(source) }));
    await page.route('**/planet/*/*/*', (route) => route.fulfill({ body: Buffer.from(streetTile) }));
    await page.goto(world.daemon.url + (await world.link('+91 00200 00002')));
    await page.locator('.van').waitFor();
    const isDrawn = (colour: string) =>
      page.evaluate((wanted) => {
        const painted = [...document.querySelectorAll<HTMLCanvasElement>('canvas.leaflet-tile')].flatMap((canvas) => {
          const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
          return [
            ...new Set(Array.from({ length: data.length / 4 }, (_, i) => [...data.slice(4 * i, 4 * i + 3)].join())),
          ];
        });
        const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
        return painted.includes([red, green, blue].join());
      }, colour);
    for (const colour of [schemes.light.main, schemes.light.water]) {
      await expect.poll(() => isDrawn(colour), { timeout: 60_000 }).toBe(true);
    }
    await page.locator('.leaflet-control-attribution', { hasText: 'Maps' }).waitFor();
    if (pictures) await page.screenshot({ path: `${pictures}/consumer-streets.png` });
    expect(wrong).toEqual([]);
  });

  it('is dead at once when its link is revoked, and leaves nothing on the phone', async () => {
    const { page } = await newPhone();
    await page.goto(world.daemon.url + (await world.link('+91 00200 00002')));
    await page.getByRole('button', { name: hi.code.show }).waitFor();
    const { items } = (await world.done(world.admin('GET', '/api/orders/o-bhola/links'))) as {
      items: { id: string }[];
    };
    for (const { id } of items) await world.done(world.admin('DELETE', `/api/orders/o-bhola/links/${id}`));
    await words(page, en.unknown.title);
    const left = await page.evaluate(async () => ({
      caches: (await caches.keys()).length,
      databases: (await indexedDB.databases()).length,
      storage: localStorage.length + sessionStorage.length,
    }));
    expect(left).toEqual({ caches: 0, databases: 0, storage: 0 });
  });

  it('shows all own orders to who has signed in by a code to the telephone', async () => {
    const { page, wrong } = await newPhone();
    await page.goto(`${world.daemon.url}/me/pune`);
    await page.getByLabel(en.me.phone).fill('+91 00200 00001');
    await page.getByRole('button', { name: en.me.sendCode }).click();
    await page.getByLabel(en.me.code).waitFor();
    const { text } = await world.provider.to('+91 00200 00001', 'sign-in-code');
    await page.getByLabel(en.me.code).fill(/\d{6}/.exec(text)?.[0] ?? '');
    await page.getByRole('button', { name: en.me.signIn }).click();
    await page.getByRole('button', { name: en.delivered }).click();
    await words(page, en.receipt);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: en.me.back }).click();
    await page.getByRole('button', { name: en.me.signOut }).click();
    await page.getByLabel(en.me.phone).waitFor();
    expect(wrong).toEqual([]);
  });
});
