import type { Page } from 'playwright-core';
import { boardWorld } from '../test/board-world.ts';
import { chromiumPath } from '../test/daemon-process.ts';
import { openBrowser } from '../test/phone-world.ts';
import { forComparison, lessIsBetter, median, type Row } from './row.ts';

const all = 60_000;
/** A busy day of one agency, to compare with. */
const few = 600;
const megabyte = 1_000_000;

interface Board {
  /** ms from the address to the first lines of the board */
  shown: number;
  /** ms from a key in the search until it is in the field and the page takes the next, the slowest of a word */
  key: number;
  /** ms from a filter's button until its lines are in the document */
  filter: number;
  /** lines in the document */
  lines: number;
  /** MB of the page's script, after a collection */
  heap: number;
}

/**
 * The board of orders in a browser, over a real daemon: 60,000 open orders beside 600. What a frame takes is not in the
 * times of keys and filters: without a graphics card the processor draws the map with its 60,000 consumers, for about a
 * second a frame, while the page itself is idle.
 */
export async function boardBench(): Promise<Row[]> {
  if (chromiumPath === undefined)
    throw new Error('it needs Chromium: set VANTRAIL_CHROMIUM to its path, such as /usr/bin/chromium');
  const [small, large] = [await board(few), await board(all)];
  const of = `of ${all.toLocaleString('en')} open orders`;
  return [
    forComparison(`board ${of} on the screen, from the address / of ${few}`, large.shown, small.shown, 'ms'),
    forComparison(`board ${of}: a key of the search / of ${few}`, large.key, small.key, 'ms'),
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
    for (let i = 0; i < 5; i++) filters.push(await afterClick(page, i % 2 === 0 ? 'unassigned' : 'open'));
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    const keys: number[] = [];
    for (const letter of 'ring') keys.push(await afterKey(page, letter));
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return { shown, key: Math.max(...keys), filter: median(filters), lines, heap: usedSize / megabyte };
  } finally {
    await browser.close();
    await world.stop();
  }
}

/** ms by the page's own clock, from the click on a filter until the page is free again. */
function afterClick(page: Page, filter: string): Promise<number> {
  return page.evaluate(async (name) => {
    const chip = document.querySelector<HTMLElement>(`.chip[data-filter="${name}"]`);
    const start = performance.now();
    chip?.click();
    await new Promise((resolve) => setTimeout(resolve));
    return performance.now() - start;
  }, filter);
}

/** ms by the page's own clock, from a key until the page is free for the next. */
async function afterKey(page: Page, letter: string): Promise<number> {
  // The page listens before the key comes: what is asked of a page may reach it after a key that was sent later.
  const listening = await page.evaluateHandle(() => {
    const took = new Promise<number>((resolve) => {
      const typed = ({ timeStamp }: Event) => setTimeout(() => resolve(performance.now() - timeStamp));
      document.addEventListener('input', typed, { once: true });
    });
    return { took };
  });
  await page.keyboard.press(letter);
  return listening.evaluate(({ took }) => took);
}
