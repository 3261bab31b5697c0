import type { MenuItemConstructorOptions } from 'electron';
import type { News } from '../shared/bridge.ts';
import type { NativeWords } from './native-words.ts';

interface MenuActs {
  platform: string;
  words: NativeWords;
  act: (act: News['menu']['act']) => void;
  newWindow: () => void;
  about: () => void;
}

const line = { type: 'separator' } as const;

/**
 * The app's menu. Every entry has a key where the system has a custom for it. Every entry has its words here, also those
 * that Electron could name: it speaks English alone.
 */
export function appMenu({ platform, words, act, newWindow, about }: MenuActs): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const say = words.menu;
  const quit = { role: 'quit', label: say.quit } as const;
  const ofMac: MenuItemConstructorOptions = {
    label: 'Vantrail',
    submenu: [
      { role: 'about', label: say.about },
      line,
      { role: 'services', label: say.services },
      line,
      { role: 'hide', label: say.hide },
      { role: 'hideOthers', label: say.hideOthers },
      { role: 'unhide', label: say.showAll },
      line,
      quit,
    ],
  };
  return [
    ...(isMac ? [ofMac] : []),
    {
      label: say.file,
      submenu: [
        { label: say.newWindow, accelerator: 'CmdOrCtrl+N', click: newWindow },
        line,
        { label: say.changeServer, click: () => act('change-server') },
        { label: say.signOut, click: () => act('sign-out') },
        line,
        isMac ? { role: 'close', label: say.close } : quit,
      ],
    },
    {
      label: say.edit,
      submenu: [
        { role: 'undo', label: say.undo },
        { role: 'redo', label: say.redo },
        line,
        { role: 'cut', label: say.cut },
        { role: 'copy', label: say.copy },
        { role: 'paste', label: say.paste },
        { role: 'delete', label: say.delete },
        line,
        { role: 'selectAll', label: say.selectAll },
      ],
    },
    {
      label: say.view,
      submenu: [
        { label: say.search, accelerator: 'CmdOrCtrl+F', click: () => act('search') },
        line,
        { role: 'reload', label: say.reload },
        { role: 'resetZoom', label: say.resetZoom },
        { role: 'zoomIn', label: say.zoomIn },
        { role: 'zoomOut', label: say.zoomOut },
        line,
        { role: 'togglefullscreen', label: say.fullScreen },
        { role: 'toggleDevTools', label: say.developerTools },
      ],
    },
    {
      label: say.window,
      role: 'window',
      submenu: [
        { role: 'minimize', label: say.minimize },
        { role: 'close', label: say.close },
      ],
    },
    {
      label: say.help,
      role: 'help',
      submenu: [
        { label: say.shortcuts, accelerator: 'F1', click: () => act('help') },
        ...(isMac ? [] : [{ label: say.about, click: about }]),
      ],
    },
  ];
}

/** What the tray says while the pointer is on it. */
export function trayText(alerts: number, words: NativeWords): string {
  return alerts === 0 ? 'Vantrail' : words.tray.unread(alerts);
}
