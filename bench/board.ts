import type { Page } from 'playwright-core';
import { boardWorld } from '../test/board-world.ts';
import { chromiumPath } from '../test/daemon-process.ts';
import { openBrowser } from '../test/phone-world.ts';
import { forComparison, lessIsBetter, median, type Row } from './row.ts';

const all = 60_000;
/** A busy day of one agency, to compare with. */
const few = 600;
/** The longest that a key may take to show in its field, ms: two frames of a screen of 60 Hz, and as much again. */
const keyAllowed = 66;
const megabyte = 1_000_000;

interface Board {
  /** ms from the address to the first lines of the board */
  shown: number;
  /** ms from a key in the search to the frame that shows it in the field, the slowest of a word */
  key: number;
  /** ms from a filter's button to the frame with its lines */
  filter: number;
  /** lines in the document */
  lines: number;
  /** MB of the page's script, after a collection */
  heap: number;
}

/** The board of orders in a browser, over a real daemon: 60,000 open orders beside 600. */
export async function boardBench(): Promise<Row[]> {
  if (chromiumPath === undefined)
    throw new Error('it needs Chromium: set VANTRAIL_CHROMIUM to its path, such as /usr/bin/chromium');
  const [small, large] = [await board(few), await board(all)];
  const of = `of ${all.toLocaleString('en')} open orders`;
  return [
    forComparison(`board ${of} on the screen, from the address / of ${few}`, large.shown, small.shown, 'ms'),
    lessIsBetter(`board ${of}: a key of the search in its field`, large.key, keyAllowed, 1, 'ms'),
    forComparison(`board ${of}: a filter / of ${few}`, large.filter, small.filter, 'ms'),
    lessIsBetter(`board ${of}: lines in the document`, large.lines, 60, 1, 'lines'),
    forComparison(`board ${of}: heap of the page / of ${few}`, large.heap, small.heap, 'MB'),
  ];
}

async function board(orders: number): Promise<Board> {
  const world = await boardWorld(orders);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    page.setDefaultTimeout(120_000);
    const began = performance.now();
    await page.goto(world.console);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    await page.keyboard.press('o');
    await page
      .locator(`.order-row[aria-setsize="${orders + 1}"]`)
      .first()
      .waitFor();
    const shown = performance.now() - began;
    const lines = await page.locator('.order-row').count();
    const filters: number[] = [];
    for (let i = 0; i < 5; i++) filters.push(await frameAfterClick(page, i % 2 === 0 ? 'unassigned' : 'open'));
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    const keys: number[] = [];
    for (const letter of 'ring') keys.push(await frameAfterKey(page, letter));
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { shown, key: Math.max(...keys), filter: median(filters), lines, heap: usedSize / megabyte };
  } finally {
    await browser.close();
    await world.stop();
  }
}

/** ms by the page's own clock, from the click on a filter to the frame after it. */
function frameAfterClick(page: Page, filter: string): Promise<number> {
  return page.evaluate(async (name) => {
    const chip = document.querySelector<HTMLElement>(`.chip[data-filter="${name}"]`);
    const start = performance.now();
    chip?.click();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - start;
  }, filter);
}

/** ms by the page's own clock, from a key to the frame that shows it. */
async function frameAfterKey(page: Page, letter: string): Promise<number> {
  // The page listens before the key comes: what is asked of a page may reach it after a key that was sent later.
  const listening = await page.evaluateHandle(() => {
    const took = new Promise<number>((resolve) => {
      const drawn = ({ timeStamp }: Event) =>
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
      document.addEventListener('input', drawn, { once: true });
    });
    return { took };
  });
  await page.keyboard.press(letter);
  return listening.evaluate(({ took }) => took);
}
