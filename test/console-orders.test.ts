import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './axe.ts';
import {
  type Api,
  addAgency,
  api,
  chromiumArgs,
  chromiumPath,
  type DaemonProcess,
  startDaemon,
  temporaryFolder,
  tokenFor,
} from './daemon-process.ts';

/** Where the pictures go when they are asked for: VANTRAIL_PICTURES=folder. */
const pictures = process.env.VANTRAIL_PICTURES;
const daemonArgs = ['--base-map', 'land', '--log-level', 'warn'];
const names = [
  'Asha Rao',
  'Bina Shah',
  'Chetan Joshi',
  'Deepa Nair',
  'Esha Kale',
  'Farid Khan',
  'Gita Iyer',
  'Hari More',
];

describe.skipIf(!chromiumPath)('orders in the console', { timeout: 180_000 }, () => {
  let daemon: DaemonProcess;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: Browser;
  let page: Page;
  /** another dispatcher, who works elsewhere */
  let ravi: Api;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = await temporaryFolder();
    daemon = await startDaemon({ data: data.folder, args: daemonArgs });
    const admin = await addAgency(daemon, 'pune');
    for (const n of [1, 2, 3]) {
      await admin('POST', '/api/vans', { id: `v${n}`, name: `Van ${n}` });
      const { body } = await admin('POST', '/api/devices', { id: `t${n}`, vanId: `v${n}` });
      const { username, key } = body as { username: string; key: string };
      const place = { fixTime: Date.now(), latitude: 18.5 + n / 50, longitude: 73.85 + n / 50, speed: 0 };
      const authorization = `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`;
      await api(daemon.url)('POST', '/api/positions', [place], { authorization });
    }
    const people = names.map((name, i) => ({
      ...{ id: `c${i}`, number: `4027${i}`, name, address: `${i} Ring Road`, pincode: '411001' },
      ...{ latitude: 18.52 + i / 500, longitude: 73.86 + i / 500 },
    }));
    await admin('POST', '/api/consumers', people);
    await admin(
      'POST',
      '/api/orders',
      people.map(({ id }, i) => ({ id: `o${i}`, consumerId: id })),
    );
    const [anu, other] = await Promise.all(
      ['anu', 'ravi'].map((subject) => tokenFor(daemon.data, 'DISPATCHER', 'pune', ['--subject', subject])),
    );
    ravi = api(daemon.url, other);
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Refused changes and a daemon that is away are said in red by the browser itself.
      if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket|status of 4/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    await page.goto(`${daemon.url}/console/#token=${anu}`);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await page.locator('[data-van-id="v3"]').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.stop();
    await data?.remove();
  });

  /** Looks again and again: the page itself changes it. */
  const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 60_000, interval: 50 });
  const order = async (id: string) =>
    (await ravi('GET', `/api/orders/${id}`)).body as { state: string; vanId?: string; version: number };
  const row = (id: string) => page.locator(`.order-row[data-order-id="${id}"]`);
  const heading = (van: string) => page.locator(`.order-heading[data-drop-van="${van}"]`);
  const word = (text: string | RegExp) => page.locator('.change-word').getByText(text);
  const middle = async (of: Locator) => {
    const box = await of.boundingBox();
    if (box === null) throw new Error('it is not on the screen');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const grab = async (of: Locator) => {
    const { x, y } = await middle(of);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 20, y + 10, { steps: 3 });
  };
  /** A question stands on the screen, and what is typed now goes into its field. */
  const asks = async (name: string) => {
    await page.getByRole('dialog', { name }).waitFor();
    await page.locator('[role=dialog] input:focus').waitFor();
  };
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  it('stand on the board with their counts, and are found', async () => {
    await page.keyboard.press('o');
    await row('o0').waitFor();
    expect(await page.locator('.chip[data-filter="unassigned"]').textContent()).toBe('8Unassigned');
    await page.keyboard.press('/');
    await page.keyboard.type('40275');
    await eventually(() => page.locator('.order-row').count()).toBe(1);
    await row('o5').getByText('Farid Khan').waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => page.locator('.order-row').count()).toBe(8);
    await page.keyboard.press('Escape');
  });

  it('are assigned by dragging them onto a van on the map', async () => {
    await page.keyboard.press('v');
    await page.locator('.row[data-van-id="v2"]').click();
    await page.getByRole('complementary', { name: 'Van Van 2' }).waitFor();
    await page.keyboard.press('o');
    await grab(row('o0'));
    // A van that was selected stands in the middle of what its card leaves free of the map.
    const map = await middle(page.locator('.map'));
    await page.mouse.move(map.x - 185, map.y, { steps: 4 });
    await page.locator('.drag-image').getByText('to Van 2').waitFor();
    await page.mouse.up();
    await word('Order put on Van 2').waitFor();
    expect(await order('o0')).toMatchObject({ state: 'assigned', vanId: 'v2' });
    await heading('v2').waitFor();
  });

  it('are assigned by dragging several onto a van in the list, which comes while they are held over its tab', async () => {
    await page.keyboard.press('Escape');
    await row('o1').click();
    await row('o3').click({ modifiers: ['Shift'] });
    await page.locator('.picked-bar').getByText('3 selected').waitFor();
    await grab(row('o2'));
    const tab = await middle(page.locator('#tab-vans'));
    await page.mouse.move(tab.x, tab.y, { steps: 4 });
    await page.locator('.row[data-van-id="v1"]').waitFor();
    const van = await middle(page.locator('.row[data-van-id="v1"]'));
    await page.mouse.move(van.x, van.y, { steps: 4 });
    await page.locator('.drag-image').getByText('to Van 1').waitFor();
    await picture('orders-drag');
    await page.mouse.up();
    await word('3 orders put on Van 1').waitFor();
    await heading('v1').getByText('3').waitFor();
    expect(await order('o2')).toMatchObject({ state: 'assigned', vanId: 'v1' });
  });

  it('are assigned by keys alone, and that is taken back by another', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('deepa');
    // Deepa's is on a van; the search shows that one line.
    await eventually(() => page.locator('.order-row').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('e');
    await asks('Assign the order to');
    await page.keyboard.type('van 3');
    await eventually(() => page.locator('.pick-item').count()).toBe(1);
    await page.keyboard.press('Enter');
    await word('Order put on Van 3').waitFor();
    expect(await order('o3')).toMatchObject({ vanId: 'v3' });
    await page.keyboard.press('z');
    await word('Undone').waitFor();
    expect(await order('o3')).toMatchObject({ vanId: 'v1', state: 'assigned' });
    const run = (await ravi('GET', '/api/vans/v1/run')).body.stops as { order: { id: string } }[];
    expect(run.map((stop) => stop.order.id)).toEqual(['o1', 'o2', 'o3']);
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('show at once what another dispatcher does; whoever loses a race is told who won', async () => {
    await ravi('POST', '/api/orders/o4/assign', { vanId: 'v2' });
    await heading('v2').getByText('2').waitFor();
    // The other's request comes to the daemon between this one's decision and its arrival.
    await page.route('**/api/orders/assign', async (route) => {
      await ravi('POST', '/api/orders/o5/assign', { vanId: 'v3' });
      await route.continue();
    });
    await row('o5').click();
    await page.keyboard.press('e');
    await asks('Assign the order to');
    await page.keyboard.type('van 1');
    await eventually(() => page.locator('.pick-item').count()).toBe(1);
    await page.keyboard.press('Enter');
    await word('ravi was faster: the order of Farid Khan is now on Van 3.').waitFor();
    await page.unroute('**/api/orders/assign');
    expect(await order('o5')).toMatchObject({ vanId: 'v3' });
    await page.locator('.card').getByText('by ravi').waitFor();
    await picture('orders-race');
  });

  it('stand in the order of a run, which is changed by keys and by dragging', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('v');
    await page.locator('.row[data-van-id="v1"]').click();
    const stops = page.locator('.stop');
    await eventually(() => stops.count()).toBe(3);
    const ids = async () =>
      ((await ravi('GET', '/api/vans/v1/run')).body.stops as { order: { id: string } }[]).map((stop) => stop.order.id);
    await page.locator('[data-stop="o1"] .stop-line').focus();
    await page.keyboard.press('Alt+ArrowDown');
    await word('Run of Van 1 reordered').waitFor();
    expect(await ids()).toEqual(['o2', 'o1', 'o3']);
    await eventually(() => stops.first().getAttribute('data-stop')).toBe('o2');
    // So that the next word is that of the next change: only once its answer is here it can be undone.
    await page.locator('.change-word').getByRole('button', { name: 'Put away' }).click();
    const last = await middle(page.locator('[data-stop="o3"] .stop-grip'));
    const first = await middle(page.locator('[data-stop="o2"] .stop-grip'));
    await page.mouse.move(last.x, last.y);
    await page.mouse.down();
    await page.mouse.move(first.x, first.y - 12, { steps: 5 });
    await page.mouse.up();
    await eventually(ids).toEqual(['o3', 'o2', 'o1']);
    await word('Run of Van 1 reordered').waitFor();
    await page.keyboard.press('z');
    await word('Undone').waitFor();
    expect(await ids()).toEqual(['o2', 'o1', 'o3']);
    await picture('orders-run');
  });

  it('are booked and cancelled by keys, with a reason', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await asks('New order');
    await page.keyboard.type('hari');
    await eventually(() => page.locator('.pick-item').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByText('has an open order already').waitFor();
    await page.locator('input[type=number]:focus').waitFor();
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await word('Order booked for Hari More').waitFor();
    const card = page.getByRole('complementary', { name: 'Order of Hari More' });
    await card.getByText('2 cylinders').first().waitFor();
    await page.keyboard.press('Delete');
    await asks('Cancel the order');
    await page.keyboard.type('booked twice');
    await page.keyboard.press('Enter');
    await word('Order cancelled').waitFor();
    await card.getByText(/Cancelled: booked twice/).waitFor();
  });

  it('are left alone without a link, which is said; a note for the driver waits for it', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await row('o7').click();
    await page.locator('.card .go', { hasText: 'Hari More' }).click();
    await page.getByRole('complementary', { name: 'Consumer Hari More' }).waitFor();
    const { mqttPort, url } = daemon;
    await daemon.kill();
    await page.locator('[data-testid="link"][data-link="offline"]').waitFor();
    await row('o1').click();
    await page.keyboard.press('u');
    await word('Not connected: nothing was changed.').waitFor();
    await row('o7').click();
    await page.locator('.card .go', { hasText: 'Hari More' }).click();
    await page.getByRole('button', { name: 'Add a note' }).click();
    await page.keyboard.type('ring twice');
    await page.getByRole('button', { name: 'Keep until connected' }).click();
    await page.getByText('waits for the link').waitFor();
    await picture('orders-offline');
    daemon = await startDaemon({ data: data.folder, args: daemonArgs, httpPort: Number(new URL(url).port), mqttPort });
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await word('Your note for Hari More is saved.').waitFor();
    expect((await ravi('GET', '/api/consumers/c7')).body).toMatchObject({ notes: 'ring twice' });
    await eventually(() => page.getByText('waits for the link').count()).toBe(0);
  });

  it('has nothing that axe calls serious, in English by day and in Hindi by night', async () => {
    await page.keyboard.press('o');
    await row('o0').waitFor();
    await row('o7').click();
    await row('o6').click({ modifiers: ['Control'] });
    await page.locator('.card .story li').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture('orders-en');
    await page.getByRole('button', { name: 'हिन्दी' }).click();
    await page.getByRole('tab', { name: /ऑर्डर/ }).waitFor();
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await row('o7').click();
    await page.locator('.card .story li').first().waitFor();
    await picture('orders-hi');
    await page.keyboard.press('e');
    await page.locator('.pick-item').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('had nothing to complain about', () => {
    expect(complaints).toEqual([]);
  });
});
