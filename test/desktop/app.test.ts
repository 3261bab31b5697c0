import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type DaemonProcess, root, startDaemon, temporaryFolder, tokenFor } from '../daemon-process.ts';
import { type BuiltApp, electronPath, launch, openDisplay, secondStart, withKeyRing } from './built-app.ts';
import { type DemoAgency, signIn as signInOn, startDemoAgency } from './demo-agency.ts';

const vans = 8;

describe.skipIf(!electronPath)('the built desktop app in a real Electron', { timeout: 600_000 }, () => {
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  let user: Awaited<ReturnType<typeof temporaryFolder>>;
  let display: Awaited<ReturnType<typeof openDisplay>>;
  let daemon: DaemonProcess;
  let agency: DemoAgency;
  let built: BuiltApp;
  let from: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = await temporaryFolder();
    user = await temporaryFolder();
    display = await openDisplay();
    from = withKeyRing(join(user.folder, 'app'));
    agency = await startDemoAgency({ folder: data.folder, vans, consumers: 100 });
    daemon = agency.daemon;
    await start();
  }, 600_000);
  afterAll(async () => {
    await built?.app.close();
    agency?.simulator.kill('SIGTERM');
    await daemon?.stop();
    display?.close();
    await data?.remove();
    await user?.remove();
  }, 120_000);

  const start = async (args: string[] = [], folder = from) => {
    built = await launch({ userData: join(user.folder, 'data'), display: display.name, args, from: folder });
  };
  const close = async () => {
    complaints.push(...built.complaints);
    await built.app.close();
  };
  const link = (kind: string) => built.page.locator(`[data-testid="link"][data-link="${kind}"]`);
  const card = () => built.page.getByRole('complementary', { name: /Van/ });
  const points = async () => Number(/(\d+) points/.exec((await card().textContent()) ?? '')?.[1] ?? 0);
  const signIn = () => signInOn(built.page);
  const manyPoints = (least: number) =>
    expect.poll(points, { timeout: 180_000, interval: 500 }).toBeGreaterThanOrEqual(least);

  it('asks where the server is, and says what is wrong with an address', async () => {
    const { page } = built;
    await page.getByRole('heading', { name: 'Where is your server?' }).waitFor();
    await built.picture('1-server');
    await page.getByRole('textbox').fill('http://vantrail.example.com');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('it has to be https://vantrail.example.com').waitFor();
    await page.getByRole('textbox').fill(daemon.url);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('signs in, with the list and the map drawn', async () => {
    await signIn();
    await link('live').waitFor();
    await expect.poll(() => built.page.locator('[data-van-id]').count(), { timeout: 120_000 }).toBe(vans);
    await built.page.locator('canvas').first().waitFor();
    // Drawn: the map's canvas has many colours, not one.
    await expect.poll(() => coloursOf(built), { timeout: 120_000 }).toBeGreaterThan(20);
    await built.picture('2-live');
  });

  it('keeps no token where a page could read it, and the sign-in only in the key ring', async () => {
    const seen = await built.page.evaluate(
      () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie,
    );
    expect(seen).not.toMatch(/eyJ|vtr|token/i);
    const settings = readFileSync(join(user.folder, 'data', 'settings.json'), 'utf8');
    expect(JSON.parse(settings)).toMatchObject({ server: daemon.url, account: { login: 'ravi@demo', agency: 'demo' } });
    expect(existsSync(join(user.folder, 'data', 'sign-in'))).toBe(true);
    for (const name of readdirSync(join(user.folder, 'data'))) {
      if (/settings|sign-in/.test(name)) {
        expect(readFileSync(join(user.folder, 'data', name), 'utf8')).not.toContain('refreshToken');
      }
    }
  });

  it('gives a page nothing of Node and nothing but the bridge', async () => {
    const has = await built.page.evaluate(() => {
      const all = window as unknown as Record<string, unknown>;
      return ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in all);
    });
    expect(has).toEqual([]);
    const answers = await built.page.evaluate(async () => {
      const { vantrail } = window as unknown as {
        vantrail: { call(name: string, input: unknown): Promise<{ ok: boolean; error?: { code: string } }> };
      };
      const wrong = await vantrail.call('cache.trail', { vanId: 'v', from: -1, to: 'now' });
      const unknown = await vantrail.call('shell.run', {}).catch((error: Error) => error.message);
      return [wrong.error?.code, unknown];
    });
    expect(answers).toEqual(['input', "the desktop app knows no 'shell.run'"]);
  });

  it('fills the cache from the feed, and shows the trail of a van', async () => {
    await built.page.locator('[data-van-id]').first().click();
    await manyPoints(10);
    await expect
      .poll(async () => (await facts(built)).points, { timeout: 180_000, interval: 1000 })
      .toBeGreaterThan(vans * 3);
    expect(await facts(built)).toMatchObject({ open: true });
    await built.picture('3-trail');
  });

  it('a second window shares the cache of the first, and takes over when that closes', async () => {
    const { app, page } = built;
    const opening = app.waitForEvent('window');
    await app.evaluate(({ Menu }) => {
      const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
      file?.submenu?.items.find(({ label }) => label === 'New Window')?.click();
    });
    const second = await opening;
    second.setDefaultTimeout(120_000);
    await second.locator('[data-testid="link"][data-link="live"]').waitFor();
    const feeding = (window: typeof page) =>
      window.evaluate(async () => {
        const { vantrail } = window as unknown as {
          vantrail: { call(name: string): Promise<{ value: { feeds: boolean } }> };
        };
        return (await vantrail.call('desk.state')).value.feeds;
      });
    expect([await feeding(page), await feeding(second)]).toEqual([true, false]);
    await page.close();
    await expect.poll(() => feeding(second), { timeout: 60_000 }).toBe(true);
    built.page = second;
    const { asOf } = await facts(built);
    await expect.poll(async () => (await facts(built)).asOf, { timeout: 60_000 }).toBeGreaterThan(asOf);
  });

  it('menus speak the language that is chosen in the console', async () => {
    const file = () =>
      built.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label)?.[0]);
    await built.page.getByRole('button', { name: 'हिन्दी' }).click();
    await expect.poll(file, { timeout: 60_000 }).toBe('फ़ाइल (&F)');
    await link('live').waitFor();
    await built.picture('3-hindi');
    await built.page.getByRole('button', { name: 'English' }).click();
    await expect.poll(file, { timeout: 60_000 }).toBe('&File');
    await link('live').waitFor();
  });

  it('opens the van of an address that a second start brings, and refuses addresses of another kind', async () => {
    const { body } = await api(daemon.url, await tokenFor(data.folder, 'ADMIN', 'demo'))('GET', '/api/vans');
    const [first, other] = body.items as { id: string; name: string }[];
    // A second start of the app: it hands its address over and ends.
    const bring = (address: string) =>
      secondStart({ userData: join(user.folder, 'data'), display: display.name, from }, address);
    expect(await bring(`vantrail://van/${other?.id}`)).toBe(0);
    await built.page.getByRole('complementary', { name: new RegExp(other?.name ?? '-') }).waitFor();
    await bring('vantrail://van/../../etc');
    await bring('vantrail://run/now');
    await bring(`vantrail://van/${first?.id}`);
    await built.page.getByRole('complementary', { name: new RegExp(first?.name ?? '-') }).waitFor();
  });

  it('survives the end of its page, with a word', async () => {
    await built.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    // Playwright holds a page whose process has ended for dead, so the new one is asked through main.
    const text = () =>
      built.app.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]
            ?.webContents.executeJavaScript('document.body.innerText')
            .catch(() => ''),
          // A page whose process is gone answers nothing at all.
          new Promise((resolve) => setTimeout(() => resolve(''), 3000)),
        ]),
      );
    await expect.poll(text, { timeout: 180_000, interval: 1000 }).toContain('This window was started again');
    await expect.poll(text, { timeout: 180_000, interval: 1000 }).toContain('Live');
  });

  it('without the daemon: yesterday’s picture at once after a restart, with its age, and the trail from the cache', async () => {
    await close();
    expect(JSON.parse(readFileSync(join(user.folder, 'data', 'settings.json'), 'utf8')).window).toMatchObject({
      width: expect.any(Number),
      maximized: expect.any(Boolean),
    });
    await daemon.kill();
    await start();
    const { page } = built;
    await page.getByTestId('picture').waitFor();
    expect(await page.getByTestId('picture').textContent()).toMatch(
      // A start within two seconds of the last word is as true a picture as any.
      /The last picture this computer has, of .+ \((just now|.+ ago)\)/,
    );
    await expect.poll(() => page.locator('[data-van-id]').count(), { timeout: 60_000 }).toBe(vans);
    await expect.poll(() => coloursOf(built), { timeout: 120_000 }).toBeGreaterThan(20);
    await page.locator('[data-van-id]').first().click();
    await manyPoints(5);
    await card().getByText('What this computer has').waitFor();
    await link('offline').waitFor();
    // Before anything was heard of the network: the picture does not wait for it.
    const marks = await page.evaluate(() =>
      performance.getEntriesByName('vantrail.picture').map((mark) => mark.startTime),
    );
    expect(marks.length).toBeGreaterThan(0);
    await built.picture('4-offline');
    const found = await page.evaluate(async () => {
      const { vantrail } = window as unknown as {
        vantrail: { call(name: string, input: unknown): Promise<{ ok: boolean; value: { kind: string }[] }> };
      };
      return (await vantrail.call('cache.search', { text: '', limit: 5 })).value.length;
    });
    expect(found).toBe(5);

    // What was seen can be played back, from the cache alone.
    await page.keyboard.press('p');
    const played = () => page.getByRole('slider', { name: 'Played time' }).getAttribute('aria-valuetext');
    await page.getByText('Only what this computer has').waitFor();
    const begin = await played();
    expect(begin).toMatch(/\d\d:\d\d:\d\d, (\d+ km\/h|standing)$/);
    await page.getByTestId('play').click();
    await expect.poll(played, { timeout: 60_000 }).not.toBe(begin);
    await built.picture('4-played-offline');
    await page.keyboard.press('Escape');
    await page.getByText('live is paused on the map').waitFor({ state: 'detached' });
    await page.locator('[data-van-id]').first().click();
    await manyPoints(5);
  });

  it('is live again when the daemon is back, and asks for what it missed', async () => {
    const { mqttPort, url } = daemon;
    daemon = await startDaemon({
      data: data.folder,
      args: agency.daemonArgs,
      httpPort: Number(new URL(url).port),
      mqttPort,
    });
    await link('live').waitFor();
    expect(await built.page.getByTestId('picture').count()).toBe(0);
    await expect.poll(() => card().getByText('What this computer has').count(), { timeout: 120_000 }).toBe(0);
    await built.picture('5-back');
  });

  it('opens the thing of the address it was started with', async () => {
    const { body } = await api(daemon.url, await tokenFor(data.folder, 'ADMIN', 'demo'))('GET', '/api/vans');
    const van = (body.items as { id: string; name: string }[]).at(-1);
    await close();
    await start([`vantrail://van/${van?.id}`]);
    await built.page.getByRole('complementary', { name: new RegExp(van?.name ?? '-') }).waitFor();
  });

  it('refuses navigation, new windows, frames, permissions, inline code and foreign connections', async () => {
    const { app, page } = built;
    await app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { openedOutside: opened });
      shell.openExternal = async (address) => void opened.push(address);
    });
    const before = page.url();
    await page.evaluate(() => {
      location.href = 'https://example.com/away';
    });
    await page.evaluate(() => {
      location.href = 'file:///etc/passwd';
    });
    const windows = await page.evaluate(() =>
      ['https://example.com/new', 'http://example.com/plain', 'file:///etc/passwd', 'app://vantrail/console/'].map(
        (address) => window.open(address) === null,
      ),
    );
    expect(windows).toEqual([true, true, true, true]);
    await expect
      .poll(() => app.evaluate(() => (globalThis as unknown as { openedOutside: string[] }).openedOutside))
      .toEqual(['https://example.com/away', 'https://example.com/new']);
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
    const refused = await page.evaluate(async () => {
      const place = await new Promise<string>((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('given'),
          (error) => resolve(`refused ${error.code}`),
        ),
      );
      const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'given',
        (error: Error) => error.name,
      );
      const notify = await Notification.requestPermission();
      return [place, camera, notify];
    });
    expect(refused[0]).toBe('refused 1');
    expect(refused[1]).toMatch(/NotAllowedError|NotFoundError/);
    expect(refused[2]).toBe('denied');
    const policy = await page.evaluate(async () => {
      // The debugger's own turn may evaluate; the next one is the page's.
      await new Promise((resolve) => setTimeout(resolve));
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      const evaluated = (() => {
        try {
          return new Function('return 1')();
        } catch (error) {
          return (error as Error).name;
        }
      })();
      const connected = await fetch('https://example.com/').then(
        () => 'connected',
        (error: Error) => error.name,
      );
      return ['inlineRan' in window, evaluated, connected];
    });
    expect(policy).toEqual([false, 'EvalError', 'TypeError']);
    // What was refused is said in red, which is how it should be.
    built.complaints.length = 0;
    // Playwright waits for ever for a navigation that was refused.
    await close();
    await start();
    await link('live').waitFor();
  });

  it('signs out and removes what it has seen when that is chosen', async () => {
    const caches = () => readdirSync(join(user.folder, 'data', 'cache'));
    expect(caches()).toHaveLength(1);
    await built.app.evaluate(({ dialog }) => {
      // The person presses the second button.
      dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false });
    });
    await link('live').waitFor();
    await built.page.getByRole('button', { name: 'Sign out' }).click();
    await built.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(caches()).toEqual([]);
    expect(existsSync(join(user.folder, 'data', 'sign-in'))).toBe(false);
  });

  it('without a key ring: signed in until the app ends, and said so', async () => {
    await close();
    await start([], root);
    await built.page.getByText('The sign-in is kept in memory only').waitFor();
    await signIn();
    await link('live').waitFor();
    await built.page.getByText('The sign-in is kept in memory only').waitFor();
    await built.picture('6-memory-only');
    expect(existsSync(join(user.folder, 'data', 'sign-in'))).toBe(false);
    await close();
    await start([], root);
    await built.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('had nothing to complain about', () => {
    expect([...complaints, ...built.complaints]).toEqual([]);
  });
});

/** How many colours a part of the map has, from a picture of the canvas. */
async function coloursOf({ page }: BuiltApp): Promise<number> {
  const png = await page.locator('canvas').first().screenshot();
  const source = `data:image/png;base64,${png.toString('base64')}`;
  return page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 200;
    canvas.height = 200;
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0, 200, 200);
    const { data } = context?.getImageData(0, 0, 200, 200) ?? { data: [] };
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += 4)
      colours.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
    return colours.size;
  }, source);
}

async function facts({ page }: BuiltApp): Promise<{ open: boolean; points: number; asOf: number }> {
  return page.evaluate(async () => {
    const { vantrail } = window as unknown as {
      vantrail: { call(name: string): Promise<{ value: { open: boolean; points: number; asOf: number } }> };
    };
    return (await vantrail.call('cache.facts')).value;
  });
}
