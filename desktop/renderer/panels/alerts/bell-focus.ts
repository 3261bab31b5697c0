/** The bell has this id: who closes the drawer by a key stands there again. */
export const bellId = 'alerts-bell';

/** Gives the focus to the bell, once the drawer is gone. */
export function focusBell(): void {
  requestAnimationFrame(() => document.getElementById(bellId)?.focus());
}
