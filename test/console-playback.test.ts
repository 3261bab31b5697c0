import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import {
  chromiumArgs,
  chromiumPath,
  type DaemonProcess,
  startDaemon,
  temporaryFolder,
  tokenFor,
} from './daemon-process.ts';
import { type PlayedAgency, playedAgency } from './played-agency.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;

describe.skipIf(!chromiumPath)('the past in the console', { timeout: 120_000 }, () => {
  let daemon: DaemonProcess;
  let agency: PlayedAgency;
  let browser: Browser;
  let page: Page;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = await temporaryFolder();
    daemon = await startDaemon({ data: data.folder, args: ['--base-map', 'land', '--log-level', 'warn'] });
    agency = await playedAgency(daemon, ['v1', 'v2']);
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs });
    page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      timezoneId: 'Europe/Paris',
    });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const token = await tokenFor(daemon.data, 'DISPATCHER', 'pune');
    await page.goto(`${daemon.url}/console/#token=${token}`);
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await data?.remove();
  });

  const slider = () => page.getByRole('slider', { name: 'Played time' });
  const said = () => slider().getAttribute('aria-valuetext');
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  it('opens from the card with the day of the newest fix, where the van sets out', async () => {
    await page.locator('[data-van-id="v1"]').first().click();
    await page.getByRole('complementary', { name: 'Van Van 1' }).getByRole('button', { name: 'Play back' }).click();
    await page.getByText(/^Playback of Van 1 · /).waitFor();
    await expect.poll(said, { timeout: 60_000 }).toMatch(/ 09:00:00, \d+ km\/h$/);
    expect(await page.getByText('live is paused on the map').isVisible()).toBe(true);
  });

  it('steps from fix to fix by the arrows, and is scrubbed by keys and by the mouse', async () => {
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await said()).toContain('09:00:10');
    await slider().focus();
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    expect(await said()).toMatch(/ 09:11:10, \d+ km\/h$/);
    const box = await slider().boundingBox();
    if (box === null) throw new Error('the strip has no place');
    // Of about 75 minutes: in the stop, and in the dead zone.
    const at = (minutes: number) => ({ position: { x: (box.width * minutes) / 75, y: 20 } });
    await slider().click(at(30));
    expect(await said()).toMatch(/ 09:\d\d:\d\d, standing$/);
    await slider().click(at(48));
    expect(await said()).toMatch(/ 09:\d\d:\d\d, no signal$/);
    await picture('dead-zone');
    await page.keyboard.press('Home');
    expect(await said()).toMatch(/ 08:5\d:\d\d, no fix yet$/);
  });

  it('plays by the space bar, as fast as it is told, and pauses', async () => {
    await page.keyboard.press('ArrowRight');
    expect(await said()).toContain('09:00:00');
    await page.getByRole('button', { name: '60×' }).click();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
    await expect.poll(said, { timeout: 60_000 }).toMatch(/ 09:0[2-9]:/);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    const paused = await said();
    await page.keyboard.press('ArrowRight');
    expect(await said()).not.toBe(paused);
    await picture('one-van');
  });

  it('saves the van and period as a file of the daemon', async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    const save = async (format: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: format, exact: true }).click(),
      ]);
      const text = await readFile(await download.path(), 'utf8');
      return { name: download.suggestedFilename(), text };
    };
    const gpx = await save('GPX');
    expect(gpx.name).toMatch(/^v1-\d{4}-\d\d-\d\d\.gpx$/);
    expect(gpx.text.match(/<trkpt /g)).toHaveLength(agency.fixes);
    // The dead zone is no line.
    expect(gpx.text.match(/<trkseg>/g)).toHaveLength(2);
    const csv = await save('CSV');
    expect(csv.text.split('\r\n')[1]).toContain(`v1,${new Date(agency.nine).toISOString()},`);
    expect(JSON.parse((await save('GeoJSON')).text).features).toHaveLength(agency.fixes + 1);
    await page.getByText(/^Saved: v1-/).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByText(/^Playback of Van 1/).isVisible()).toBe(true);
  });

  it('plays several vans, skips their stops, and prints what they did', async () => {
    await page.getByRole('button', { name: /^Choose vans/ }).click();
    await page.getByRole('checkbox', { name: 'Van 2' }).check();
    await page.keyboard.press('Escape');
    await page.getByText(/^Playback of 2 vans/).waitFor();
    await expect.poll(() => page.locator('.strip[data-loading="false"]').count(), { timeout: 60_000 }).toBe(2);
    await page.keyboard.press('s');
    const box = await slider().boundingBox();
    await slider().click({ position: { x: ((box?.width ?? 0) * 28) / 75, y: 20 } });
    expect(await said()).toContain('standing');
    await page.keyboard.press('Space');
    // Straight on to where it was last seen, at the end of the stop.
    await expect.poll(said, { timeout: 60_000 }).toContain('no signal');
    await page.keyboard.press('Space');
    await picture('two-vans');
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    const sheet = page.locator('.playback-sheet');
    await page.emulateMedia({ media: 'print' });
    expect(await sheet.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['All vans', 'Van 1', 'Van 2']);
    const rows = await sheet.locator('.sheet-van').first().locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t').slice(0, 3))).toEqual([
      ['Trip', '09:00', '09:20'],
      ['Stop', '09:20', '09:39'],
      ['No signal', '09:39', '09:55'],
      ['Trip', '09:55', '10:14'],
    ]);
    await picture('sheet');
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  });

  it('can be used by everyone', async () => {
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByLabel('From', { exact: true }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('period');
    await page.keyboard.press('Escape');
  });

  it('one key leads back to live, wherever the mouse is', async () => {
    await page.getByTestId('play').hover();
    await page.keyboard.press('Escape');
    await slider().waitFor({ state: 'detached' });
    expect(await page.getByText(/^Playback of/).count()).toBe(0);
    await page.keyboard.press('p');
    await page.getByText('Choose the vans that are to be played back.').waitFor();
    await picture('no-van');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await slider().waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });
});
