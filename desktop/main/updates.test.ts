import { describe, expect, it } from 'vitest';
import type { Language, Notice } from '../shared/bridge.ts';
import { appMenu, trayText } from './menu.ts';
import { languageOfSystem, nativeWords } from './native-words.ts';
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
    words: () => nativeWords.en,
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

const menuOf = (platform: string, language: Language, act: Parameters<typeof appMenu>[0]['act'] = () => {}) =>
  appMenu({ platform, words: nativeWords[language], act, newWindow: () => {}, about: () => {} });

/** Every label of a menu; undefined: Electron would name that entry, in English. */
const labelsOf = (menu: ReturnType<typeof appMenu>) =>
  menu
    .flatMap((top) => [top, ...(Array.isArray(top.submenu) ? top.submenu : [])])
    .filter(({ type }) => type !== 'separator')
    .map(({ label }) => label);

describe('menus', () => {
  it('every key is given once, and every act of the page has an entry', () => {
    const acts: string[] = [];
    const menu = menuOf('linux', 'en', (act) => acts.push(act));
    const entries = menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    const keys = entries.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const { click } of entries) (click as (() => void) | undefined)?.();
    expect(acts.sort()).toEqual(['change-server', 'help', 'search', 'sign-out']);
  });

  it.each(['linux', 'win32', 'darwin'])('on %s every entry has words of its own in every language', (platform) => {
    const [english, hindi] = (['en', 'hi'] as const).map((language) => labelsOf(menuOf(platform, language)));
    expect(english).not.toContain(undefined);
    expect(hindi).toHaveLength(english?.length ?? 0);
    expect(hindi?.filter((label) => !/[\u0900-\u097f]/.test(label ?? ''))).toEqual(
      platform === 'darwin' ? ['Vantrail'] : [],
    );
  });

  it('no two menus of the bar open by one key', () => {
    for (const language of ['en', 'hi'] as const) {
      const keys = menuOf('linux', language).map(({ label }) => /&(.)/.exec(label ?? '')?.[1]);
      expect(new Set(keys)).toEqual(new Set(['F', 'E', 'V', 'W', 'H']));
    }
  });

  it('the tray counts in words', () => {
    const say = (language: Language) => [0, 1, 2].map((alerts) => trayText(alerts, nativeWords[language]));
    expect(say('en')).toEqual(['Vantrail', 'Vantrail: 1 unread alert', 'Vantrail: 2 unread alerts']);
    expect(say('hi')).toEqual(['Vantrail', 'Vantrail: 1 बिना पढ़े अलर्ट', 'Vantrail: 2 बिना पढ़े अलर्ट']);
  });

  it('until a page has spoken, the language of the system is taken', () => {
    expect(['hi-IN', 'hi', 'en-IN', 'de', ''].map(languageOfSystem)).toEqual(['hi', 'hi', 'en', 'en', 'en']);
  });
});
