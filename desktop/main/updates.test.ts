import { describe, expect, it } from 'vitest';
import type { Notice } from '../shared/bridge.ts';
import { appMenu, trayText } from './menu.ts';
import { type Updater, Updates } from './updates.ts';

function bed(options: { feed?: string; isPackaged?: boolean }) {
  const loaded: string[] = [];
  const notices: Notice[] = [];
  let downloaded: (info: { version: string }) => void = () => {};
  const updater = {
    autoDownload: false,
    autoInstallOnAppQuit: false,
    setFeedURL: ({ url }: { url: string }) => loaded.push(url),
    checkForUpdates: async () => loaded.push('looked'),
    on(event: string, listener: never) {
      if (event === 'update-downloaded') downloaded = listener;
    },
  };
  const updates = new Updates({
    updater: async () => {
      loaded.push('loaded');
      return updater as unknown as Updater;
    },
    feed: options.feed,
    isPackaged: options.isPackaged ?? true,
    notice: (notice) => notices.push(notice),
    failed: () => {},
  });
  return { updates, loaded, notices, downloaded: (version: string) => downloaded({ version }) };
}

describe('updates', () => {
  it.each([
    ['no feed is configured', {}],
    ['the feed is not https', { feed: 'http://releases.example.in/' }],
    ['the app runs from a folder', { feed: 'https://releases.example.in/', isPackaged: false }],
  ])('are off while %s: the updater is not even loaded', async (_why, options) => {
    const { updates, loaded } = bed(options);
    expect([await updates.start(), loaded]).toEqual([false, []]);
  });

  it('look at the feed, and say when one is ready', async () => {
    const { updates, loaded, notices, downloaded } = bed({ feed: 'https://releases.example.in/' });
    expect(await updates.start()).toBe(true);
    updates.stop();
    updates.stop();
    expect(loaded).toEqual(['loaded', 'https://releases.example.in/', 'looked']);
    downloaded('2.0.0');
    expect(notices).toMatchObject([{ key: 'update', text: expect.stringContaining('2.0.0') }]);
  });
});

describe('menus', () => {
  it('every key is given once, and every act of the page has an entry', () => {
    const acts: string[] = [];
    const menu = appMenu({ platform: 'linux', act: (act) => acts.push(act), newWindow: () => {}, about: () => {} });
    const entries = menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    const keys = entries.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const { click } of entries) (click as (() => void) | undefined)?.();
    expect(acts.sort()).toEqual(['change-server', 'help', 'search', 'sign-out']);
  });

  it('the tray counts in words', () => {
    expect([0, 1, 2].map(trayText)).toEqual(['Vantrail', 'Vantrail: 1 unread alert', 'Vantrail: 2 unread alerts']);
  });
});
