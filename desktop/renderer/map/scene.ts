import type { Layer, PickingInfo } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { type Selection, selected } from '../store.ts';
import type { StopDot } from '../trail/selection-lines.ts';
import type { DrawnPoint, LonLat } from '../trail/trail-shapes.ts';
import type { ConsumerEntry, VanEntry } from '../world/entries.ts';
import { CameraMoves } from './camera-moves.ts';
import { DrawnConsumers } from './drawn-consumers.ts';
import { DrawnFleet } from './drawn-fleet.ts';
import type { Cluster } from './fleet-groups.ts';
import { Frames } from './frames.ts';
import { layerIds } from './layers.ts';
import { metresOfPixel } from './mercator.ts';
import { pace, shortestFrame } from './pace.ts';
import { pinPairLayers } from './pin-pair.ts';
import { scaleOf } from './scale.ts';
import { SceneLines } from './scene-lines.ts';
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
/** What the menu of a place needs, px. */
const menuWidth = 300;
const menuHeight = 120;
/** So few are looked at one by one: their turning is to be smooth at every zoom. */
const fewVans = 200;
/** What is dropped this near to a marker is meant for it, px. */
const reach = 26;

/** Draws the world on a surface, again whenever something changed or glides. The surface may be exchanged under it. */
export class MapScene {
  readonly #deps: SceneDeps;
  readonly #fleet: DrawnFleet;
  readonly #consumers: DrawnConsumers;
  readonly #lines: SceneLines;
  readonly #camera: CameraMoves;
  readonly #frames: Frames;
  readonly tools: MapTools = createMapTools();
  #played: PlayedScene | undefined;
  #surface: MapSurface | undefined;
  #colours: Colours;
  readonly #ends: (() => void)[] = [];

