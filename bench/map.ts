import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { chromiumPath, root, startDaemon, temporaryFolder, tool } from '../test/daemon-process.ts';
import { openBrowser } from '../test/phone-world.ts';
import { bareChromium } from './bare-chromium.ts';
import { mapFeed } from './map-feed.ts';
import { mainThread } from './map-trace.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

const vans = 10_000;
const consumers = 100_000;
const megabyte = 1024 ** 2;
/** What is measured of either side, ms. */
const measured = 8000;
/** A page that has just begun compiles and grows; after so long it is as it stays, ms. */
const settles = 6000;
const software = '10,000 moving, 100,000 static, software rendering';

/**
 * The console's map at full scale, in Chromium with software rendering: what a tick costs the page's main thread beside
 * GeoJSON by `setData`, whether its heap stays flat, and how soon the console is live.
 *
 * "Handing over" is the map's own work for a tick, from being told of positions until the drawing library has them: what
 * is left when reading the feed, which both sides do, and all that goes to the graphics card are taken away. "Main thread"
 * is everything, as CPU time, in which waiting for the graphics card does not count. At this rate MapLibre passes over
 * most of what it is handed, which costs it nothing and shows nothing: what counts is a tick that it takes up.
 */
export async function mapBench({ minutes }: { minutes: number }): Promise<Row[]> {
  if (chromiumPath === undefined)
    throw new Error('it needs Chromium: set VANTRAIL_CHROMIUM to its path, such as /usr/bin/chromium');
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-map-'));
  const browser = await openBrowser();
  try {
    const page = fileURLToPath(new URL('./map-page', import.meta.url));
    await build({
      root: page,
      configFile: false,
      logLevel: 'error',
      worker: { format: 'es' },
      build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0 },
    });
    return [...(await ticks(folder)), ...(await heap(browser, minutes)), ...weights(), ...(await start(browser))];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ticks(folder: string): Promise<Row[]> {
  const near = await side(folder, 'ours', 14.5);
  const far = await side(folder, 'ours', 11.5);
  const other = await side(folder, 'set-data', 11.5);
  const takenUp = 'map: main thread for a tick that the map takes up';
  return [
    lessIsBetter(`map: handing over a tick, p95, clusters (${software})`, far.handed.p95, 2, 1, 'ms'),
    lessIsBetter(`map: handing over a tick, p95, single vans (${software})`, near.handed.p95, 2, 1, 'ms'),
    lessIsBetter(`${takenUp}, clusters / GeoJSON by setData`, far.taken, other.taken, 20, 'ms'),
    lessIsBetter(`${takenUp}, single vans / GeoJSON by setData`, near.taken, other.taken, 20, 'ms'),
    forComparison('map: handing over a tick, mean, clusters / setData', far.handed.mean, other.handed.mean, 'ms'),
    forComparison('map: all of the main thread a tick, mean, clusters / setData', far.cpu.mean, other.cpu.mean, 'ms'),
    forComparison('map: all of the main thread a tick, p95, clusters / single vans', far.cpu.p95, near.cpu.p95, 'ms'),
    forComparison('map: pictures a second, clusters / setData', far.frames, other.frames, '1/s'),
  ];
}

/** Opens one side and measures a stretch of it. */
async function side(folder: string, name: 'ours' | 'set-data', zoom: number) {
  const feed = await mapFeed(folder, { vans, consumers });
  const browser = await bareChromium({ width: 1440, height: 900 });
  try {
    const ask = await browser.open(`${feed.url}/?side=${name}&zoom=${zoom}`);
    const deadline = performance.now() + 60_000;
    while (!(await ask<boolean>('window.bench?.state().loaded === true'))) {
      if (performance.now() > deadline) throw new Error('the page of the map bench was not told of its world');
      await setTimeout(100);
    }
    await setTimeout(settles);
    const look = () =>
      ask<{ frames: number; taken: number; ticks: number[] }>(
        '({ frames: bench.frames, taken: bench.taken, ticks: bench.handOver.ticks })',
      );
    const before = await look();
    await setTimeout(measured);
    const after = await look();
    // Apart from the clocks in the page: a trace is work too.
    const cpu = await mainThread(browser, () => setTimeout(measured / 2));
    const ticks = after.ticks.slice(before.ticks.length);
    return {
      cpu,
      handed: of(ticks),
      taken: (cpu.mean * ticks.length) / Math.max(1, after.taken - before.taken),
      frames: (after.frames - before.frames) / (measured / 1000),
    };
  } finally {
    await browser.close();
    feed.close();
  }
}

function of(ticks: readonly number[]) {
  const sorted = ticks.toSorted((a, b) => a - b);
  const mean = ticks.reduce((sum, each) => sum + each, 0) / ticks.length;
  return { mean, p95: sorted[Math.floor((sorted.length - 1) * 0.95)] ?? Number.NaN };
}

/** The whole console, with list and panels, under 10,000 messages a second: what its heap does. */
async function heap(browser: Browser, minutes: number): Promise<Row[]> {
  const feed = await mapFeed(join(root, 'dist', 'console'), { vans, consumers: 20_000 });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(`${feed.url}/console/`);
    await page.locator('[data-link="live"]').first().waitFor({ timeout: 120_000 });
    await page.waitForTimeout(settles * 2);
    const samples: number[] = [];
    const every = Math.max(3000, (minutes * 60_000) / 40);
    for (let passed = 0; passed <= minutes * 60_000; passed += every) {
      samples.push((await heapOf(page)) / megabyte);
      await page.waitForTimeout(every);
    }
    const first = samples.slice(0, Math.ceil(samples.length / 4));
    const base = first.reduce((sum, each) => sum + each, 0) / first.length;
    const furthest = Math.max(...samples.map((each) => Math.abs(each - base)));
    const name = `console: heap at 10,000 msg/s over ${minutes} min, furthest from ${base.toFixed(0)} MB, at most 10 %`;
    return [lessIsBetter(name, furthest, base / 10, 1, 'MB')];
  } finally {
    await page.close();
    feed.close();
  }
}

