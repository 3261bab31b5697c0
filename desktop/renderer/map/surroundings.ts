import { screenOf } from './screen.ts';
import type { Box } from './surface.ts';
import type { View } from './view.ts';

/** How far around the view things are drawn as well, in widths of it, so that moving the map a little shows no rim. */
const around = 0.6;

type Seen = Pick<View, 'surface' | 'width' | 'height'>;

/** The part of the world in and around the view, kept as long as the view stays inside it. */
export class Surroundings {
  #box: Box | undefined;

  /** Whether the view shows something outside of the part that was taken, or has come so near that most of it is unseen. */
  hasLeft(view: Seen): boolean {
    const box = this.#box;
    if (box === undefined) return true;
    const { west, south, east, north } = screenOf(view);
    const isInside = west >= box.west && east <= box.east && south >= box.south && north <= box.north;
    return !isInside || (box.east - box.west) / (east - west) >= 4 * (1 + 2 * around);
  }

  /** Takes the part around the present view. */
  take(view: Seen): Box {
    const { west, south, east, north } = screenOf(view);
    const wide = (east - west) * around;
    const high = (north - south) * around;
    this.#box = { west: west - wide, south: south - high, east: east + wide, north: north + high };
    return this.#box;
  }
}
