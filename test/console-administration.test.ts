import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import {
  type Api,
  addAgency,
  chromiumArgs,
  chromiumPath,
  type DaemonProcess,
  startDaemon,
  temporaryFolder,
  tokenFor,
} from './daemon-process.ts';
import { openTracker, publishPacket } from './raw-tracker.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;

const list = `Cons No,Consumer Name,Mobile,House No,Street
7100001,Meena Deshmukh,9822000001,4,Temple Road
,Nobody Known,9822000002,5,Temple Road
7100003,Rahul Patil,9822000003,6,Temple Road
`;

describe.skipIf(!chromiumPath)('the administration in Chromium', { timeout: 180_000 }, () => {
  let daemon: DaemonProcess;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let page: Page;
  let call: Api;
  const complaints: string[] = [];

  const tokens = new Map<string, string>();
  const openAs = async (role: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: 'en-IN' });
    const opened = await context.newPage();
    opened.setDefaultTimeout(60_000);
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(`${daemon.url}/console/#token=${tokens.get(role)}`);
    await opened.getByRole('link', { name: 'Administration' }).click();
    return opened;
  };
  const menu = () => page.getByRole('navigation', { name: 'Pages of the administration' });
  const open = async (name: string) => {
    await menu().getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  };
  const dialog = () => page.getByRole('dialog');
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `administration-${name}.png`) });
  };

  beforeAll(async () => {
    data = await temporaryFolder();
    daemon = await startDaemon({ data: data.folder, args: ['--base-map', 'land', '--log-level', 'warn'] });
    const take = async (role: string) =>
      tokens.set(role, await tokenFor(daemon.data, role, 'pune', ['--subject', role.toLowerCase()]));
    [call, browser] = await Promise.all([
      addAgency(daemon, 'pune'),
      chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs }),
      take('ADMIN'),
      take('DISPATCHER'),
    ]);
    page = await openAs('ADMIN');
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await data?.remove();
  });

  it('a van, its phone with a code to scan, and the first point, seen as it comes', async () => {
    await page.locator('.administration').getByText('No vans yet').waitFor();
    await button('Add a van').first().click();
    await dialog().getByLabel('Name').fill('Sitabuldi 1');
    await dialog().getByLabel('Id').fill('van 1');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    // What the daemon says of a field stands at that field, which has the focus.
    await expect.poll(() => dialog().getByLabel('Id').getAttribute('aria-invalid')).toBe('true');
    await expect
      .poll(() =>
        dialog()
          .getByLabel('Id')
          .evaluate((field) => field === document.activeElement),
      )
      .toBe(true);
    await dialog().getByLabel('Id').fill('van-1');
    await page.keyboard.press('Enter');
    await page.locator('[data-row="van-1"]').waitFor();

    await open('Trackers');
    await button('Register a tracker').first().click();
    await dialog().getByLabel('Id').fill('phone-7');
    await dialog().getByLabel('Kind').selectOption('phone');
    await dialog().getByLabel('On the van').selectOption('van-1');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await dialog().getByText('Waiting for the first point').waitFor();
    await dialog().getByRole('img', { name: 'Code with the settings for Traccar Client' }).waitFor();
    await dialog().getByLabel('Type into').selectOption('owntracks');
    await dialog().getByText('owntracks/phone-7/phone').waitFor();
    expect(await dialog().getByRole('row', { name: 'Port' }).textContent()).toContain(String(daemon.mqttPort));
    expect(await seriousFindings(page)).toEqual([]);
    await picture('tracker');

    const key = (await page.getByTestId('device-key').locator('code').textContent()) ?? '';
    const tracker = await openTracker(daemon.mqttPort, { username: 'phone-7', key, osmandToken: '' });
    const point = { _type: 'location', tst: Math.floor(Date.now() / 1000), lat: 21.1458, lon: 79.0882, vel: 23 };
    tracker.send(publishPacket('owntracks/phone-7/phone', JSON.stringify(point)));
    await dialog().getByText('Received.').waitFor();
    await dialog().getByText('Sitabuldi 1 is on the map.').waitFor();
    await picture('received');
    tracker.socket.destroy();
    await button('Done').click();
  });

  it('a list of consumers: its columns recognised, the bad row named, the others imported', async () => {
    await open('Consumers');
    await button('Import a list').first().click();
    await dialog()
      .locator('input[type=file]')
      .setInputFiles({ name: 'consumers.csv', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from(list) });
    await dialog().locator('[data-testid=import-outcome][data-end=done]').waitFor();
    expect(await dialog().getByLabel('Mobile').inputValue()).toBe('phone');
    expect(await dialog().getByLabel('Street').inputValue()).toBe('address');
    await dialog()
      .getByRole('row', { name: /^3 .*Nobody Known/ })
      .waitFor();
    expect((await call('GET', '/api/consumers')).body.items).toEqual([]);
    await picture('import');
    // Another column for the name, looked at again, and back: the check is told anew each time.
    await dialog().getByLabel('Street').selectOption('notes');
    await button('Check again').click();
    await button('Import 2').click();
    await dialog().getByText('The list is imported').waitFor();
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByRole('row', { name: /Meena Deshmukh/ }).waitFor();
    const { body } = await call('GET', '/api/consumers?query=Meena');
    expect(body.items).toMatchObject([{ number: '7100001', address: '4', notes: 'Temple Road' }]);
  });

  it('somebody is invited; the link is shown once and good', async () => {
    await open('Accounts');
    await button('Invite somebody').first().click();
    await dialog().getByLabel('Name', { exact: true }).fill('Asha Kulkarni');
    await dialog().getByLabel('Name to sign in by').fill('asha');
    await dialog().getByLabel('Role').selectOption('DISPATCHER');
    await button('Add and make the link').click();
    const link = (await page.getByTestId('invitation').locator('code').textContent()) ?? '';
    const secret = /#invitation=(\S+)/.exec(link)?.[1];
    const look = await call('POST', '/api/invitations/look', { token: secret });
    expect(look.body).toMatchObject({ login: 'asha@pune' });
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByRole('row', { name: /Asha Kulkarni.*Dispatcher.*invited/ }).waitFor();
  });

  it('a dead letter is looked into, and taken once more when its cause is mended', async () => {
    const gateway = (await call('POST', '/api/devices', { id: 'gw-1', type: 'gateway' })).body;
    const client = await openTracker(daemon.mqttPort, gateway, 'gateway');
    const point = { deviceId: 'gps-9', timestamp: Math.floor(Date.now() / 1000), latitude: 21.1, longitude: 79.1 };
    client.send(publishPacket('vantrail/gw-1/gateway', JSON.stringify(point)));
    await client.next();
    client.socket.destroy();
    await open('Dead letters');
    await page.getByRole('button', { name: /^Look: gw-1/ }).click();
    expect(await page.getByTestId('letter-bytes').textContent()).toContain('"deviceId": "gps-9"');
    await dialog().getByText('As bytes').click();
    expect(await page.getByTestId('letter-bytes').textContent()).toMatch(/^00000000 {2}7b 22 64 65/);
    await picture('letter');
    await dialog().getByRole('button', { name: 'Take once more' }).click();
    await dialog().getByText('Still refused: unknown device.').waitFor();
    await call('POST', '/api/devices', { id: 'gps-9', gatewayId: 'gw-1', vanId: 'van-1' });
    await dialog().getByRole('button', { name: 'Take once more' }).click();
    await dialog().getByText('1 accepted.').waitFor();
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
  });

  it('every page stands, has a name, and nothing serious for axe', async () => {
    for (const name of await menu().getByRole('link').allTextContents()) {
      await open(name);
      await page.locator('.skeleton').waitFor({ state: 'detached' });
      expect(await seriousFindings(page), name).toEqual([]);
      await picture(`page-${name.toLowerCase().replaceAll(' ', '-')}`);
    }
  });

  it('an address leads to its page, Back leads back, and the map is as it was', async () => {
    await page.goto(`${daemon.url}/console/#administration/zones`);
    await page.getByRole('heading', { level: 2, name: 'Zones' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 2, name: 'My account' }).waitFor();
    await page.getByRole('link', { name: 'Back to the map' }).click();
    await page.locator('[data-van-id="van-1"]').first().waitFor();
    expect(await page.locator('.administration').count()).toBe(0);
  });

  it('a dispatcher has no pages of administrators, and none of their buttons', async () => {
    page = await openAs('DISPATCHER');
    await page.locator('[data-row="van-1"]').waitFor();
    const names = await menu().getByRole('link').allTextContents();
    expect(names).toContain('Consumers');
    for (const name of ['Accounts', 'Webhooks', 'Who did what', 'Agency settings', 'Alert rules']) {
      expect(names).not.toContain(name);
    }
    expect(await button('Add a van').count()).toBe(0);
    await page.goto(`${daemon.url}/console/#administration/accounts`);
    await page.getByText('This page is for administrators').waitFor();
  });

  it('speaks Hindi', async () => {
    await page.getByRole('button', { name: 'हिन्दी' }).click();
    await page.getByText('यह पन्ना प्रशासकों के लिए है').waitFor();
    expect(complaints).toEqual([]);
  });
});
