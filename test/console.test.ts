import { execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  chromiumArgs,
  chromiumPath,
  type DaemonProcess,
  root,
  startDaemon,
  temporaryFolder,
  tool,
} from './daemon-process.ts';

const vans = 20;
/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;

describe.skipIf(!chromiumPath)('the console in Chromium', { timeout: 300_000 }, () => {
  let daemon: DaemonProcess;
  let daemonArgs: string[];
  let simulator: ReturnType<typeof spawn>;
  let browser: Browser;
  let page: Page;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = await temporaryFolder();
    const town = join(data.folder, 'town.geojson');
    await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
    daemonArgs = ['--demo', '--base-map', 'demo', '--town-file', town, '--log-level', 'warn'];
    daemon = await startDaemon({ data: data.folder, args: daemonArgs });
    simulator = await drive(daemon, data.folder);
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs });
    page = await browser.newPage({ viewport: { width: 1440, height: 1700 } });
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A page that is offline says so in red by itself; that is not our mistake.
      if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(`${daemon.url}/console/`);
  });
  afterAll(async () => {
    await browser?.close();
    simulator?.kill('SIGTERM');
    await daemon?.stop();
    await data?.remove();
  });

  const link = (kind: string) => page.locator(`[data-testid="link"][data-link="${kind}"]`);
  const card = () => page.getByRole('complementary', { name: /Van/ });
  const coordinates = async () => /-?\d+\.\d+, -?\d+\.\d+/.exec((await card().textContent()) ?? '')?.[0];
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  };
  /** Waits until what `read` answers fulfils `good`; the page itself changes it, so there is nothing else to wait for. */
  const until = async <T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> => {
    let value: T | undefined;
    const holds = async () => {
      value = await read();
      return good(value);
    };
    await expect.poll(holds, { timeout: 120_000, interval: 200 }).toBe(true);
    return value as T;
  };

  it('shows every van of the demo, live', async () => {
    await link('live').waitFor();
    await until(
      () => page.locator('li[data-van-id], [role=option][data-van-id], [data-van-id]').count(),
      (n) => n === vans,
    );
    await page.locator('canvas').first().waitFor();
    await picture('overview');
  });

  it('shows the trail of a van that is clicked, and the van moves', async () => {
    const moves = async () => {
      const { body } = await driven(daemon);
      return body.items.find((van: { status: string }) => van.status === 'moving') as { id: string } | undefined;
    };
    const moving = (await until(moves, (van) => van !== undefined)) as { id: string };
    await page.locator(`[data-van-id="${moving.id}"]`).first().click();
    await card()
      .getByText(/\d+ points/)
      .waitFor();
    const before = await until(coordinates, (value) => value !== undefined);
    await until(coordinates, (value) => value !== undefined && value !== before);
    await until(
      async () => Number(/(\d+) points/.exec((await card().textContent()) ?? '')?.[1]),
      (points) => points >= 5,
    );
    await picture('trail');
  });

  it('shows a point of a tracker that is not ours', async () => {
    const call = await administrator(daemon);
    await call('POST', '/api/vans', { id: 'phone-van', name: 'Zz phone van' });
    const { body } = await call('POST', '/api/devices', { id: 'pixel', vanId: 'phone-van', type: 'phone' });
    const point = {
      _type: 'location',
      tst: Math.floor(Date.now() / 1000),
      lat: 21.1401,
      lon: 78.6102,
      vel: 23,
      batt: 55,
    };
    const { username, key } = body as { username: string; key: string };
    await promisify(execFile)('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(daemon.mqttPort), '-u', username, '-P', key, '-q', '1'],
      ...['-t', `owntracks/${username}/pixel`, '-m', JSON.stringify(point)],
    ]);
    const row = page.locator('[data-van-id="phone-van"]').first();
    await row.getByText(/23/).waitFor();
    await row.click();
    expect(await until(coordinates, (value) => value === '21.140100, 78.610200')).toBeDefined();
  });

  it('says offline since when the daemon is gone, and catches up by itself when it is back', async () => {
    const { mqttPort, url } = daemon;
    await daemon.kill();
    await link('offline').waitFor();
    await page
      .getByText(/Offline since \d/)
      .first()
      .waitFor();
    await picture('offline');
    daemon = await startDaemon({
      data: data.folder,
      args: daemonArgs,
      httpPort: Number(new URL(url).port),
      mqttPort,
    });
    await link('live').waitFor({ timeout: 120_000 });
    const back = Date.now();
    const call = await administrator(daemon);
    const places = async () => {
      const { body } = await call('GET', '/api/vans');
      return body.items as { id: string; position: { fixTime: number; latitude: number; longitude: number } | null }[];
    };
    const newer = await until(
      async () => (await places()).find(({ position }) => (position?.fixTime ?? 0) > back),
      (van) => van !== undefined,
    );
    await page.locator(`[data-van-id="${newer?.id}"]`).first().click();
    // What the console shows is what the daemon has, and it is newer than the restart.
    await until(
      async () => {
        const position = (await places()).find(({ id }) => id === newer?.id)?.position;
        return [`${position?.latitude.toFixed(6)}, ${position?.longitude.toFixed(6)}`, await coordinates()];
      },
      ([there, here]) => there === here,
    );
  });

  it('closes the card by one Escape, whatever tooltip is open', async () => {
    const card = page.getByRole('complementary', { name: /Van/ });
    await card.waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).hover();
    await page.getByRole('tooltip', { name: 'Zoom in' }).waitFor();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('finds by typing, and works by keyboard', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('phone van');
    await until(
      () => page.locator('[data-van-id]').count(),
      (n) => n === 1,
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: /phone van/ }).waitFor();
    await picture('search');
  });

  it('had nothing to complain about', () => {
    expect(complaints).toEqual([]);
  });
});

