import type { ConsoleParts } from './console-context.ts';
import { mapActions } from './map/map-actions.ts';
import { alertActions } from './panels/alerts/alert-actions.ts';
import { orderActions } from './panels/orders/order-actions.ts';
import { paletteActions } from './panels/palette/palette-actions.ts';
import { playbackActions } from './playback/playback-actions.ts';
import { type ConsoleState, escaped, followToggled } from './store.ts';
import { language, words } from './words.ts';

/** Something a person can do, by its key, by its name in the palette, or by a button that runs it. */
export interface Action {
  readonly id: string;
  readonly name: string;
  /** as `event.key` has it, letters in lower case; `mod+` before it: with Ctrl, on a Mac with Command */
  readonly keys?: readonly string[];
  /** whether it can be done as things stand; absent: always */
  readonly can?: (state: ConsoleState) => boolean;
  /** it is no thing to be found by name, such as Escape */
  readonly keysOnly?: boolean;
  run(): void;
}

/** Where searching begins; the panel that holds the field gives itself this id. */
export const searchFieldId = 'search';

/** Every action of the console. A part that brings actions of its own adds its list here. */
export function consoleActions(parts: ConsoleParts): readonly Action[] {
  return [
    // While the past is played, its keys come before those of the present.
    ...playbackActions(parts),
    // What the map is busy with ends before anything else does.
    ...mapActions(parts),
    ...deskActions(parts),
    ...orderActions(parts),
    ...alertActions(parts),
    ...paletteActions(parts),
    ...administrationActions(parts),
  ];
}

/** From one screen to the other. */
function administrationActions({ console: { store } }: ConsoleParts): Action[] {
  return [
    {
      id: 'administration',
      name: words.top.administration,
      keys: ['mod+,'],
      can: (state) => state.screen === 'desk',
      run: () => store.setState({ screen: 'administration' }),
    },
    {
      id: 'desk',
      name: words.top.toDesk,
      keys: ['mod+,'],
      can: (state) => state.screen === 'administration',
      run: () => store.setState({ screen: 'desk' }),
    },
  ];
}

/** Answers whether the field has the focus now. */
function enterSearch(): boolean {
  const field = document.getElementById(searchFieldId);
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  field.select();
  return document.activeElement === field;
}

function deskActions({ console: { store }, scene }: ConsoleParts): Action[] {
  const isDesk = (state: ConsoleState) => state.screen === 'desk';
  return [
    {
      id: 'search',
      name: words.keys.search,
      keys: ['/'],
      can: isDesk,
      run() {
        store.setState({ panelOpen: true });
        // At once, for whoever types on; on a narrow window the list first has to come into view, in the next frame.
        if (!enterSearch()) requestAnimationFrame(enterSearch);
      },
    },
    {
      id: 'follow',
      name: words.keys.follow,
      keys: ['f'],
      can: (state) => isDesk(state) && state.selection?.kind === 'van',
      run: () => store.setState(followToggled(store.getState())),
    },
    { id: 'show-all', name: words.keys.all, keys: ['a'], can: isDesk, run: () => scene.showAll() },
    {
      id: 'close',
      name: words.keys.close,
      keys: ['Escape'],
      keysOnly: true,
      run: () => store.setState(escaped(store.getState())),
    },
    { id: 'help', name: words.keys.help, keys: ['?'], run: () => store.setState({ helpOpen: true }) },
    {
      id: 'language',
      name: words.top.language,
      run: () => store.setState({ language: language === 'en' ? 'hi' : 'en' }),
    },
  ];
}
