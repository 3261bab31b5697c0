import type { Console } from '../console.ts';
import type { Selection } from '../store.ts';
import type { LonLat } from '../trail/trail-shapes.ts';
import { placeOf, type VanEntry } from '../world/entries.ts';
import { extentOf } from './extent.ts';
import { clustersEnd } from './fleet-groups.ts';
import { mercatorX, worldSize } from './mercator.ts';
import type { MapSurface } from './surface.ts';

const flight = 650;
/** So close a single van or place is shown, unless the map is closer already. */
const near = { van: 14.5, place: 16 };

/** The card of what is selected: at the right, or on narrow windows a sheet over the lower part (card.css). */
const cardWidth = 420;
const cardHeight = 460;
const narrow = 820;

/** Where the middle of what the card leaves free lies, px from the middle of the map. */
function besideCard({ width, height }: { width: number; height: number }): [number, number] {
  if (window.innerWidth > narrow) return [-Math.min(cardWidth, width / 2) / 2, 0];
  return [0, -Math.min(cardHeight, height * 0.62) / 2];
}

interface CameraDeps {
  console: Console;
  /** whether the system asks for little motion */
  isStill: () => boolean;
  /** where a van is drawn now */
  shownAt: (entry: VanEntry) => LonLat;
  /** all places of the past while that is drawn instead */
  played: () => { latitude: number; longitude: number }[] | undefined;
}

/** Moves the camera for people: to all, to one thing, along with a van. */
export class CameraMoves {
  readonly #deps: CameraDeps;
  #surface: MapSurface | undefined;
  #hasFitted = false;
  /** until then the flight to the followed van is under way, ms of the clock of animation frames */
  #followFrom = 0;
  /** the place of the followed van that the camera has last gone to */
  #followed: LonLat = [Number.NaN, Number.NaN];

  constructor(deps: CameraDeps) {
    this.#deps = deps;
  }

  use(surface: MapSurface | undefined): void {
    this.#surface = surface;
    this.firstFit();
  }

  /** The middle of the map. */
  middle(): LonLat | undefined {
    const camera = this.#surface?.camera();
    return camera && [camera.longitude, camera.latitude];
  }

  /** Once, when the map stands and there is something to show. Whoever has moved the map since keeps the own view. */
  firstFit(): void {
    if (this.#hasFitted || this.#surface === undefined || !this.#deps.console.store.getState().loaded) return;
    this.#hasFitted = this.#fit(0);
  }

  /** A person has moved the map. */
  movedByHand(): void {
    this.#hasFitted = true;
  }

  all(): void {
    this.#deps.console.store.setState({ following: false });
    this.#fit(this.#motion(flight));
  }

  /** Brings what was selected in the list into view, closer when the map is far out. */
  to(selection: Selection): void {
    const place = this.#placeOf(selection);
    const surface = this.#surface;
    if (place === undefined || surface === undefined) return;
    const zoom = Math.max(surface.camera().zoom, selection.kind === 'van' ? near.van : near.place);
    surface.go({ ...place, zoom }, this.#motion(flight), besideCard(surface.size()));
  }

  toPlace([longitude, latitude]: LonLat): void {
    const surface = this.#surface;
    this.#deps.console.store.setState({ following: false });
    surface?.go({ longitude, latitude, zoom: Math.max(surface.camera().zoom, near.place) }, this.#motion(flight));
  }

  /** All of these places at once. */
  together(places: readonly { latitude: number; longitude: number }[]): void {
    this.#fitTo(places, this.#motion(flight));
  }

  /** Comes so close that these places, which are one mark now, stand apart. */
  apart(places: readonly { latitude: number; longitude: number }[]): void {
    const surface = this.#surface;
    const box = extentOf(places);
    if (surface === undefined || box === undefined) return;
    const width = mercatorX(box.east) - mercatorX(box.west);
    const [longitude, latitude] = [(box.west + box.east) / 2, (box.south + box.north) / 2];
    // Vans on one spot lie in a box of some streets: from there on they are spread around it.
    const closest = Math.log2((surface.size().width * 0.7) / (width * worldSize(0)));
    const zoom = Math.max(surface.camera().zoom + 1, Math.min(closest, clustersEnd + 1));
    surface.go({ longitude, latitude, zoom }, this.#motion(flight));
  }

  /** Closer or further, about the selected place when it is in view, so that it stays there. */
  zoom(by: number): void {
    const surface = this.#surface;
    if (surface === undefined) return;
    const zoom = surface.camera().zoom + by;
    const { selection } = this.#deps.console.store.getState();
    const place = selection && this.#placeOf(selection);
    const { width, height } = surface.size();
    const { x, y } = place === undefined ? { x: -1, y: -1 } : surface.project(place.longitude, place.latitude);
    const isInView = x >= 0 && y >= 0 && x <= width && y <= height;
    if (isInView) surface.go({ ...place, zoom }, this.#motion(220), [x - width / 2, y - height / 2]);
    else surface.go({ zoom }, this.#motion(220));
  }

  startFollowing(): void {
    const { selection } = this.#deps.console.store.getState();
    if (selection === undefined) return;
    this.#followFrom = performance.now() + this.#motion(flight);
    this.#followed = [Number.NaN, Number.NaN];
    this.to(selection);
  }

  /** Keeps the followed van in the middle. */
  follow([longitude, latitude]: LonLat, time: number): void {
    const surface = this.#surface;
    // A camera that is told to stay tells of a move all the same, and that would be drawn.
    const isThere = this.#followed[0] === longitude && this.#followed[1] === latitude;
    if (surface !== undefined && !isThere && time >= this.#followFrom) {
      this.#followed = [longitude, latitude];
      surface.go({ longitude, latitude }, 0, besideCard(surface.size()));
    }
  }

  #placeOf({ kind, id }: Selection): { longitude: number; latitude: number } | undefined {
    const { world } = this.#deps.console;
    if (kind === 'van') {
      const entry = world.vans.get(id);
      if (entry === undefined || entry.position === null) return undefined;
      const [longitude, latitude] = this.#deps.shownAt(entry);
      return { longitude, latitude };
    }
    // An order is where its consumer is.
    const consumerId = kind === 'order' ? world.orders.get(id)?.order.consumerId : id;
    const entry = consumerId === undefined ? undefined : world.consumers.get(consumerId);
    const place = entry && placeOf(entry);
    return place && { longitude: place.longitude, latitude: place.latitude };
  }

  #fit(duration: number): boolean {
    const { world, store } = this.#deps.console;
    const vans = this.#deps.played() ?? [...world.vans.values()].flatMap((entry) => entry.position ?? []);
    const places = vans.length > 0 ? vans : [...world.consumers.values()].flatMap((entry) => placeOf(entry) ?? []);
    const { agency } = store.getState();
    if (places.length === 0 && agency?.latitude !== undefined && agency.longitude !== undefined) {
      places.push({ latitude: agency.latitude, longitude: agency.longitude });
    }
    // What stands beside the map may just have come or gone.
    this.#surface?.resize();
    return this.#fitTo(places, duration);
  }

  /** Whether there was anything to fit to. */
  #fitTo(places: readonly { latitude: number; longitude: number }[], duration: number): boolean {
    const box = extentOf(places);
    if (box !== undefined) this.#surface?.fit(box, duration);
    return box !== undefined;
  }

  #motion(ms: number): number {
    return this.#deps.isStill() ? 0 : ms;
  }
}
