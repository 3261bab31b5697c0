import { useEffect } from 'react';
import { flushSync } from 'react-dom';
import { useParts } from './console-context.ts';
import { searchFieldId } from './panels/FleetPanel.tsx';
import { escaped, followToggled } from './store.ts';

/** What a key pressed anywhere means; undefined when it means nothing, or belongs to the field one types in. */
export function meaningOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>, isTyping: boolean) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === 'Escape') return 'escape';
  if (isTyping) return undefined;
  switch (event.key) {
    case '/':
      return 'search';
    case '?':
      return 'help';
    case 'f':
    case 'F':
      return 'follow';
    case 'a':
    case 'A':
      return 'all';
    default:
      return undefined;
  }
}

export function useKeys(): void {
  const { console, scene } = useParts();
  useEffect(() => {
    const { store } = console;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement &&
        (target.isContentEditable || target.matches('input:not([type=radio]), textarea'));
      // The dialog closes itself, and nothing behind it listens.
      if (store.getState().helpOpen) return;
      switch (meaningOf(event, isTyping)) {
        case 'search': {
          // On a narrow window the list first has to come into view; at once, since the next key belongs to the field.
          flushSync(() => store.setState({ panelOpen: true }));
          const field = document.getElementById(searchFieldId);
          if (field instanceof HTMLInputElement) {
            field.focus();
            field.select();
          }
          break;
        }
        case 'help':
          store.setState({ helpOpen: true });
          break;
        case 'follow':
          store.setState(followToggled(store.getState()));
          break;
        case 'all':
          scene.showAll();
          break;
        case 'escape':
          store.setState(escaped(store.getState()));
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [console, scene]);
}
