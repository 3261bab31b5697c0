import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Address } from '../../../protocol/place.ts';
import type { LonLat } from '../trail/trail-shapes.ts';

/** Which trails are drawn. */
export const trailModes = ['none', 'selected', 'all'] as const;
type TrailMode = (typeof trailModes)[number];

type Tool = 'measure' | 'address' | 'trails';

/** What a person does with the map beyond looking: its tools, and what they have laid on it. */
export interface MapToolState {
  tool: 'none' | Tool;
  /** points of the distance that is measured */
  measured: readonly LonLat[];
  /** the address that was found last, with a pin on it */
  found: Address | undefined;
  trails: TrailMode;
  /** the place that was clicked with the other button, and where on the map that is, px */
  menu: { at: LonLat; x: number; y: number } | undefined;
  /** said once, for a short time */
  said: { text: string; at: number } | undefined;
  /** a length on the ground and how long it is on the screen, px */
  scale: { metres: number; width: number } | undefined;
  /** of how many vans the trails are drawn, where not all have one */
  someTrails: { shown: number; all: number; loading: boolean } | undefined;
}

export type MapTools = StoreApi<MapToolState>;

export function createMapTools(): MapTools {
  return createStore<MapToolState>(() => ({
    tool: 'none',
    measured: [],
    found: undefined,
    trails: 'selected',
    menu: undefined,
    said: undefined,
    scale: undefined,
    someTrails: undefined,
  }));
}

/** Taking up a tool puts the other one away; taking it up again puts it away too. */
export function toolToggled(state: MapToolState, tool: Tool): Partial<MapToolState> {
  const isSame = state.tool === tool;
  return { tool: isSame ? 'none' : tool, measured: [], menu: undefined };
}

/** Escape takes away one thing at a time; undefined: there is none of the map's. */
export function toolEscaped(state: MapToolState): Partial<MapToolState> | undefined {
  if (state.menu !== undefined) return { menu: undefined };
  if (state.tool === 'measure') return { tool: 'none', measured: [] };
  if (state.tool !== 'none') return { tool: 'none' };
  if (state.found !== undefined) return { found: undefined };
  return undefined;
}
