import type { Layer, PickingInfo } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { type Selection, selected } from '../store.ts';
import { AllTrails, mostTrails } from '../trail/all-trails.ts';
import { SelectionLoader, type StopDot } from '../trail/selection-lines.ts';
import type { DrawnPoint, LonLat } from '../trail/trail-shapes.ts';
import { type ConsumerEntry, placeOf, type VanEntry } from '../world/entries.ts';
import { DrawnConsumers } from './drawn-consumers.ts';
import { DrawnFleet } from './drawn-fleet.ts';
import { DrawnLines } from './drawn-lines.ts';
import { DrawnTrail } from './drawn-trail.ts';
import { extentOf } from './extent.ts';
import { type Cluster, clustersEnd } from './fleet-groups.ts';
import { layerIds } from './layers.ts';
import { mercatorX, metresOfPixel, worldSize } from './mercator.ts';
import { pace, shortestFrame } from './pace.ts';
import { pinPairLayers } from './pin-pair.ts';
import { scaleOf } from './scale.ts';
import { screenOf } from './screen.ts';
import type { Colours, MapSurface } from './surface.ts';
import { toolLayers } from './tool-layers.ts';
import { createMapTools, type MapTools } from './tools.ts';
import type { View } from './view.ts';

/** What lies under the mouse. */
export type Hovered =
  | { kind: 'van'; entry: VanEntry }
  | { kind: 'consumer'; entry: ConsumerEntry }
  | { kind: 'cluster'; cluster: Cluster }
  | { kind: 'stop'; stop: StopDot }
  | { kind: 'point'; point: DrawnPoint };

/** The past, drawn instead of the live vans while it is played. */
export interface PlayedScene {
  layers(view: View): Layer[];
  /** where the map is to be centred from now on, while a van is followed; undefined: it stays */
  followed(): LonLat | undefined;
  /** a person moved the map: following ends */
  movedByHand(): void;
  /** all that "show all" shows */
  places(): { latitude: number; longitude: number }[];
  pointAt(info: PickingInfo): DrawnPoint | undefined;
  clicked(info: PickingInfo): void;
}

interface SceneDeps {
  console: Console;
  colours: Colours;
  /** whether the system asks for little motion */
  isStill: () => boolean;
}

/** Ages and silences change without any message, ms. */
const lookEvery = 1000;
const flight = 650;
/** What the menu of a place needs, px. */
const menuWidth = 300;
const menuHeight = 120;
/** So few are looked at one by one: their turning is to be smooth at every zoom. */
const fewVans = 200;
/** What is dropped this near to a marker is meant for it, px. */
const reach = 26;

/** The card of what is selected: at the right, or on narrow windows a sheet over the lower part (card.css). */
const cardWidth = 370;
const cardHeight = 460;
const narrow = 820;

/** Where the middle of what the card leaves free lies, px from the middle of the map. */
function besideCard({ width, height }: { width: number; height: number }): [number, number] {
  if (window.innerWidth > narrow) return [-Math.min(cardWidth, width / 2) / 2, 0];
  return [0, -Math.min(cardHeight, height * 0.62) / 2];
}

/** Draws the world on a surface, again whenever something changed or glides. The surface may be exchanged under it. */
export class MapScene {
  readonly #deps: SceneDeps;
  readonly #fleet: DrawnFleet;
  readonly #consumers: DrawnConsumers;
  readonly #trail = new DrawnTrail();
  readonly #lines = new DrawnLines();
  readonly #ofSelection: SelectionLoader;
  readonly #allTrails: AllTrails;
  readonly tools: MapTools = createMapTools();
  #played: PlayedScene | undefined;
  #surface: MapSurface | undefined;
  #colours: Colours;
  #hasFitted = false;
  #frame: number | undefined;
  #nap: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #isDue = false;
  /** somebody did something, and waits for it */
  #isUrgent = false;
  readonly #ends: (() => void)[] = [];

