import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driveWords } from '../web-view/drive/words.ts';
import { staffWords } from '../web-view/staff/words.ts';
import { fitsAtTwiceTheSize, seriousFindings } from './axe.ts';
import { api, chromiumArgs, chromiumPath, temporaryFolder } from './daemon-process.ts';
import { doors, type PhoneWorld, phone, phoneWorld } from './phone-world.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;
const { en, hi } = driveWords;
const stops = 10;

describe.skipIf(!chromiumPath)('the page of a driver, on a phone', { timeout: 300_000 }, () => {
  let world: PhoneWorld;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let context: BrowserContext;
  let page: Page;
  const wrong: string[] = [];
  const codes = new Map<string, string>();

  /** The phone's browser, with what it has kept; as if it had been closed and opened again. */
  async function openPhone(offline = false): Promise<void> {
    context = await chromium.launchPersistentContext(join(folder.folder, 'phone'), {
      ...phone,
      executablePath: chromiumPath as string,
      args: chromiumArgs,
      geolocation: { latitude: 21.14, longitude: 78.598 },
      permissions: ['geolocation'],
      offline,
    });
    page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) wrong.push(message.text());
    });
  }
  beforeAll(async () => {
    folder = await temporaryFolder();
    world = await phoneWorld();
    for (let i = 1; i <= stops; i++) {
      const place = { latitude: doors.asha.latitude + i * 0.0008, longitude: doors.asha.longitude + (i % 3) * 0.0012 };
      const more = { name: `Consumer ${i}`, phone: `+91 00300 0000${i}`, address: `${i}, Tank Road`, ...place };
      await world.done(
        world.admin('POST', '/api/consumers', { id: `c${i}`, notes: i === 1 ? 'third floor' : '-', ...more }),
      );
      await world.order(`o${i}`, `c${i}`);
    }
    await openPhone();
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await world?.stop();
    await folder?.remove();
  });

  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `driver-${name}.png`) });
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const says = (text: string) => page.getByText(text, { exact: false }).first().waitFor();
  const order = async (i: number) => world.done(world.admin('GET', `/api/orders/o${i}`));
  /** The code that the consumer of a stop reads on the page of the own link. */
  async function codeOf(i: number): Promise<string> {
    const path = await world.link(`+91 00300 0000${i}`);
    const { accessToken } = await world.done(world.nobody('POST', `/api/links/${path.slice(3)}/session`));
    const seen = await api(world.daemon.url, accessToken)('GET', `/api/orders/o${i}`);
    return seen.body.code as string;
  }
  async function handOver(i: number): Promise<void> {
    await page.getByRole('heading', { name: `Consumer ${i}` }).waitFor();
    await button(en.arrived).click();
    await button(en.deliver).click();
    await page.getByLabel(en.code).fill(codes.get(`o${i}`) ?? '');
    await button(en.handOver).click();
  }
  /** Everything the page has kept on the phone, as text. */
  const keptText = () =>
    page.evaluate(async () => {
      const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
      for (const { name = '' } of await indexedDB.databases()) {
        const db = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
        });
        for (const store of db.objectStoreNames) {
          const all = await new Promise((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          });
          texts.push(JSON.stringify(all));
        }
        db.close();
      }
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys())
          texts.push(request.url, (await (await cache.match(request))?.text()) ?? '');
      }
      return texts.join('\n');
    });

  it('begins with the link of the invitation, whose secret leaves the address at once', async () => {
    await page.goto(world.invitation);
    await page.getByRole('heading', { name: en.invitation.title('Pune Gas') }).waitFor();
    expect(page.url()).toBe(`${world.daemon.url}/drive`);
    await page.getByLabel(en.invitation.password).fill('eleven blue kettles');
    await button(en.invitation.set).click();
    await says('Consumer 1');
    await says('third floor');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('sets out with all orders: each consumer is sent a link', async () => {
    await button(en.setOut(stops)).click();
    await says(en.network.sent);
    for (let i = 1; i <= stops; i++) codes.set(`o${i}`, await codeOf(i));
    expect(await order(1)).toMatchObject({ state: 'out-for-delivery' });
    expect(new Set(codes.values()).size).toBe(stops);
  });

  it('a slip of the finger is told at once, a wrong code by the daemon, the right one hands over', async () => {
    const code = codes.get('o1') ?? '';
    await button(en.arrived).click();
    await button(en.deliver).click();
    await page.getByLabel(en.code).fill(`${code.slice(0, 5)}${(Number(code[5]) + 1) % 10}`);
    await button(en.handOver).click();
    await says(en.codeSlip);
    await page.getByLabel(en.code).fill(codes.get('o2') ?? '');
    await button(en.handOver).click();
    await says(en.refused['wrong-code']);
    expect(await order(1)).toMatchObject({ state: 'out-for-delivery', arrivedAt: expect.any(Number) });
    await page.getByLabel(en.code).fill(code);
    await page.getByRole('button', { name: en.more }).click();
    await button(en.handOver).click();
    await page.getByRole('heading', { name: 'Consumer 2' }).waitFor();
    await expect
      .poll(() => order(1))
      .toMatchObject({ state: 'delivered', delivery: { confirmation: 'code', empties: 2 } });
    await handOver(2);
    await handOver(3);
    await expect.poll(() => order(3)).toMatchObject({ state: 'delivered', delivery: { confirmation: 'code' } });
  });

  it('goes on without network, over a restart of the browser; then all counts once, in order, at its own time', async () => {
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await says(en.network.sent);
    // Nothing on the phone lets a code be found that nobody has told yet.
    const before = await keptText();
    expect(before).toContain('Consumer 4');
    for (let i = 4; i <= stops; i++) expect(before).not.toContain(codes.get(`o${i}`));

    await context.setOffline(true);
    const began = Date.now();
    for (const i of [4, 5]) await handOver(i);
    await says(en.network.waiting(4));
    await context.close();
    await openPhone(true);
    await page.goto(`${world.daemon.url}/drive`);
    await says(en.network.waiting(4));
    for (const i of [6, 7, 8, 9]) await handOver(i);
    await says(en.network.waiting(12));
    const ended = Date.now();
    // One of them was changed at the agency meanwhile.
    await world.done(world.admin('POST', '/api/orders/o9/cancel', { reason: 'booked twice' }));
    for (const i of [4, 5, 6, 7, 8]) expect(await order(i)).toMatchObject({ state: 'out-for-delivery' });

    await context.setOffline(false);
    await says(en.conflict.title);
    await says(en.conflict.text(en.acts.deliver, 'Consumer 9'));
    await expect.poll(async () => (await order(8)).state, { timeout: 60_000 }).toBe('delivered');
    const times: number[] = [];
    for (const i of [4, 5, 6, 7, 8]) {
      const { state, attempt, endedAt, delivery, version } = await order(i);
      // Booked, assigned, out, arrived, delivered, confirmed: each once.
      expect({ state, attempt, version }).toEqual({ state: 'delivered', attempt: 1, version: 6 });
      expect(delivery).toMatchObject({ confirmation: 'code', actedAt: endedAt });
      times.push(endedAt);
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(began - 2000);
    expect(times[4]).toBeLessThanOrEqual(ended + 2000);
    expect((await order(9)).state).toBe('cancelled');
    // The daemon's own reason, in the language of the page.
    await says('Order o9 is not out for delivery: it is cancelled.');
    await button(en.language).click();
    await says('ऑर्डर o9 की स्थिति अब “रद्द” है, इसलिए यह नहीं हो सकता।');
    // The office settles both: the driver hears it at once, and how.
    const { refused } = (await order(9)) as { refused: { act: string }[] };
    expect(refused).toHaveLength(2);
    for (const { act } of refused) await world.done(world.admin('POST', `/api/orders/o9/refused-acts/${act}/settle`));
    await says(hi.conflict.settled(hi.acts.deliver, 'Consumer 9'));
    await says(hi.conflict.notTaken);
    await page.locator('.conflict').scrollIntoViewIfNeeded();
    await picture('settled');
    await button(hi.language).click();
    await says(en.conflict.notTaken);
    await expect.poll(() => button(en.conflict.understood).count()).toBe(2);
    for (const _each of refused) await button(en.conflict.understood).first().click();
    await page.locator('.conflict').waitFor({ state: 'detached' });
    await page.reload();
    await says('Consumer 10');
    expect(await page.locator('.conflict').count()).toBe(0);
    const left = await keptText();
    for (const i of [4, 5, 6, 7, 8, 9, 10]) expect(left).not.toContain(codes.get(`o${i}`));
  });

  it('sees a consumer of the run who shares where he is', async () => {
    const path = await world.link('+91 00300 000010');
    const { accessToken } = await world.done(world.nobody('POST', `/api/links/${path.slice(3)}/session`));
    const consumer = api(world.daemon.url, accessToken);
    await world.done(consumer('PUT', '/api/me/sharing', { minutes: 10 }));
    await world.done(consumer('POST', '/api/me/location', { latitude: 21.1478, longitude: 78.6027 }));
    await page.locator('.person').waitFor();
    await world.done(consumer('DELETE', '/api/me/sharing'));
    await page.locator('.person').waitFor({ state: 'detached' });
  });

  it('sends its position, and what it could not send later', async () => {
    await button(en.position.start).click();
    await says(en.position.on('').slice(0, 20));
    const trail = async () => (await world.admin('GET', `/api/vans/v1/trail?from=${Date.now() - 3_600_000}`)).text;
    await expect.poll(trail, { timeout: 30_000 }).toContain('78.598');
    await button(en.position.stop).click();
  });

  it('the page of old sends the own position at a tap, as the driver or as a device of a service', async () => {
    const { body } = await world.admin('POST', '/api/accounts', {
      ...{ id: 'feeder', role: 'INTERNAL_SERVICE', name: 'Feeder', scopes: ['positions:write', 'positions:read'] },
    });
    expect(body.id).toBe('feeder');
    const { key } = await world.done(world.admin('POST', '/api/accounts/feeder/key'));
    const staff = await context.newPage();
    staff.setDefaultTimeout(60_000);
    const signIn = async (fill: () => Promise<void>) => {
      await staff.goto(`${world.daemon.url}/staff`);
      await fill();
      await staff.getByRole('button', { name: en.signIn.enter, exact: true }).click();
      await staff.getByLabel(staffWords.en.id).waitFor();
    };
    await signIn(async () => {
      await staff.getByRole('button', { name: staffWords.en.useKey }).click();
      await staff.getByLabel(staffWords.en.key).fill(key);
    });
    await staff.getByLabel(staffWords.en.id).selectOption('gps-v1');
    await staff.getByRole('button', { name: staffWords.en.send }).click();
    await staff.getByRole('status').waitFor();
    expect(await seriousFindings(staff)).toEqual([]);

    await signIn(async () => {
      await staff.getByLabel(en.signIn.login).fill('ravi@pune');
      await staff.getByLabel(en.signIn.password).fill('eleven blue kettles');
    });
    expect(await staff.getByRole('option').allTextContents()).toEqual(['ravi']);
    await staff.getByRole('button', { name: staffWords.en.on }).click();
    await staff.getByRole('status').waitFor();
    await staff.getByRole('button', { name: staffWords.en.off }).click();
    await staff.close();
  });

  it('fails with a reason, and speaks Hindi', async () => {
    await button(hi.language === 'English' ? en.language : hi.language).click();
    await button(hi.fail).click();
    await button(hi.reasons.nobody).click();
    await expect.poll(() => order(10)).toMatchObject({ state: 'failed', reason: hi.reasons.nobody });
    expect(await seriousFindings(page)).toEqual([]);
    expect(await fitsAtTwiceTheSize(page)).toBe(true);
    expect(wrong).toEqual([]);
  });
});