async function heapOf(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize;
}

/** The script that the page names itself; what it asks for afterwards, such as the map's library, comes beside it. */
function weights(): Row[] {
  const folder = join(root, 'dist', 'console');
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/console\/([^"]+\.js)"/g)].map(([, name = '']) => name);
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
  return [lessIsBetter('console: initial script (gzip)', bytes / megabyte, 1.2, 1, 'MB')];
}

/** The console of the demo, in a browser that has never seen it: until the list is live, and the map's base is drawn. */
async function start(browser: Browser): Promise<Row[]> {
  const temporary = await temporaryFolder();
  const town = join(temporary.folder, 'town.geojson');
  await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
  const daemon = await startDaemon({
    data: join(temporary.folder, 'data'),
    args: ['--demo', '--base-map', 'demo', '--town-file', town, '--log-level', 'warn'],
  });
  try {
    const times: { live: number; library: number; map: number }[] = [];
    for (let i = 0; i < 5; i++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(`${daemon.url}/console/`, { waitUntil: 'commit' });
      await page.locator('[data-link="live"]').first().waitFor();
      const live = await page.evaluate(() => performance.now());
      await page.locator('.map-canvas canvas').first().waitFor({ state: 'attached' });
      times.push(
        await page.evaluate((live) => {
          const of = (part: string) => performance.getEntriesByType('resource').find(({ name }) => name.includes(part));
          return {
            live,
            library: of('maplibre-surface')?.startTime ?? Number.NaN,
            map: (of('/api/map') as PerformanceResourceTiming | undefined)?.responseEnd ?? Number.NaN,
          };
        }, live),
      );
      await context.close();
    }
    const middle = (pick: (time: (typeof times)[number]) => number) =>
      times.map(pick).sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
    return [
      lessIsBetter('console: cold start to live, demo, browser', middle(({ live }) => live) / 1000, 2, 1, 's'),
      forComparison(
        'console: map library asked for / base map known',
        middle(({ library }) => library),
        middle(({ map }) => map),
        'ms',
      ),
    ];
  } finally {
    await daemon.stop();
    await temporary.remove();
  }
}
