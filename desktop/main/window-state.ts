import type { WindowState } from './settings.ts';

/** A rectangle of the desktop, in device-independent pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const usual = { width: 1440, height: 900 };
const least = { width: 640, height: 480 };
/** So much of a window's top has to be on a screen, or nobody could take hold of it, px. */
const graspable = 80;

/**
 * Where the window opens: where it was, if a screen is still there. `screens`: the work areas, the first one is the
 * main screen. A window that would be off every screen is put in the middle of the main one.
 */
export function repairedWindow(
  stored: WindowState | undefined,
  screens: readonly Area[],
): WindowState & { x: number; y: number } {
  const main = screens[0] ?? { x: 0, y: 0, ...usual };
  const wanted = stored ?? { ...usual, maximized: false };
  const screen = screens.find((each) => shows(each, wanted)) ?? main;
  const width = Math.round(Math.min(Math.max(wanted.width, least.width), screen.width));
  const height = Math.round(Math.min(Math.max(wanted.height, least.height), screen.height));
  const isSeen = shows(screen, wanted);
  return {
    x: Math.round(isSeen ? (wanted.x ?? 0) : screen.x + (screen.width - width) / 2),
    y: Math.round(isSeen ? (wanted.y ?? 0) : screen.y + (screen.height - height) / 2),
    width,
    height,
    maximized: wanted.maximized,
  };
}

/** Whether enough of the window's top edge lies on the screen. */
function shows(screen: Area, { x, y, width }: WindowState): boolean {
  if (x === undefined || y === undefined) return false;
  const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return across >= graspable && y >= screen.y && y <= screen.y + screen.height - graspable;
}
