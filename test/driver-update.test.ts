import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driveWords } from '../web-view/drive/words.ts';
import { chromiumPath, type DaemonProcess, root, startDaemon, temporaryFolder } from './daemon-process.ts';
import { openBrowser, phone } from './phone-world.ts';

const { en } = driveWords;

describe.skipIf(!chromiumPath)('a new version of the driver’s page', { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let daemon: DaemonProcess;
  let browser: Browser;
  let page: Page;
  const start = (pages: string, httpPort?: number) =>
    startDaemon({
      data: join(folder.folder, 'data'),
      ...(httpPort === undefined ? {} : { httpPort }),
      args: ['--pages-folder', join(folder.folder, pages), '--base-map', 'land', '--log-level', 'warn'],
    });
  const files = async (pages: string) => readdir(join(folder.folder, pages, 'view', 'assets'));

  /** The next build: another script, another map, and the files of the build before are gone. */
  async function nextBuild(): Promise<void> {
    const view = join(folder.folder, 'new', 'view');
    await cp(join(root, 'dist', 'view'), view, { recursive: true });
    const renamed = new Map<string, string>();
    for (const name of await files('new')) {
      if (/^(drive|map)-[\w-]+\.js$/.test(name)) renamed.set(name, name.replace(/-[\w-]+\.js$/, '-NEWBUILD.js'));
    }
    for (const [before, after] of renamed) {
      await rename(join(view, 'assets', before), join(view, 'assets', after));
      for (const packed of ['gz', 'br'])
        await rename(join(view, 'assets', `${before}.${packed}`), join(view, `old.${packed}`));
    }
    const texts = ['.vite/manifest.json', ...[...renamed.values()].map((name) => `assets/${name}`)];
    for (const name of texts) {
      let text = await readFile(join(view, name), 'utf8');
      for (const [before, after] of renamed) text = text.replaceAll(before, after);
      if (name.startsWith('assets/drive-')) text += ';document.documentElement.dataset.build="new";';
      await writeFile(join(view, name), text);
    }
  }

  beforeAll(async () => {
    folder = await temporaryFolder();
    await cp(join(root, 'dist', 'view'), join(folder.folder, 'old', 'view'), { recursive: true });
    await nextBuild();
    daemon = await start('old');
    browser = await openBrowser();
    page = await (await browser.newContext(phone)).newPage();
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await folder?.remove();
  });
  const build = () => page.evaluate(() => document.documentElement.dataset.build ?? 'old');
  const cachesOf = () => page.evaluate(() => caches.keys());
  const heading = () => page.getByRole('heading', { name: en.signIn.title }).waitFor();
  /** Which of these files the page gets, by whatever stands between it and the daemon. */
  const gets = (names: string[]) =>
    page.evaluate((wanted) => Promise.all(wanted.map(async (name) => (await fetch(`/view/assets/${name}`)).ok)), names);

  it('an old page at a new daemon goes on with the files of its own version, all of them', async () => {
    await page.goto(`${daemon.url}/drive`);
    await heading();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    // The worker takes pages over from the second time on.
    await page.reload();
    await heading();
    const own = (await files('old')).filter((name) => /^(drive|map)-[\w-]+\.js$/.test(name));
    expect(own).toHaveLength(2);
    expect(await cachesOf()).toHaveLength(1);

    const port = Number(new URL(daemon.url).port);
    await daemon.stop();
    // Without any daemon at all.
    await page.reload();
    await heading();
    daemon = await start('new', port);
    expect((await fetch(`${daemon.url}/view/assets/${own[0]}`)).status).toBe(404);
    await page.reload();
    await heading();
    expect(await build()).toBe('old');
    expect(await gets(own)).toEqual([true, true]);
  });

  it('the new version waits until the driver takes it; then all of it is new, and the old set is gone', async () => {
    const before = await cachesOf();
    await page.getByRole('button', { name: en.update }).click();
    await page.waitForFunction(() => document.documentElement.dataset.build === 'new');
    await heading();
    await expect.poll(cachesOf).toHaveLength(1);
    expect(await cachesOf()).not.toEqual(before.slice(0, 1));
    expect(await gets(['drive-NEWBUILD.js', 'map-NEWBUILD.js'])).toEqual([true, true]);
  });

  it('a new page beside an old cache takes nothing out of it', async () => {
    await page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
      const old = await caches.open('drive-of-long-ago');
      await old.put('/drive', new Response('<h1>long ago</h1>', { headers: { 'content-type': 'text/html' } }));
      await old.put('/view/assets/drive-NEWBUILD.js', new Response('document.title = "long ago"'));
    });
    await page.reload();
    await heading();
    expect(await build()).toBe('new');
    expect(await page.title()).not.toContain('long ago');
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await expect.poll(cachesOf).toHaveLength(1);
    expect(await cachesOf()).not.toContain('drive-of-long-ago');
  });
});
