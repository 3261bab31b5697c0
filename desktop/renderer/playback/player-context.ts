import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { useConsole, useParts } from '../console-context.ts';
import type { Player, PlayerState } from './player.ts';

export const PlayerContext = createContext<Player | undefined>(undefined);

export function usePlayer(): Player {
  const player = useContext(PlayerContext);
  if (player === undefined) throw new Error('this component stands outside the playback');
  return player;
}

/** A part of the player's state; the component renders again when that part changes. */
export function usePlayed<T>(pick: (state: PlayerState) => T): T {
  return useStore(usePlayer().store, pick);
}

/** Names of vans by their ids. */
export function useVanNames(): (id: string) => string {
  useConsole((state) => state.vansRevision);
  const { vans } = useParts().console.world;
  return (id) => vans.get(id)?.van.name ?? id;
}
