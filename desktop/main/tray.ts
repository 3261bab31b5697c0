import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import { trayText } from './menu.ts';
import type { NativeWords } from './native-words.ts';

interface TrayActs {
  words: () => NativeWords;
  show: () => void;
  quit: () => void;
}

/** The tray: a click shows the console, its text tells how many alerts nobody has read. */
export function makeTray({ words, show, quit }: TrayActs): {
  unread(alerts: number): void;
  /** Says it in the language of now; before that it says nothing. */
  speak(): void;
  remove(): void;
} {
  const image = nativeImage.createFromPath(join(__dirname, '../icon/icon.png')).resize({ width: 22, height: 22 });
  const tray = new Tray(image);
  let alerts = 0;
  const speak = () => {
    const say = words();
    tray.setToolTip(trayText(alerts, say));
    if (process.platform === 'darwin') tray.setTitle(alerts > 0 ? String(alerts) : '');
    const menu = [
      { label: trayText(alerts, say), enabled: false },
      { label: say.tray.show, click: show },
      { label: say.tray.quit, click: quit },
    ];
    tray.setContextMenu(Menu.buildFromTemplate(menu));
  };
  tray.on('click', show);
  return {
    unread(now) {
      alerts = now;
      speak();
    },
    speak,
    remove: () => tray.destroy(),
  };
}
