import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, tokenFor } from './daemon-process.ts';
import { openBrowser, type PhoneWorld, phoneWorld } from './phone-world.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;

describe.skipIf(!chromiumPath)('what the daemon refuses, in a console that speaks Hindi', { timeout: 120_000 }, () => {
  let world: PhoneWorld;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    world = await phoneWorld();
    const { admin, daemon, done } = world;
    await done(admin('PATCH', '/api/vans/v1', { capacity: { full: 1, empties: 1 } }));
    await done(admin('POST', '/api/orders', { id: 'o1', consumerId: 'c-asha', cylinders: 2 }));
    const token = await tokenFor(daemon.data, 'ADMIN', 'pune');
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'hi-IN' });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${daemon.url}/console/#token=${token}`);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `refusals-${name}.png`), animations: 'disabled' });
  };

  it('a run that the van cannot hold is refused in Hindi, with the numbers', async () => {
    await page.keyboard.press('o');
    await page.locator('.order-row[data-order-id="o1"]').click();
    await page.keyboard.press('e');
    await page.locator('[role=dialog] input:focus').waitFor();
    await page.keyboard.type('Van 1');
    await expect.poll(() => page.locator('.pick-item').count()).toBe(1);
    await page.keyboard.press('Enter');
    const refusal = 'वैन v1 में 1 सिलेंडर आते हैं; इस फेरे को 2 चाहिए।';
    await page.locator('.change-word').getByText(refusal).waitFor();
    await picture('run');
    // Programs, and consoles that speak English, are told as ever.
    const { body } = await world.admin('POST', '/api/orders/o1/assign', { vanId: 'v1' });
    expect(body).toMatchObject({
      detail: 'Van v1 holds 1, this run needs 2.',
      code: 'van-full',
      params: { van: 'v1', holds: 1, needed: 2 },
      errors: [{ path: '/cylinders', rule: 'state', code: 'van-full' }],
    });
  });

  it('so is what the administrator enters', async () => {
    await page.goto(`${world.daemon.url}/console/#administration/accounts`);
    await page.getByRole('button', { name: 'किसी को बुलाएँ' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('साइन-इन का नाम').fill('ravi');
    await page.keyboard.press('Enter');
    await dialog.getByText('खाता ravi पहले से है।').waitFor();
    await picture('account');
  });
});