  constructor(deps: SceneDeps) {
    this.#deps = deps;
    this.#colours = deps.colours;
    this.#fleet = new DrawnFleet(deps.console);
    this.#consumers = new DrawnConsumers(deps.console);
    this.#ofSelection = new SelectionLoader(deps.console, () => this.#soon());
    this.#allTrails = new AllTrails(deps.console, () => {
      this.#tellTrails();
      this.#soon();
    });
  }

  start(): void {
    const { console, isStill } = this.#deps;
    this.#ends.push(
      console.listen({
        moved: (vans) => {
          this.#fleet.moved(vans, performance.now(), !isStill());
          this.#allTrails.moved(vans);
          this.#soon();
        },
        vansChanged: () => {
          this.#fleet.changed();
          this.redraw();
        },
        consumersChanged: () => {
          this.#consumers.changed();
          this.#ofSelection.consumersChanged();
          this.#soon();
        },
        ordersChanged: () => {
          this.#consumers.ordersChanged();
          this.#soon();
        },
      }),
      console.store.subscribe((state, before) => {
        if (state.loaded && !before.loaded) this.#firstFit();
        if (state.following && !before.following) this.#startFollowing();
        if (state.hours !== before.hours) this.#wantTrails();
        this.redraw();
      }),
      this.tools.subscribe((state, before) => {
        if (state.trails !== before.trails) this.#wantTrails();
        if (state.measured !== before.measured || state.found !== before.found || state.trails !== before.trails) {
          this.redraw();
        }
      }),
    );
    this.#ofSelection.start();
    this.#ends.push(() => this.#ofSelection.stop());
    const look = setInterval(() => this.#soon(), lookEvery);
    this.#ends.push(() => clearInterval(look));
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearTimeout(this.#nap);
    this.#nap = undefined;
    this.#surface = undefined;
  }

  /** Draws on this surface from now on. */
  use(surface: MapSurface | undefined): void {
    this.#surface = surface;
    if (surface !== undefined) this.#firstFit();
    this.redraw();
  }

  /** Draws the past from now on, or the present again. */
  play(played: PlayedScene | undefined): void {
    this.#played = played;
    this.redraw();
  }

  get colours(): Colours {
    return this.#colours;
  }

  recolour(colours: Colours): void {
    if (colours === this.#colours) return;
    this.#colours = colours;
    this.#surface?.recolour(colours);
    this.redraw();
  }

  /** Draws anew in the next frame: somebody did something. */
  redraw(): void {
    this.#isUrgent = true;
    clearTimeout(this.#nap);
    this.#nap = undefined;
    this.#soon();
  }

  /** Draws anew when the next picture is due: the world went on. */
  #soon(): void {
    this.#isDue = true;
    if (this.#frame !== undefined || this.#nap !== undefined || this.#surface === undefined) return;
    this.#frame = requestAnimationFrame(this.#onFrame);
  }

  /** The camera moved; a person who drags the map ends following. */
  cameraMoved(byHand: boolean): void {
    const { store } = this.#deps.console;
    if (byHand && store.getState().following) store.setState({ following: false });
    if (byHand) this.#played?.movedByHand();
    this.redraw();
  }

  showAll(): void {
    this.#deps.console.store.setState({ following: false });
    this.#fit(this.#motion(flight));
  }

  /** Brings what is selected into view, as from the list. */
  showSelected(): void {
    const { selection } = this.#deps.console.store.getState();
    if (selection !== undefined) this.show(selection);
  }

  showPlace([longitude, latitude]: LonLat): void {
    const surface = this.#surface;
    this.#deps.console.store.setState({ following: false });
    surface?.go({ longitude, latitude, zoom: Math.max(surface.camera().zoom, 16) }, this.#motion(flight));
  }

  /** The middle of the map. */
  middle(): LonLat | undefined {
    const camera = this.#surface?.camera();
    return camera && [camera.longitude, camera.latitude];
  }

  /** One more point of the distance that is measured. */
  measure(at: LonLat): void {
    this.tools.setState(({ measured }) => ({ measured: [...measured, at] }));
  }

  /** The other button was pressed at a place. */
  menu({ longitude, latitude, x, y }: { longitude: number; latitude: number; x: number; y: number }): void {
    const { width, height } = this.#surface?.size() ?? { width: x, height: y };
    const menu = {
      at: [longitude, latitude] as LonLat,
      x: Math.min(x, width - menuWidth),
      y: Math.min(y, height - menuHeight),
    };
    this.tools.setState({ menu });
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

  /** Brings what was selected in the list into view, closer when the map is far out. */
  show(selection: Selection): void {
    const place = this.#placeOf(selection);
    const surface = this.#surface;
    if (place === undefined || surface === undefined) return;
    const zoom = Math.max(surface.camera().zoom, selection.kind === 'van' ? 14.5 : 16);
    surface.go({ ...place, zoom }, this.#motion(flight), besideCard(surface.size()));
  }

  /** Brings these places into view together. */
  showPlaces(places: readonly { latitude: number; longitude: number }[]): void {
    const box = extentOf(places);
    if (box !== undefined) this.#surface?.fit(box, this.#motion(flight));
  }

  hovered(info: PickingInfo): Hovered | undefined {
    const row = info.index;
    const played = this.#played?.pointAt(info);
    if (played !== undefined) return { kind: 'point', point: played };
    switch (info.layer?.id) {
      case layerIds.vans: {
        const entry = this.#fleet.at(row);
        return entry && { kind: 'van', entry };
      }
      case layerIds.consumers: {
        const entry = this.#consumers.at(row);
        return entry && { kind: 'consumer', entry };
      }
      case layerIds.marks: {
        const entry = this.#consumers.marked(row);
        return entry && { kind: 'consumer', entry };
      }
      case layerIds.clusters: {
        const cluster = this.#fleet.cluster(row);
        return cluster && { kind: 'cluster', cluster };
      }
      case layerIds.stops: {
        const stop = this.#lines.stop(row);
        return stop && { kind: 'stop', stop };
      }
      case layerIds.trailPoints: {
        const point = this.#trail.at(row);
        return point && { kind: 'point', point };
      }
      default:
        return undefined;
    }
  }

  /** The van whose marker is nearest to a place on the map (px), if it is near enough to be meant. */
  vanUnder(x: number, y: number): VanEntry | undefined {
    const surface = this.#surface;
    if (surface === undefined) return undefined;
    let nearest: VanEntry | undefined;
    let best = reach ** 2;
    for (const entry of this.#deps.console.world.vans.values()) {
      if (entry.position === null) continue;
      const at = surface.project(...this.#fleet.shownAt(entry, performance.now()));
      const distance = (at.x - x) ** 2 + (at.y - y) ** 2;
      if (distance > best) continue;
      best = distance;
      nearest = entry;
    }
    return nearest;
  }

  clicked(info: PickingInfo): void {
    this.#played?.clicked(info);
    const { store } = this.#deps.console;
    const [longitude, latitude] = info.coordinate ?? [];
    if (this.tools.getState().tool === 'measure' && longitude !== undefined && latitude !== undefined) {
      this.measure([longitude, latitude]);
      return;
    }
    const under = this.hovered(info);
    if (under?.kind === 'van') store.setState(selected(store.getState(), { kind: 'van', id: under.entry.van.id }));
    if (under?.kind === 'cluster') this.#expand(under.cluster);
    if (under?.kind === 'consumer') {
      store.setState(selected(store.getState(), { kind: 'consumer', id: under.entry.consumer.id }));
    }
  }

  /** Comes so close that the vans of a cluster stand apart. */
  #expand(cluster: Cluster): void {
    const surface = this.#surface;
    const box = extentOf(this.#fleet.placesOf(cluster, performance.now()));
    if (surface === undefined || box === undefined) return;
    const { zoom } = surface.camera();
    const width = mercatorX(box.east) - mercatorX(box.west);
    const [longitude, latitude] = [(box.west + box.east) / 2, (box.south + box.north) / 2];
    // Vans on one spot lie in a box of some streets: from there on they are spread around it.
    const closest = Math.log2((surface.size().width * 0.7) / (width * worldSize(0)));
    surface.go(
      { longitude, latitude, zoom: Math.max(zoom + 1, Math.min(closest, clustersEnd + 1)) },
      this.#motion(flight),
    );
  }

  #onFrame = (time: number): void => {
    this.#frame = undefined;
    const gliding = this.#fleet.isMoving(time);
    const due = this.#isDue || gliding ? this.#drawnAt + (this.#isUrgent ? shortestFrame : this.#pace()) : undefined;
    if (due !== undefined && time >= due - 4) {
      this.#isDue = false;
      this.#isUrgent = false;
      this.#drawnAt = time;
      this.#draw(time);
    }
    if (this.#isDue || gliding) this.#nextFrame(time);
  };

  /** Sleeps until shortly before the next picture is due: frames that draw nothing cost something too. */
  #nextFrame(time: number): void {
    const rest = this.#drawnAt + (this.#isUrgent ? shortestFrame : this.#pace()) - time;
    if (rest <= 2 * shortestFrame) {
      this.#frame = requestAnimationFrame(this.#onFrame);
      return;
    }
    this.#nap = setTimeout(
      () => {
        this.#nap = undefined;
        this.#frame = requestAnimationFrame(this.#onFrame);
      },
      rest - shortestFrame / 2,
    );
  }

  /** How long a picture may stand while vans glide, ms. */
  #pace(): number {
    const surface = this.#surface;
    if (surface === undefined) return shortestFrame;
    const { zoom, latitude } = surface.camera();
    const few = this.#deps.console.world.vans.size <= fewVans;
    return pace(metresOfPixel(zoom, latitude), few);
  }

  #draw(time: number): void {
    const surface = this.#surface;
    if (surface === undefined) return;
    const { console } = this.#deps;
    const state = console.store.getState();
    const view: View = {
      state,
      surface,
      time,
      colours: this.#colours,
      zoom: surface.camera().zoom,
      now: console.now(),
      judgedAt: console.statusTime(),
      ...surface.size(),
    };
    if (this.#played !== undefined) {
      surface.setLayers([...this.#consumers.layers(view), ...this.#played.layers(view)]);
      const at = this.#played.followed();
      if (at !== undefined) surface.go({ longitude: at[0], latitude: at[1] }, 0);
      return;
    }
    const chosen = state.selection?.kind === 'van' ? console.world.vans.get(state.selection.id) : undefined;
    const hasPlace = chosen !== undefined && chosen.position !== null;
    // First the vans, since they settle where the markers are; they are drawn last, above everything.
    const vans = this.#fleet.layers(view);
    const marker = hasPlace ? this.#fleet.shownAt(chosen, time) : undefined;
    surface.setLayers([
      ...this.#consumers.layers(view),
      ...this.#lineLayers(view, chosen?.van.id, marker),
      ...vans,
      ...pinPairLayers(view, console.world),
      ...toolLayers(this.tools.getState(), view.colours),
    ]);
    this.#tellScale(view);
    if (state.following && marker !== undefined && time >= this.#followFrom) {
      surface.go({ longitude: marker[0], latitude: marker[1] }, 0, besideCard(surface.size()));
    }
  }

  #lineLayers(view: View, selected: string | undefined, marker: LonLat | undefined): Layer[] {
    const { trails } = this.tools.getState();
    if (trails === 'none') return [];
    const all = trails === 'all' ? this.#lines.allLayers(this.#allTrails.trails, selected, view) : [];
    return [...all, ...this.#trail.layers(view, marker), ...this.#lines.layers(this.#ofSelection.lines, view)];
  }

  /** Asks for the trails of all vans, if they are wanted: those in view first. */
  #wantTrails(): void {
    const { console } = this.#deps;
    const surface = this.#surface;
    if (this.tools.getState().trails !== 'all' || surface === undefined) {
      this.#allTrails.clear();
      this.tools.setState({ someTrails: undefined });
      return;
    }
    const screen = screenOf({ surface, ...surface.size() });
    const inView = ({ position }: VanEntry) => position !== null && screen.has([position.longitude, position.latitude]);
    const vans = [...console.world.vans.values()].filter(({ position }) => position !== null);
    const ordered = [...vans.filter(inView), ...vans.filter((entry) => !inView(entry))];
    this.#allTrails.want(
      ordered.map(({ van }) => van.id),
      console.store.getState().hours,
    );
    this.#tellTrails();
  }

  #tellTrails(): void {
    if (this.tools.getState().trails !== 'all') return;
    const all = this.#deps.console.world.vans.size;
    const shown = Math.min(mostTrails, all);
    this.tools.setState({ someTrails: { shown, all, loading: this.#allTrails.isLoading } });
  }

  /** Tells the scale to whoever shows it, when it has become another one. */
  #tellScale({ zoom, surface }: View): void {
    const scale = scaleOf(metresOfPixel(zoom, surface.camera().latitude));
    const before = this.tools.getState().scale;
    if (before?.metres !== scale.metres || before.width !== scale.width) this.tools.setState({ scale });
  }

  /** until then the flight to the van is under way, time of the glides */
  #followFrom = 0;

  #startFollowing(): void {
    const { selection } = this.#deps.console.store.getState();
    if (selection === undefined) return;
    this.#followFrom = performance.now() + this.#motion(flight);
    this.show(selection);
  }

  #placeOf({ kind, id }: Selection): { longitude: number; latitude: number } | undefined {
    const { world } = this.#deps.console;
    if (kind === 'van') {
      const entry = world.vans.get(id);
      if (entry === undefined || entry.position === null) return undefined;
      const [longitude, latitude] = this.#fleet.shownAt(entry, performance.now());
      return { longitude, latitude };
    }
    // An order is where its consumer is.
    const consumerId = kind === 'order' ? world.orders.get(id)?.order.consumerId : id;
    const entry = consumerId === undefined ? undefined : world.consumers.get(consumerId);
    const place = entry && placeOf(entry);
    return place && { longitude: place.longitude, latitude: place.latitude };
  }

  /** Once, when both the vans and the map are there. Whoever has moved the map since keeps the own view. */
  #firstFit(): void {
    if (this.#hasFitted || this.#surface === undefined || !this.#deps.console.store.getState().loaded) return;
    this.#hasFitted = true;
    this.#fit(0);
  }

  #fit(duration: number): void {
    const { world, store } = this.#deps.console;
    const vans = this.#played?.places() ?? [...world.vans.values()].flatMap((entry) => entry.position ?? []);
    const places = vans.length > 0 ? vans : [...world.consumers.values()].flatMap((entry) => placeOf(entry) ?? []);
    const { agency } = store.getState();
    if (places.length === 0 && agency?.latitude !== undefined && agency.longitude !== undefined) {
      places.push({ latitude: agency.latitude, longitude: agency.longitude });
    }
    const box = extentOf(places);
    // What stands beside the map may just have come or gone.
    this.#surface?.resize();
    if (box !== undefined) this.#surface?.fit(box, duration);
  }

  #motion(ms: number): number {
    return this.#deps.isStill() ? 0 : ms;
  }
}
