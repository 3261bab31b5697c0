import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ViewFiles } from '../daemon/http/page-shell.ts';
import { chromiumPath, root } from '../test/daemon-process.ts';
import { openBrowser, phone, phoneWorld } from '../test/phone-world.ts';
import { answerOf, pinned } from './pinned.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

const kilobyte = 1024;
const sockets = 10_000;
/** 400 kbit/s with 400 ms to the daemon and back. */
const poor = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** The consumer's page: what it weighs, how soon it speaks on a bad network, and what its sockets cost the daemon. */
export async function pagesBench(): Promise<Row[]> {
  return [...(await weights()), ...(await memory())];
}

async function weights(): Promise<Row[]> {
  const files = new ViewFiles(join(root, 'dist'));
  if (!files.built) throw new Error('the pages are not built: npm run build');
  const packed = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(files.folder, name)), { level: 9 }).length, 0);
  const all = files.filesOf('consumer/main.tsx');
  const scripts = packed(all.filter((name) => name.endsWith('.js')));
  const world = await phoneWorld();
  try {
    await world.order('o1', 'c-asha');
    await world.done(world.admin('POST', '/api/orders/start', { orderIds: ['o1'] }));
    await world.van(21.14, 78.598);
    const path = await world.link('+91 00200 00001');
    const first = await (await fetch(world.daemon.url + path)).text();
    const styles = [...first.matchAll(/href="\/view\/(assets\/[^"]+\.css)"/g)].map(([, name = '']) => name);
    const before = Buffer.byteLength(first) + packed(styles);
    const seen = chromiumPath === undefined ? [] : await onPoorPhone(world, path);
    return [
      lessIsBetter('consumer page: script, map included (gzip)', scripts / kilobyte, 100, 1, 'KB'),
      lessIsBetter('consumer page: before the words (HTML, CSS as gzip)', before / kilobyte, 15, 1, 'KB'),
      ...seen,
    ];
  } finally {
    await world.stop();
  }
}

async function onPoorPhone(world: Awaited<ReturnType<typeof phoneWorld>>, path: string): Promise<Row[]> {
  const browser = await openBrowser();
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const updates: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      // Binary frames are positions. Two bytes of the WebSocket's own stand before each.
      if (typeof payload !== 'string') updates.push(payload.length + 2);
    }),
  );
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', poor);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const began = performance.now();
  await page.goto(world.daemon.url + path, { waitUntil: 'commit' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  const words = performance.now() - began;
  await page.locator('.van').waitFor();
  const van = performance.now() - began;
  for (let i = 1; updates.length === 0; i++) {
    await world.van(21.14 + i * 0.0001, 78.598, { fixTime: Date.now() + i * 1000 });
    await page.waitForTimeout(1500);
  }
  await browser.close();
  const where = 'at 400 kbit/s, 400 ms, 6× slower';
  return [
    lessIsBetter('consumer page: one update on the wire', Math.max(...updates), 80, 1, 'bytes'),
    forComparison(`consumer page: words on the screen ${where} / 1.5 s`, words, 1500, 'ms'),
    forComparison(`consumer page: van on the map ${where} / 6 s`, van, 6000, 'ms'),
  ];
}

async function memory(): Promise<Row[]> {
  const [ours, bare] = [await memoryOf('feed'), await memoryOf('bare')];
  const name = '10,000 consumer sockets: memory / 1.5 × bare @fastify/websocket';
  return [lessIsBetter(name, ours / kilobyte ** 2, (1.5 * bare) / kilobyte ** 2, 1, 'MB')];
}

async function memoryOf(kind: 'feed' | 'bare'): Promise<number> {
  const script = fileURLToPath(new URL('./consumer-sockets-server.ts', import.meta.url));
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  const server = spawn(process.execPath, ['--expose-gc', script, kind], { stdio: [...stdio] });
  const port = await answerOf<number>(server);
  const hello = JSON.stringify({ type: 'hello', token: 't', format: 'binary' });
  const readers = pinned('./fanout-readers.ts', [String(port), '/feed', String(sockets), hello], 1);
  await answerOf(readers);
  // Two rounds of heartbeats: everyone has been told something, and what that took is free again.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  server.send('memory');
  const bytes = await answerOf<number>(server);
  for (const child of [readers, server]) {
    child.disconnect();
    await once(child, 'exit');
  }
  return bytes;
}
