import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs in the page from its very beginning; answers `{listed, mapped}`. What is listed is timed by the page's own record
 * of when marked text was painted (Element Timing); what is on the map, by the first frame after markers were drawn.
 */
export const pageClock = `new Promise((resolve) => {
  const seen = {};
  const tell = (what, at) => {
    seen[what] ??= performance.timeOrigin + at;
    if (seen.note && seen.row && seen.mapped) {
      resolve({ listed: Math.max(seen.note, seen.row), mapped: seen.mapped });
    }
  };
  new MutationObserver(() => {
    document.querySelector('[data-testid="picture"]')?.setAttribute('elementtiming', 'note');
    for (const part of document.querySelectorAll('[data-van-id] *')) part.setAttribute('elementtiming', 'row');
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { identifier, renderTime } of list.getEntries()) tell(identifier, renderTime);
  }).observe({ type: 'element', buffered: true });
  for (const name of ['drawArraysInstanced', 'drawElementsInstanced']) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...args) {
      if (!seen.mapped) requestAnimationFrame(() => setTimeout(() => tell('mapped', performance.now())));
      return draw.apply(this, args);
    };
  }
})`;

/** The same of a page with one line. */
const emptyClock = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const at = performance.timeOrigin + list.getEntries()[0].renderTime;
    resolve({ listed: at, mapped: at });
  }).observe({ type: 'element', buffered: true });
})`;

/** A script for the main process: runs a clock in its first page, tells what that answers, and ends the app. */
export function tellsTimes(clock: string): string {
  return `const { app } = require('electron');
app.once('web-contents-created', (_event, contents) => {
  contents.once('did-navigate', async () => {
    const times = await contents.mainFrame.executeJavaScript(${JSON.stringify(clock)});
    const rendering = /^enabled/.test(app.getGPUFeatureStatus().gpu_compositing) ? 'graphics card' : 'software rendering';
    const told = { electron: process.versions.electron, rendering, ...times };
    process.stdout.write('times ' + JSON.stringify(told) + '\\n');
    app.quit();
  });
});`;
}

/** The least an app of Electron can be: one window with one line in it. Answers its folder. */
export function emptyApp(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '0.0.0', main: 'main.cjs' }));
  writeFileSync(join(folder, 'page.html'), '<!doctype html><p elementtiming="line">Vantrail</p>');
  writeFileSync(
    join(folder, 'main.cjs'),
    `${tellsTimes(emptyClock)}
app.whenReady().then(() => {
  const { BrowserWindow } = require('electron');
  void new BrowserWindow({ webPreferences: { sandbox: true } }).loadFile(${JSON.stringify(join(folder, 'page.html'))});
});
`,
  );
  return folder;
}
