import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import { trayText } from './menu.ts';

/** The tray: a click shows the console, its text tells how many alerts nobody has read. */
export function makeTray(acts: { show: () => void; quit: () => void }): {
  unread(alerts: number): void;
  remove(): void;
} {
  const image = nativeImage.createFromPath(join(__dirname, '../icon/icon.png')).resize({ width: 22, height: 22 });
  const tray = new Tray(image);
  const unread = (alerts: number) => {
    tray.setToolTip(trayText(alerts));
    if (process.platform === 'darwin') tray.setTitle(alerts > 0 ? String(alerts) : '');
    const menu = [
      { label: trayText(alerts), enabled: false },
      { label: 'Show', click: acts.show },
      { label: 'Quit', click: acts.quit },
    ];
    tray.setContextMenu(Menu.buildFromTemplate(menu));
  };
  unread(0);
  tray.on('click', acts.show);
  return { unread, remove: () => tray.destroy() };
}
