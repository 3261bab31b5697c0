import { screenOf } from './screen.ts';
import type { Box } from './surface.ts';
import type { View } from './view.ts';

/** How far around the view things are drawn as well, in widths of it, so that moving the map a little shows no rim. */
const around = 0.6;

/** A mark so far outside, in widths of the view, may still reach into it, or come in by itself. */
const rim = 0.1;

type Seen = Pick<View, 'surface' | 'width' | 'height'>;

/** The part of the world in and around the view, kept as long as the view stays inside it. */
export class Surroundings {
  #box: Box | undefined;
  #seen = '';
  #view: Box = { west: 0, south: 0, east: 0, north: 0 };

  /** Looks where the view is; answers whether it is another one than before. */
  look(view: Seen): boolean {
    const { longitude, latitude, zoom } = view.surface.camera();
    const seen = `${longitude} ${latitude} ${zoom} ${view.width} ${view.height}`;
    if (seen === this.#seen) return false;
    this.#seen = seen;
    this.#view = grown(screenOf(view), rim);
    return true;
  }

  /** Whether what is at a place may reach into the view. */
  sees({ latitude, longitude }: { latitude: number; longitude: number }): boolean {
    const { west, south, east, north } = this.#view;
    return longitude >= west && longitude <= east && latitude >= south && latitude <= north;
  }

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
    this.#box = grown(screenOf(view), around);
    return this.#box;
  }
}

function grown({ west, south, east, north }: Box, by: number): Box {
  const wide = (east - west) * by;
  const high = (north - south) * by;
  return { west: west - wide, south: south - high, east: east + wide, north: north + high };
}
