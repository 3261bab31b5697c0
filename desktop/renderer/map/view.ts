import type { ConsoleState } from '../store.ts';
import type { Colours, MapSurface } from './surface.ts';

/** What every drawn part needs to know of the moment it is drawn in. */
export interface View {
  state: ConsoleState;
  surface: MapSurface;
  colours: Colours;
  zoom: number;
  /** UTC ms by the daemon's clock */
  now: number;
  /** the moment statuses are told for, UTC ms */
  judgedAt: number;
  /** the clock of the glides, ms */
  time: number;
  /** px */
  width: number;
  height: number;
}
