import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumArgs, chromiumPath, type DaemonProcess, run, startDaemon, temporaryFolder } from './daemon-process.ts';

describe.skipIf(!chromiumPath)('signing in at the console', { timeout: 120_000 }, () => {
  let daemon: DaemonProcess;
  let browser: Browser;
  let page: Page;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  const complaints: string[] = [];
  beforeAll(async () => {
    data = await temporaryFolder();
    daemon = await startDaemon({ data: data.folder, args: ['--base-map', 'land', '--log-level', 'warn'] });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await data?.remove();
  });
  const password = (nth: number) => page.locator('input[autocomplete$="password"]').nth(nth);

  it('the link of a new agency leads to a password, and into the console; the link is good once', async () => {
    const made = await run('daemon/agency.ts', [
      'add',
      'pune',
      '--name',
      'Pune Gas',
      '--data',
      daemon.data,
      '--url',
      daemon.url,
    ]);
    const link = /http\S+#invitation=\S+/.exec(made.out)?.[0] ?? '';
    await page.goto(link);
    await page.getByRole('heading', { name: 'Welcome to Pune Gas' }).waitFor();
    expect(page.url()).not.toContain('invitation');
    await password(0).fill('seven green parrots');
    await password(1).fill('seven green parots');
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByText('The two passwords differ.').waitFor();
    await password(1).fill('seven green parrots');
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByText('Pune Gas', { exact: true }).waitFor();
    await page.getByText('No vans yet').waitFor();

    const other = await browser.newPage();
    await other.goto(link);
    await other.getByRole('heading', { name: 'This link is no longer good' }).waitFor();
    await other.close();
  });

  it('one stays signed in over a reload, and is out after signing out', async () => {
    await page.reload();
    await page.getByText('Pune Gas', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('a wrong password is told, the right one leads in, all of it by the keyboard', async () => {
    await page.keyboard.type('admin@pune');
    await page.keyboard.press('Tab');
    await page.keyboard.type('seven red parrots');
    await page.keyboard.press('Enter');
    await page.getByText('The name or the password is not right.').waitFor();
    await password(0).fill('seven green parrots');
    await page.keyboard.press('Enter');
    await page.getByText('Pune Gas', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