describe('npm start', { timeout: 300_000 }, () => {
  it('brings everything up in an empty folder and stops cleanly', async () => {
    const { folder, remove } = await temporaryFolder();
    const start = spawn(
      process.execPath,
      [
        join(root, 'tools/start.mjs'),
        ...['--no-open', '--data', join(folder, 'data'), '--http-port', '0', '--mqtt-port', '0', '--vans', '5'],
        ...['--consumers', '50'],
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = new Promise<number | null>((resolve) => start.on('close', resolve));
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      start.stdout.on('data', (chunk) => {
        output += chunk;
        const found = /Console\s+(\S+)\/console\//.exec(output)?.[1];
        if (found && output.includes('Ctrl-C')) resolve(found);
      });
      void exited.then((code) => reject(new Error(`it ended with ${code}:\n${output}`)));
    });
    expect((await fetch(`${url}/console/`)).status).toBe(200);
    const { body } = await demoSession(url);
    const call = api(url, body.accessToken);
    await expect
      .poll(
        async () =>
          (await call('GET', '/api/vans')).body.items?.filter((van: { position: unknown }) => van.position).length,
        {
          timeout: 120_000,
        },
      )
      .toBe(5);
    start.kill('SIGTERM');
    expect(await exited).toBe(0);
    await remove();
  });
});

const demoSession = (url: string) => api(url)('POST', '/api/session/demo');
async function administrator(daemon: DaemonProcess) {
  return api(daemon.url, (await demoSession(daemon.url)).body.accessToken);
}
async function driven(daemon: DaemonProcess) {
  return (await administrator(daemon))('GET', '/api/vans');
}

async function drive(daemon: DaemonProcess, folder: string) {
  const { body } = await demoSession(daemon.url);
  return spawn(
    process.execPath,
    [
      join(root, 'device-simulator/main.ts'),
      ...['vans', '--url', daemon.url, '--mqtt', `mqtt://127.0.0.1:${daemon.mqttPort}`, '--agency', 'demo'],
      ...['--vans', String(vans), '--consumers', '300', '--seed', '1', '--keys', join(folder, 'simulator-keys.json')],
    ],
    { cwd: root, stdio: 'ignore', env: { ...process.env, VANTRAIL_TOKEN: body.accessToken } },
  );
}
