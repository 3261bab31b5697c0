import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, Notification, net, safeStorage, webContents } from 'electron';
import { channel, type Thing } from '../shared/bridge.ts';
import { deepLinkAmong, linkScheme, readDeepLink } from '../shared/deep-link.ts';
import { registerScheme, setUpSession } from './app-session.ts';
import { bridgeHost, type Caller } from './bridge-host.ts';
import { CacheClient } from './cache/client.ts';
import { forkCache } from './cache-process.ts';
import { Desk } from './desk.ts';
import { Feeder } from './feeder.ts';
import { appMenu } from './menu.ts';
import { languageOfSystem, nativeWords } from './native-words.ts';
import { NewsDesk } from './news-desk.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SettingsFile } from './settings.ts';
import { TokenStore } from './token-store.ts';
import { makeTray } from './tray.ts';
import { type Updater, Updates } from './updates.ts';
import { guard, openWindow } from './windows.ts';

/** The desktop app: wires the parts and starts them. What is decided is in the parts; here is only Electron. */
const log = (what: string, error: unknown) => console.error(`${what}: ${(error as Error).stack ?? String(error)}`);

/** The app ends after this at the latest, whatever still wants to be closed, ms. */
const quitsWithin = 5000;
/** When the start is over and its picture on the screen, ms. */
const afterStart = 5000;

app.enableSandbox();
registerScheme();
guard();
if (!app.requestSingleInstanceLock()) app.exit(0);
else void app.whenReady().then(start);

/** An address that came before there was a window. */
let wanted: Thing | undefined = deepLinkAmong(process.argv);
let open: (thing: Thing) => void = (thing) => {
  wanted = thing;
};
// Before `ready`, or macOS has told it already.
app.on('open-url', (event, address) => {
  event.preventDefault();
  const thing = readDeepLink(address);
  if (thing !== undefined) open(thing);
});

async function start(): Promise<void> {
  const userData = app.getPath('userData');
  const settings = new SettingsFile(join(userData, 'settings.json'));
  const tokens = new TokenStore(join(userData, 'sign-in'), safeStorage);
  const request = ((address: string, init?: RequestInit) => net.fetch(address, init)) as typeof fetch;
  const news = new NewsDesk((window, name, what) => webContents.fromId(window)?.send(channel(name), what));
  const feeder = new Feeder((window) => news.tell(window, 'feeds', { feeds: true }));
  const keeper = new SessionKeeper({ fetch: request, tokens, server: () => settings.get().server, now: Date.now });
  const notice = news.notice.bind(news);
  const words = () => nativeWords[settings.get().language ?? languageOfSystem(app.getLocale())];
  const cache = new CacheClient({
    fork: forkCache,
    notice,
    words,
    reopened: () => desk.cacheReopened(),
    now: Date.now,
  });

  const first = () => BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  const newWindow = () => openWindow({ settings, news, feeder, words });
  const show = () => {
    const window = first() ?? newWindow();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  };
  open = (thing) => {
    const window = first();
    news.open(window?.webContents.id, thing);
    show();
  };

  const desk = new Desk({
    version: app.getVersion(),
    settings,
    tokens,
    keeper,
    cache,
    cacheFolder: join(userData, 'cache'),
    feeder,
    news,
    fetch: request,
    now: Date.now,
    words,
    screen: {
      speak: () => speak(),
      async askRemoval({ id }) {
        const contents = webContents.fromId(id);
        const window = contents === undefined ? null : BrowserWindow.fromWebContents(contents);
        const say = words().signOut;
        const question = {
          type: 'question' as const,
          message: say.question,
          detail: say.detail,
          buttons: [say.keep, say.remove, say.cancel],
          cancelId: 2,
          defaultId: 0,
        };
        const { response } = await (window === null
          ? dialog.showMessageBox(question)
          : dialog.showMessageBox(window, question));
        return ([undefined, 'keep', 'remove'] as const)[response === 2 ? 0 : response + 1];
      },
      notify(title, body, thing) {
        if (!Notification.isSupported()) return false;
        const shown = new Notification({ title, body });
        shown.on('click', () => {
          if (thing === undefined) show();
          else open(thing);
        });
        shown.show();
        return true;
      },
      unread: (alerts) => {
        tray.unread(alerts);
        app.setBadgeCount(alerts);
      },
      reload(but) {
        for (const window of BrowserWindow.getAllWindows()) {
          if (window.webContents.id !== but) window.webContents.reload();
        }
      },
    },
  });

  setUpSession(settings);
  const host = bridgeHost(desk.handlers, log);
  for (const name of host.names) {
    ipcMain.handle(channel(name), ({ sender, senderFrame }, input: unknown) => {
      const isMainFrame = senderFrame !== null && senderFrame === sender.mainFrame;
      const caller: Caller = { id: sender.id, address: senderFrame?.url, isMainFrame };
      return host.call(name, input, caller);
    });
  }

  // The window first: while its page loads, the cache is opened, and everything else is made.
  desk.start();
  newWindow();
  if (wanted !== undefined) news.open(undefined, wanted);

  const act: Parameters<typeof appMenu>[0]['act'] = (what) => {
    const id = first()?.webContents.id;
    if (id !== undefined) news.tell(id, 'menu', { act: what });
  };
  const about = () => app.showAboutPanel();
  const tray = makeTray({ words, show, quit: () => app.quit() });
  const speak = () => {
    const menu = appMenu({ platform: process.platform, words: words(), act, newWindow, about });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
    tray.speak();
  };
  speak();

  const updates = new Updates({
    updater: async () => (await import('electron-updater')).autoUpdater as unknown as Updater,
    feed: settings.get().updateFeed,
    isPackaged: app.isPackaged,
    notice,
    words,
    failed: (error) => log('update', error),
  });
  // What nobody waits for, and what holds main for a moment: on Linux other programs are run to register addresses.
  const later = setTimeout(() => {
    registerLinks();
    void updates.start();
  }, afterStart);

  app.on('second-instance', (_event, argv) => {
    const thing = deepLinkAmong(argv);
    if (thing === undefined) show();
    else open(thing);
  });
  app.on('activate', show);
  app.on('window-all-closed', () => app.quit());
  let isStopped = false;
  app.on('will-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    isStopped = true;
    clearTimeout(later);
    updates.stop();
    tray.remove();
    // Whoever quits is not kept: what the cache has not written by then, it asks for again at the next start.
    setTimeout(() => app.exit(), quitsWithin);
    // A quit that was held back must be over before it is asked for again.
    void desk.stop().finally(() => setImmediate(() => app.quit()));
  });
}

/** Makes this app the one that opens vantrail:// addresses. An app run from a folder has to say how it is run. */
function registerLinks(): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
  else app.setAsDefaultProtocolClient(linkScheme, process.execPath, [app.getAppPath()]);
}
