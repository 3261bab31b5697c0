import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumerWords } from '../protocol/consumer-words.ts';
import {
  chromiumPath,
  type DaemonProcess,
  root,
  startDaemon,
  temporaryFolder,
  tokenFor,
  tool,
} from './daemon-process.ts';
import { openBrowser, phone } from './phone-world.ts';

const secret = 'sixteen characters or more';

describe.skipIf(!chromiumPath)('the page of a simulated consumer', { timeout: 600_000 }, () => {
  let daemon: DaemonProcess;
  let simulator: ChildProcess;
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    browser = await openBrowser();
  });
  afterAll(async () => {
    simulator?.kill('SIGTERM');
    await browser?.close();
    await daemon?.stop();
    await folder?.remove();
  });

  it('is followed from the message to the thanks, while the simulator drives, asks for the code and hands over', async () => {
    const town = join(folder.folder, 'town.geojson');
    await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port: phones } = free.address() as AddressInfo;
    free.close();
    daemon = await startDaemon({
      data: join(folder.folder, 'data'),
      args: [
        ...['--demo', '--base-map', 'demo', '--town-file', town, '--log-level', 'warn'],
        ...['--notify-url', `http://127.0.0.1:${phones}/`, '--notify-secret', secret],
      ],
    });
    simulator = spawn(
      process.execPath,
      [
        ...[join(root, 'device-simulator/main.ts'), 'vans', '--agency', 'demo', '--url', daemon.url],
        ...['--mqtt', `mqtt://127.0.0.1:${daemon.mqttPort}`, '--keys', join(folder.folder, 'keys.json')],
        ...['--vans', '2', '--consumers', '2000', '--interval', '1s', '--pace', '20'],
        ...['--orders', '--phones', String(phones), '--phones-secret', secret],
      ],
      {
        env: { ...process.env, VANTRAIL_TOKEN: await tokenFor(daemon.data, 'ADMIN', 'demo') },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    const link = await new Promise<string>((resolve) => {
      simulator.on(
        'message',
        (message: { type: string; url: string }) => message.type === 'link' && resolve(message.url),
      );
    });
    const page = await (await browser.newContext(phone)).newPage();
    page.setDefaultTimeout(500_000);
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(link);
    const words = consumerWords[(await page.locator('html').getAttribute('lang')) === 'hi' ? 'hi' : 'en'];
    await page.getByRole('heading', { name: words.out }).waitFor();
    await page.locator('.van').waitFor();
    await page.getByRole('button', { name: words.code.show }).click();
    expect(await page.locator('.digits').textContent()).toMatch(/^\d{3} \d{3}$/);
    // One door in twenty-five stays shut.
    const end = page
      .getByRole('heading', { name: words.delivered })
      .or(page.getByRole('heading', { name: words.failed }));
    await end.waitFor();
    await page.locator('.van').waitFor({ state: 'detached' });
    expect(wrong).toEqual([]);
  });
});
