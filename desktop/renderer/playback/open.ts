import type { ConsoleState } from '../store.ts';

/** What keys can do to a playback. */
interface PlaybackKeys {
  toggle(): void;
  step(by: 1 | -1): void;
  toggleSkip(): void;
  toggleFollow(): void;
}

/** A playback that is open. */
export interface OpenPlayback {
  vanIds: readonly string[];
  /** undefined until its part of the program is here */
  keys: PlaybackKeys | undefined;
}

/** Opens the playback of a van, or adds the van to the one that is open. Without a van one is chosen there. */
export function playbackOpened(state: ConsoleState, vanId: string | undefined): Partial<ConsoleState> {
  const { playback } = state;
  const vanIds = new Set(playback?.vanIds);
  if (vanId !== undefined) vanIds.add(vanId);
  return {
    playback: { vanIds: [...vanIds], keys: playback?.keys },
    // The card is about now, and would stand in the way.
    ...{ selection: undefined, following: false, trail: { state: 'none' }, panelOpen: false },
  };
}
