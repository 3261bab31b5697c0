import { join } from 'node:path';
import { app, BrowserWindow, dialog, screen, shell } from 'electron';
import type { Feeder } from './feeder.ts';
import type { NativeWords } from './native-words.ts';
import type { NewsDesk } from './news-desk.ts';
import { externalAddress, mayNavigate, startPage } from './page-policy.ts';
import type { SettingsFile } from './settings.ts';
import { goneNotice, WindowHealth } from './window-health.ts';
import { repairedWindow } from './window-state.ts';

interface WindowDeps {
  settings: SettingsFile;
  news: NewsDesk;
  feeder: Feeder;
  words: () => NativeWords;
}

/** Opens a window with the console. Everything a page could do to leave itself is refused in `guard`. */
export function openWindow({ settings, news, feeder, words }: WindowDeps): BrowserWindow {
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const { maximized, ...bounds } = repairedWindow(settings.get().window, areas);
  // A second window is put a little aside, or nobody would see that there are two.
  const aside = 30 * BrowserWindow.getAllWindows().length;
  const window = new BrowserWindow({
    ...bounds,
    x: bounds.x + aside,
    y: bounds.y + aside,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Vantrail',
    backgroundColor: '#f4f5f7',
    icon: join(__dirname, '../icon/icon.png'),
    webPreferences: {
      preload: join(__dirname, '../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const { webContents } = window;
  const { id } = webContents;
  const health = new WindowHealth(Date.now);
  feeder.opened(id);
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());

  const remember = () => {
    if (window.isMinimized() || window.isFullScreen()) return;
    settings.set({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  };
  window.on('close', remember);
  window.on('closed', () => {
    news.away(id);
    feeder.closed(id);
  });
  webContents.on('did-start-navigation', (_event, _url, isInPlace, isMainFrame) => {
    if (isMainFrame && !isInPlace) news.away(id);
  });

  const load = () => void window.loadURL(startPage).catch(() => undefined);
  webContents.on('render-process-gone', (_event, { reason }) => {
    news.away(id);
    const remedy = health.gone(reason);
    if (remedy === 'none' || window.isDestroyed()) return;
    const say = words();
    news.notice(goneNotice(reason, say));
    if (remedy === 'reload') {
      load();
      return;
    }
    void choose(window, say.page.endsAgain, [say.page.startAgain, say.page.close]).then((choice) => {
      if (choice === 0) load();
      else window.destroy();
    });
  });
  let isAsking = false;
  window.on('unresponsive', () => {
    if (isAsking) return;
    isAsking = true;
    const say = words().page;
    void choose(window, say.hangs, [say.wait, say.startAgain]).then((choice) => {
      isAsking = false;
      if (choice !== 1 || window.isDestroyed()) return;
      // Its process is stuck, so it is ended; `render-process-gone` loads the page again.
      webContents.forcefullyCrashRenderer();
    });
  });
  load();
  return window;
}

/** Refuses everything by which any page of ours, in any window, could leave itself. */
export function guard(): void {
  app.on('web-contents-created', (_event, contents) => {
    const outside = (address: string) => {
      const external = externalAddress(address);
      if (external !== undefined) void shell.openExternal(external);
    };
    contents.setWindowOpenHandler(({ url }) => {
      outside(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event, url) => {
      if (mayNavigate(url)) return;
      event.preventDefault();
      outside(url);
    });
    contents.on('will-redirect', (event, url) => {
      if (!mayNavigate(url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

async function choose(window: BrowserWindow, message: string, buttons: string[]): Promise<number> {
  const { response } = await dialog.showMessageBox(window, { type: 'warning', message, buttons, defaultId: 0 });
  return response;
}
