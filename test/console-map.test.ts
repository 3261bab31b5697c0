import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import { api, chromiumPath, type DaemonProcess, startDaemon, temporaryFolder, tool } from './daemon-process.ts';
import { openBrowser } from './phone-world.ts';

describe.skipIf(!chromiumPath)("the tools of the console's map in Chromium", { timeout: 300_000 }, () => {
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  let daemon: DaemonProcess;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const door = { latitude: 21.1461, longitude: 78.6021 };

  beforeAll(async () => {
    data = await temporaryFolder();
    const town = join(data.folder, 'town.geojson');
    await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
    const args = ['--demo', '--base-map', 'demo', '--town-file', town, '--log-level', 'warn'];
    daemon = await startDaemon({ data: data.folder, args });
    const { body } = await api(daemon.url)('POST', '/api/session/demo');
    const call = api(daemon.url, body.accessToken);
    const home = { id: 'asha', name: 'Asha Rao', address: '14, Tank Road', ...door };
    expect((await call('POST', '/api/consumers', home)).status).toBe(201);
    expect((await call('POST', '/api/vans', { id: 'v1', name: 'Van 1' })).status).toBe(201);
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-IN' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    page = await context.newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${daemon.url}/console/`);
    await page.locator('[data-link="live"]').first().waitFor();
    await page.getByRole('img', { name: /Scale/ }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await data?.remove();
  });

  it('find an address by keyboard alone, and show it', async () => {
    await page.keyboard.press('g');
    await page.keyboard.type('tank road');
    await page.getByRole('option', { name: /Asha Rao, 14, Tank Road/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    // The map has come near: its scale says so.
    await page.getByRole('img', { name: /Scale: the bar is \d\d?\d? m long/ }).waitFor();
    await page.keyboard.press('c');
    await page.getByText(/Copied: 21\.146\d+, 78\.602\d+/).waitFor();
  });

  it('measure between the middle of the map and a point that is clicked', async () => {
    await page.keyboard.press('m');
    const panel = page.getByRole('region', { name: /Measure/ });
    await panel.getByText('Set two points').waitFor();
    await page.keyboard.press('Enter');
    const box = await page.locator('.map-frame').boundingBox();
    if (box === null) throw new Error('there is no map');
    await page.mouse.click(box.x + box.width / 2 + 200, box.y + box.height / 2);
    await panel.getByText(/^\d+ m$/).waitFor();
    await page.keyboard.press('Backspace');
    await panel.getByText('Set two points').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('copy the coordinates of a place that is pressed with the other button', async () => {
    const box = await page.locator('.map-frame').boundingBox();
    if (box === null) throw new Error('there is no map');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { button: 'right' });
    const menu = page.getByRole('menu', { name: 'This place' });
    const shown = await menu.locator('p').textContent();
    await menu.getByRole('menuitem', { name: /Copy/ }).click();
    await page.getByText(`Copied: ${shown}`).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
  });

  it('choose which trails are drawn', async () => {
    await page.getByRole('button', { name: /Trails/ }).click();
    await page.getByText('Of all vans', { exact: true }).click();
    await page.getByRole('button', { name: /Trails.*Of all vans/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('are named and reachable for everybody', async () => {
    const names = await page.getByRole('toolbar', { name: 'Map tools' }).getByRole('button').allTextContents();
    expect(names).toHaveLength(4);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