  constructor(deps: SceneDeps) {
    const { console, isStill, colours } = deps;
    this.#deps = deps;
    this.#colours = colours;
    this.#fleet = new DrawnFleet(console);
    this.#consumers = new DrawnConsumers(console);
    this.#frames = new Frames({
      draw: (time) => this.#draw(time),
      isGliding: (time) => this.#fleet.isMoving(time),
      pace: () => this.#pace(),
      // Behind another screen nobody sees it; the way back changes the store, and that draws.
      canDraw: () => this.#surface !== undefined && console.store.getState().screen === 'desk',
    });
    this.#camera = new CameraMoves({
      console,
      isStill,
      shownAt: (entry) => this.#fleet.shownAt(entry, performance.now()),
      played: () => this.#played?.places(),
    });
    this.#lines = new SceneLines({
      console,
      tools: this.tools,
      surface: () => this.#surface,
      changed: () => this.#frames.soon(),
    });
  }

  start(): void {
    const { console, isStill } = this.#deps;
    const soon = () => this.#frames.soon();
    this.#ends.push(
      console.listen({
        moved: (vans) => {
          const isSeen = this.#fleet.moved(vans, performance.now(), !isStill());
          this.#lines.moved(vans);
          this.#camera.firstFit();
          if (isSeen) soon();
        },
        vansChanged: () => {
          this.#fleet.changed();
          soon();
        },
        consumersChanged: () => {
          this.#consumers.changed();
          this.#lines.consumersChanged();
          soon();
        },
        ordersChanged: () => {
          this.#consumers.ordersChanged();
          soon();
        },
      }),
      console.store.subscribe((state, before) => {
        if (state.loaded && !before.loaded) this.#camera.firstFit();
        if (state.following && !before.following) this.#camera.startFollowing();
        // What the list counts up is no reason to draw: of what is to be seen of it the map was told. What somebody chose is.
        if (state.revision === before.revision) this.redraw();
      }),
      this.tools.subscribe(({ measured, found, trails }, before) => {
        if (measured !== before.measured || found !== before.found || trails !== before.trails) this.redraw();
      }),
      this.#lines.start(),
    );
    const look = setInterval(soon, lookEvery);
    this.#ends.push(() => clearInterval(look));
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#frames.stop();
    this.#surface = undefined;
  }

  /** Draws on this surface from now on. */
  use(surface: MapSurface | undefined): void {
    this.#surface = surface;
    this.#camera.use(surface);
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

  /** Draws anew in the next frame. */
  redraw(): void {
    this.#frames.now();
  }

  /** The camera moved; a person who drags the map ends following. */
  cameraMoved(byHand: boolean): void {
    const { store } = this.#deps.console;
    if (byHand && store.getState().following) store.setState({ following: false });
    if (byHand) {
      this.#camera.movedByHand();
      this.#played?.movedByHand();
    }
    this.redraw();
  }

  showAll(): void {
    this.#camera.all();
  }

  /** Brings what was selected in the list into view. */
  show(selection: Selection): void {
    this.#camera.to(selection);
  }

  showSelected(): void {
    const { selection } = this.#deps.console.store.getState();
    if (selection !== undefined) this.#camera.to(selection);
  }

  showPlace(at: LonLat): void {
    this.#camera.toPlace(at);
  }

  zoom(by: number): void {
    this.#camera.zoom(by);
  }

  middle(): LonLat | undefined {
    return this.#camera.middle();
  }

  /** One more point of the distance that is measured. */
  measure(at: LonLat): void {
    this.tools.setState(({ measured }) => ({ measured: [...measured, at] }));
  }

  /** The other button was pressed at a place. */
  menu({ longitude, latitude, x, y }: { longitude: number; latitude: number; x: number; y: number }): void {
    const { width, height } = this.#surface?.size() ?? { width: x, height: y };
    const at: LonLat = [longitude, latitude];
    this.tools.setState({ menu: { at, x: Math.min(x, width - menuWidth), y: Math.min(y, height - menuHeight) } });
  }

  /** Brings these places into view together. */
  showPlaces(places: readonly { latitude: number; longitude: number }[]): void {
    this.#camera.together(places);
  }

  hovered(info: PickingInfo): Hovered | undefined {
    const { index, layer } = info;
    const played = this.#played?.pointAt(info);
    if (played !== undefined) return { kind: 'point', point: played };
    switch (layer?.id) {
      case layerIds.vans: {
        const entry = this.#fleet.at(index);
        return entry && { kind: 'van', entry };
      }
      case layerIds.consumers: {
        const entry = this.#consumers.at(index);
        return entry && { kind: 'consumer', entry };
      }
      case layerIds.marks: {
        const entry = this.#consumers.marked(index);
        return entry && { kind: 'consumer', entry };
      }
      case layerIds.clusters: {
        const cluster = this.#fleet.cluster(index);
        return cluster && { kind: 'cluster', cluster };
      }
      case layerIds.stops: {
        const stop = this.#lines.stop(index);
        return stop && { kind: 'stop', stop };
      }
      case layerIds.trailPoints: {
        const point = this.#lines.point(index);
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
    if (under?.kind === 'cluster') this.#camera.apart(this.#fleet.placesOf(under.cluster, performance.now()));
    if (under?.kind === 'consumer') {
      store.setState(selected(store.getState(), { kind: 'consumer', id: under.entry.consumer.id }));
    }
  }

  /** How long a picture may stand while vans glide, ms. */
  #pace(): number {
    const camera = this.#surface?.camera();
    if (camera === undefined) return shortestFrame;
    return pace(metresOfPixel(camera.zoom, camera.latitude), this.#deps.console.world.vans.size <= fewVans);
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
    // First the vans, since they settle where the markers are; they are drawn last, above everything.
    const vans = this.#fleet.layers(view);
    const marker = chosen === undefined || chosen.position === null ? undefined : this.#fleet.shownAt(chosen, time);
    surface.setLayers([
      ...this.#consumers.layers(view),
      ...this.#lines.layers(view, chosen?.van.id, marker),
      ...vans,
      ...pinPairLayers(view, console.world),
      ...toolLayers(this.tools.getState(), view.colours),
    ]);
    this.#tellScale(view);
    if (state.following && marker !== undefined) this.#camera.follow(marker, time);
  }

  /** Tells the scale to whoever shows it, when it has become another one. */
  #tellScale({ zoom, surface }: View): void {
    const scale = scaleOf(metresOfPixel(zoom, surface.camera().latitude));
    const before = this.tools.getState().scale;
    if (before?.metres !== scale.metres || before.width !== scale.width) this.tools.setState({ scale });
  }
}
