import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDigit } from '../protocol/damm.ts';
import { seriousFindings } from './axe.ts';
import { type Api, api, chromiumPath, tokenFor } from './daemon-process.ts';
import { openBrowser, type PhoneWorld, phoneWorld } from './phone-world.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;

describe.skipIf(!chromiumPath)('alerts and the palette in Chromium', { timeout: 120_000 }, () => {
  let world: PhoneWorld;
  let browser: Browser;
  let page: Page;
  let dispatcher: Api;
  let driver: Api;
  const complaints: string[] = [];

  beforeAll(async () => {
    world = await phoneWorld();
    const { admin, daemon, done } = world;
    await done(admin('POST', '/api/accounts', { id: 'dev', role: 'DISPATCHER', name: 'Dev' }));
    const token = await tokenFor(daemon.data, 'DISPATCHER', 'pune', ['--subject', 'dev']);
    dispatcher = api(daemon.url, token);
    driver = api(daemon.url, await tokenFor(daemon.data, 'DELIVERY_PARTNER', 'pune', ['--subject', 'ravi']));
    await world.order('o1', 'c-asha');
    await world.order('o2', 'c-bhola');
    await world.van(21.1489, 78.6081);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A refused change is written there by the browser itself.
      if (message.type() === 'error' && !/status of 412/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${daemon.url}/console/#token=${token}`);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await page.locator('[data-van-id="v1"]').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `alerts-${name}.png`), animations: 'disabled' });
  };
  const drawer = () => page.getByRole('complementary', { name: 'Alerts and requests' });
  const alertRow = () => drawer().locator('[data-alert-id]');
  const palette = () => page.getByRole('combobox', { name: /Find an action/ });

  it('an alert opens while one looks: the bell counts it, and it is told over the map', async () => {
    await world.done(dispatcher('POST', '/api/orders/o1/start'));
    // Told afterwards, as without network: it counts, and the wrong code is somebody's business.
    const told = { code: withCheck('11111'), actedAt: Date.now() };
    await world.done(dispatcher('POST', '/api/orders/o1/deliver', told));
    await page
      .getByText(/the code given was wrong/)
      .last()
      .waitFor();
    await page.getByRole('button', { name: 'Alerts: 1 waits, 1 critical' }).waitFor();
    await picture('news');
  });

  it('is acknowledged and taken with keys alone, and the daemon has it so', async () => {
    await page.keyboard.press('n');
    await alertRow().first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('drawer');
    await page.keyboard.press('k');
    await drawer().getByText('Seen by you').waitFor();
    await page.keyboard.press('i');
    await drawer().getByText('Looked after by you').waitFor();
    // The console shows it before the daemon has said it.
    const open = async () => (await world.done(dispatcher('GET', '/api/alerts?state=open'))).items;
    await expect
      .poll(open, { timeout: 15_000 })
      .toMatchObject([{ acknowledged: { by: 'DISPATCHER:dev' }, assigned: { to: 'dev' } }]);
    await page.keyboard.press('d');
    // What is put off is out of the way, and it is said that there is something.
    await drawer().getByText('1 more is hidden by the filter').waitFor();
    await page.keyboard.press('Escape');
    await drawer().waitFor({ state: 'detached' });
  });

  it('is given to a colleague with keys alone, who has it at once and gives it back', async () => {
    const { admin, daemon, done } = world;
    await done(admin('POST', '/api/accounts', { id: 'meera', role: 'DISPATCHER', name: 'Meera Joshi' }));
    await done(admin('POST', '/api/accounts', { id: 'anil', role: 'ADMIN', name: 'Anil Kale' }));
    await done(admin('POST', '/api/accounts', { id: 'left', role: 'DISPATCHER', name: 'Somebody gone' }));
    await done(admin('PATCH', '/api/accounts/left', { enabled: false }));
    const token = await tokenFor(daemon.data, 'DISPATCHER', 'pune', ['--subject', 'meera']);
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    const hers = await context.newPage();
    hers.setDefaultTimeout(15_000);
    await hers.goto(`${daemon.url}/console/#token=${token}`);
    await hers.locator('[data-testid="link"][data-link="live"]').waitFor();
    const drawerOf = (of: Page) => of.getByRole('complementary', { name: 'Alerts and requests' });
    for (const each of [page, hers]) {
      await each.keyboard.press('n');
      await drawerOf(each).getByRole('button', { name: 'Show all alerts' }).click();
      await drawerOf(each).locator('[data-alert-id]').first().waitFor();
    }
    await drawerOf(hers).getByText('Looked after by Dev').waitFor();

    await alertRow().first().getByRole('button', { name: 'More for this alert' }).focus();
    await page.keyboard.press('Enter');
    const item = (of: Page, name: string) => of.getByRole('menuitem', { name });
    await item(page, 'Meera Joshi').waitFor();
    expect(await page.getByRole('menuitem').allInnerTexts()).not.toContain('Somebody gone');
    await picture('colleagues');
    // What is so already ("I do") is passed over.
    for (const name of ['admin', 'Anil Kale', 'Meera Joshi']) {
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name);
      if (name !== 'Meera Joshi') await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await drawer().getByText('Looked after by Meera Joshi').waitFor();
    await drawerOf(hers).getByText('Looked after by you').waitFor();

    await drawerOf(hers).getByRole('button', { name: 'More for this alert' }).first().click();
    await item(hers, 'Dev').click();
    await drawer().getByText('Looked after by you').waitFor();
    await context.close();
    await page.keyboard.press('Escape');
    await drawer().waitFor({ state: 'detached' });
  });

  it('says so when somebody else was faster', async () => {
    await page.keyboard.press('n');
    const { items } = await world.done(dispatcher('GET', '/api/alerts?state=open'));
    const [alert] = items as { id: string }[];
    // The feed is held back, as on a slow line: the console still shows what was.
    await page.route('**/api/alerts/*/assign', async (route) => {
      await world.done(
        world.admin('POST', `/api/alerts/${encodeURIComponent(alert?.id ?? '')}/snooze`, { until: null }),
      );
      await route.continue();
    });
    await alertRow().first().getByRole('button', { name: 'More for this alert' }).click();
    await page.getByRole('menuitem', { name: 'Nobody any more' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('menu');
    await page.getByRole('menuitem', { name: 'Nobody any more' }).click();
    await drawer().getByText('Somebody was faster').waitFor();
    await page.unroute('**/api/alerts/*/assign');
  });

  it('the palette finds a consumer and runs an action', async () => {
    await page.keyboard.press('Control+k');
    await palette().waitFor();
    await page.keyboard.type('bhol');
    await page.getByRole('option', { name: /Bhola/ }).first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('palette');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Consumer Bhola' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('to decide');
    await page.getByRole('option', { name: /To decide/ }).waitFor();
    await page.keyboard.press('Enter');
    await drawer().getByText('Nothing to decide').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Alert: mark as seen').waitFor();
    await picture('keys');
    // One key takes away one thing: what is behind the list of keys stays.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('complementary', { name: 'Consumer Bhola' }).isVisible()).toBe(true);
  });

  it('a consumer moves the pin, the dispatcher looks at both and agrees', async () => {
    const token = await tokenFor(world.daemon.data, 'CUSTOMER', 'pune', ['--subject', 'c-asha']);
    const at = { latitude: 21.1472, longitude: 78.6043 };
    await world.done(api(world.daemon.url, token)('POST', '/api/me/pin', at));
    const request = drawer().locator('[data-request="pin/c-asha"]');
    await request.getByText(/The consumer says the door is \d+ m north-east/).waitFor();
    await request.getByRole('button', { name: 'Show both' }).click();
    await picture('pin');
    await request.getByRole('button', { name: 'Move the pin' }).click();
    await drawer().getByText('The pin of Asha was moved.').waitFor();
    await request.waitFor({ state: 'detached' });
    expect(await world.done(dispatcher('GET', '/api/consumers/c-asha'))).toMatchObject(at);
  });

  it('what a driver told of a cancelled order is shown, and settled', async () => {
    await world.done(dispatcher('POST', '/api/orders/o2/cancel', { reason: 'moved away' }));
    const told = { act: '00000000-0000-4000-8000-000000000001', actedAt: Date.now(), reason: 'nobody at home' };
    expect((await driver('POST', '/api/orders/o2/fail', told)).status).toBe(409);
    const request = drawer().locator(`[data-request="act/${told.act}"]`);
    await request.getByText('Not taken: the order was cancelled by then.').waitFor();
    await request.getByText('The driver will hear that it does not count').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('refused-act');
    await request.getByRole('button', { name: 'Settled' }).click();
    await request.waitFor({ state: 'detached' });
    expect((await world.done(dispatcher('GET', '/api/orders/refused-acts'))).items).toEqual([]);
  });

  it('looks right in the dark and in Hindi', async () => {
    await drawer()
      .getByRole('tab', { name: /Alerts/ })
      .click();
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('dark');
    await page.getByRole('button', { name: 'हिन्दी' }).click();
    await page.getByRole('button', { name: /चेतावनियाँ/ }).click();
    await page
      .getByText(/दिया गया कोड गलत था/)
      .first()
      .waitFor();
    await picture('hindi');
  });

  it('had nothing to complain about', () => expect(complaints).toEqual([]));
});

/** Six digits that can be a code, though not the one. */
function withCheck(five: string): string {
  return `${five}${checkDigit(five)}`;
}
