import type { MenuItemConstructorOptions } from 'electron';
import type { News } from '../shared/bridge.ts';

interface MenuActs {
  platform: string;
  act: (act: News['menu']['act']) => void;
  newWindow: () => void;
  about: () => void;
}

/** The app's menu. Every entry has a key where the system has a custom for it. */
export function appMenu({ platform, act, newWindow, about }: MenuActs): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? ([{ role: 'appMenu' }] as MenuItemConstructorOptions[]) : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+N', click: newWindow },
        { type: 'separator' },
        { label: 'Change Server …', click: () => act('change-server') },
        { label: 'Sign Out …', click: () => act('sign-out') },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu', label: '&Edit' },
    {
      label: '&View',
      submenu: [
        { label: 'Search', accelerator: 'CmdOrCtrl+F', click: () => act('search') },
        { type: 'separator' },
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu', label: '&Window' },
    {
      label: '&Help',
      role: 'help',
      submenu: [
        { label: 'Keyboard Shortcuts', accelerator: 'F1', click: () => act('help') },
        ...(isMac ? [] : [{ label: 'About Vantrail', click: about }]),
      ],
    },
  ];
}

/** What the tray says while the pointer is on it. */
export function trayText(alerts: number): string {
  if (alerts === 0) return 'Vantrail';
  return alerts === 1 ? 'Vantrail: 1 unread alert' : `Vantrail: ${alerts} unread alerts`;
}
