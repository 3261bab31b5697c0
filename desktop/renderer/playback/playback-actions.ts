import type { Action } from '../actions.ts';
import type { ConsoleParts } from '../console-context.ts';
import type { ConsoleState } from '../store.ts';
import { words } from '../words.ts';
import { playbackOpened } from './open.ts';

/** What can be done with the past: opening it, and what its keys do while it is open. */
export function playbackActions({ console: { store } }: ConsoleParts): Action[] {
  const isOpen = (state: ConsoleState) => state.screen === 'desk' && state.playback !== undefined;
  const keys = () => store.getState().playback?.keys;
  return [
    {
      id: 'playback',
      name: words.playback.open,
      keys: ['p'],
      can: (state) => state.screen === 'desk',
      run() {
        const state = store.getState();
        store.setState(playbackOpened(state, state.selection?.kind === 'van' ? state.selection.id : undefined));
      },
    },
    { id: 'playback-play', name: words.playback.playOrPause, keys: [' '], can: isOpen, run: () => keys()?.toggle() },
    {
      ...{ id: 'playback-next', name: words.playback.next, keys: ['ArrowRight'] },
      ...{ can: isOpen, run: () => keys()?.step(1) },
    },
    {
      ...{ id: 'playback-previous', name: words.playback.previous, keys: ['ArrowLeft'] },
      ...{ can: isOpen, run: () => keys()?.step(-1) },
    },
    { id: 'playback-skip', name: words.playback.skip, keys: ['s'], can: isOpen, run: () => keys()?.toggleSkip() },
    {
      ...{ id: 'playback-follow', name: words.playback.follow, keys: ['f'] },
      ...{ can: isOpen, run: () => keys()?.toggleFollow() },
    },
    {
      id: 'playback-end',
      name: words.playback.toLive,
      can: isOpen,
      run: () => store.setState({ playback: undefined }),
    },
  ];
}
