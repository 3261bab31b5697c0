import type { Action } from '../../actions.ts';
import type { ConsoleParts } from '../../console-context.ts';
import { words } from '../../words.ts';

/** The line in which everything is found by name. */
export function paletteActions({ console: { store } }: ConsoleParts): Action[] {
  return [
    {
      id: 'palette',
      name: words.palette.open,
      keys: ['mod+k'],
      keysOnly: true,
      run: () => store.setState({ paletteOpen: true }),
    },
  ];
}
