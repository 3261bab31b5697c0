import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardWorld } from './board-world.ts';
import { chromiumPath } from './daemon-process.ts';
import { openBrowser } from './phone-world.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;
const orders = 60_000;
/** Lines of a screen, and those that are kept ready above and below it. */
const mostRows = 60;

describe.skipIf(!chromiumPath)('the board with 60,000 open orders', { timeout: 300_000 }, () => {
  let world: Awaited<ReturnType<typeof boardWorld>>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    world = await boardWorld(orders);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(world.console);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await page.keyboard.press('o');
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const rows = () => page.locator('.order-row');
  const row = (n: number) => page.locator(`.order-row[data-order-id="o${n}"]`);
  const chip = (filter: string) => page.locator(`.chip[data-filter="${filter}"]`);
  const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 60_000, interval: 50 });
  const fewRows = async () => expect(await rows().count()).toBeLessThan(mostRows);
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `board-${name}.png`) });
  };

  it('has all of them over the feed, and only the visible ones on the page', async () => {
    await eventually(() => chip('open').textContent()).toBe('60,000Open');
    await rows().first().waitFor();
    expect(Number(await rows().first().getAttribute('aria-setsize'))).toBe(orders + 1);
    await fewRows();
    await picture('open');
  });

  it('is gone through to its end and back, by keys', async () => {
    await page.locator('#order-board').focus();
    await page.keyboard.press('End');
    const last = page.locator(`.order-row[aria-posinset="${orders + 1}"]`);
    await last.waitFor();
    await fewRows();
    const box = await last.boundingBox();
    const board = await page.locator('#order-board').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((board?.y ?? 0) + (board?.height ?? 0) + 1);
    await picture('end');
    await page.keyboard.press('Home');
    await page.locator('.order-row[aria-posinset="2"]').waitFor();
    await fewRows();
  });

  it('is searched: what is typed stands in the field at once, and the one order is found', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('059999');
    const field = page.locator('input:focus');
    expect(await field.inputValue()).toBe('059999');
    await eventually(() => rows().count()).toBe(1);
    await row(59_999).getByText('Consumer 59999').waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => rows().count()).toBeGreaterThan(1);
    await page.keyboard.press('Escape');
  });

  it('shows at once what another dispatcher does, in its group and by its filter', async () => {
    const items = [7, 8, 9].map((n) => ({ orderId: `o${n}`, vanId: 'v2' }));
    expect((await world.dispatcher('POST', '/api/orders/assign', { items })).status).toBe(200);
    await eventually(() => chip('on-vans').textContent()).toBe('3On vans');
    await chip('on-vans').click();
    await eventually(() => rows().count()).toBe(3);
    await page.locator('.order-heading[data-drop-van="v2"]').waitFor();
    await chip('unassigned').click();
    await eventually(() => rows().first().getAttribute('aria-setsize')).toBe(String(orders - 3 + 1));
    await fewRows();
    await chip('unassigned').click();
  });

  it('is selected as a whole and in part; the part is put on a van', async () => {
    await page.locator('#order-board').focus();
    await page.keyboard.press('Control+a');
    await page.getByText('60,000 selected').waitFor();
    await picture('all');
    await chip('unassigned').click();
    await page.locator('#order-board').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('10 selected').waitFor();
    await page.keyboard.press('e');
    await page.locator('[role=dialog] input:focus').waitFor();
    await page.keyboard.type('van 3');
    await eventually(() => page.locator('.pick-item').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.locator('.change-word').getByText('10 orders put on Van 3').waitFor();
    await eventually(() => chip('on-vans').textContent()).toBe('13On vans');
    await fewRows();
  });

  it('had nothing to complain about', () => expect(complaints).toEqual([]));
});
