import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Console } from './console.ts';
import type { Desk } from './desk.ts';
import type { MapScene } from './map/scene.ts';
import type { AlertDesk } from './panels/alerts/alert-desk.ts';
import { type ConsoleState, type Selection, selected } from './store.ts';
import type { NoteKeeper } from './waiting-notes.ts';

/** What every component may reach: the console's parts, and the map once it stands. */
export interface ConsoleParts {
  console: Console;
  scene: MapScene;
  /** what is done about alerts and requests */
  alerts: AlertDesk;
  /** the desktop app around the page; absent in a browser */
  desk?: Desk | undefined;
  /** where notes wait while there is no link */
  notes: NoteKeeper;
}

export const ConsoleContext = createContext<ConsoleParts | undefined>(undefined);

export function useParts(): ConsoleParts {
  const parts = useContext(ConsoleContext);
  if (parts === undefined) throw new Error('this component stands outside the console');
  return parts;
}

/** A part of the console's state; the component renders again when that part changes. */
export function useConsole<T>(pick: (state: ConsoleState) => T): T {
  return useStore(useParts().console.store, pick);
}

/** UTC ms by the daemon's clock, renewed each second. */
export function useNow(): number {
  const { console } = useParts();
  const [now, setNow] = useState(() => console.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(console.now()), 1000);
    return () => clearInterval(timer);
  }, [console]);
  return now;
}

/** The moment statuses are told for, renewed each second. */
export function useStatusTime(): number {
  useNow();
  return useParts().console.statusTime();
}

/** The agency's time zone; until it is known, this computer's. */
export function useZone(): string {
  return useConsole((state) => state.agency?.timeZone) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Selects something by list or key, and shows it on the map. */
export function useSelect(): (selection: Selection | undefined) => void {
  const { console, scene } = useParts();
  return (selection) => {
    const { store } = console;
    store.setState(selected(store.getState(), selection));
    if (selection !== undefined) scene.show(selection);
  };
}
