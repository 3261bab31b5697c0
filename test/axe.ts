import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong with a page and calls serious or critical, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger: the page's own policy lets no foreign script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const { violations } = await checker.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
      );
  });
}

/** Whether everything has room in the width of the phone when its reader wants letters twice the size. */
export async function fitsAtTwiceTheSize(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { style, scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) return false;
    style.fontSize = '200%';
    const fits = document.documentElement.scrollWidth <= clientWidth;
    style.fontSize = '';
    return fits;
  });
}
