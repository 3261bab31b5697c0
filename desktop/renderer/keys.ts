import { useEffect } from 'react';
import { type Action, consoleActions } from './actions.ts';
import { useParts } from './console-context.ts';
import type { ConsoleState } from './store.ts';

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * The action of a key pressed anywhere; undefined when it means nothing, or belongs to the field one types in. With Ctrl
 * or Command a key belongs to nobody's text; Escape means the same everywhere.
 */
export function actionOf(
  actions: readonly Action[],
  pressed: Pressed,
  isTyping: boolean,
  state: ConsoleState,
): Action | undefined {
  if (pressed.altKey) return undefined;
  const withModifier = pressed.ctrlKey || pressed.metaKey;
  if (isTyping && !withModifier && pressed.key !== 'Escape') return undefined;
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const wanted = withModifier ? `mod+${key}` : key;
  return actions.find(({ keys, can }) => keys?.includes(wanted) && (can?.(state) ?? true));
}

/** Whether a key already means something to what has the focus: Space to a button, arrows to a choice or a list. */
function isOwnKey(target: HTMLElement, key: string): boolean {
  if (key === ' ') return target.closest('button, a, summary, label, [role=option], [role=button]') !== null;
  return key.startsWith('Arrow') && target.closest('[type=radio], [role=tab], [role=menu], [role=listbox]') !== null;
}

/** Listens to keys for as long as the console is on the screen. */
export function useKeys(): void {
  const parts = useParts();
  useEffect(() => {
    const { store } = parts.console;
    const actions = consoleActions(parts);
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement &&
        (target.isContentEditable || target.matches('input:not([type=radio], [type=checkbox]), textarea, select'));
      if (target instanceof HTMLElement && isOwnKey(target, event.key)) return;
      const state = store.getState();
      const isAsking = state.helpOpen || state.paletteOpen || state.orderDialog !== undefined;
      // Nothing behind a dialog listens. Escape closes it from here: else the same key closed what is behind it as well.
      const heard = isAsking ? actions.filter(({ id }) => id === 'close') : actions;
      const action = actionOf(heard, event, isTyping, state);
      if (action === undefined) return;
      action.run();
      event.preventDefault();
    };
    // On the document: a tooltip that is open lets no Escape through to the window, and would have to be closed first.
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [parts]);
}
