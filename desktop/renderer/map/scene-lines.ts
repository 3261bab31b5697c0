import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { AllTrails, mostTrails } from '../trail/all-trails.ts';
import { SelectionLoader, type StopDot } from '../trail/selection-lines.ts';
import type { DrawnPoint, LonLat } from '../trail/trail-shapes.ts';
import type { VanEntry } from '../world/entries.ts';
import { DrawnLines } from './drawn-lines.ts';
import { DrawnTrail } from './drawn-trail.ts';
import { screenOf } from './screen.ts';
import type { MapSurface } from './surface.ts';
import type { MapTools } from './tools.ts';
import type { View } from './view.ts';

interface SceneLinesDeps {
  console: Console;
  tools: MapTools;
  surface: () => MapSurface | undefined;
  changed: () => void;
}

/** Every line on the map: the selected van's trail and way, the trails of all, a consumer's own path, and stops. */
export class SceneLines {
  readonly #deps: SceneLinesDeps;
  readonly #trail = new DrawnTrail();
  readonly #lines = new DrawnLines();
  readonly #ofSelection: SelectionLoader;
  readonly #all: AllTrails;

  constructor(deps: SceneLinesDeps) {
    this.#deps = deps;
    this.#ofSelection = new SelectionLoader(deps.console, deps.changed);
    this.#all = new AllTrails(deps.console, () => {
      this.#tell();
      deps.changed();
    });
  }

  /** Begins to load what is selected; answers how to end that. */
  start(): () => void {
    const { console, tools } = this.#deps;
    this.#ofSelection.start();
    const ends = [
      tools.subscribe((state, before) => {
        if (state.trails !== before.trails) this.#want();
      }),
      console.store.subscribe((state, before) => {
        if (state.hours !== before.hours || state.vansRevision !== before.vansRevision) this.#want();
      }),
      () => this.#ofSelection.stop(),
      () => this.#all.clear(),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  moved(vans: readonly VanEntry[]): void {
    this.#all.moved(vans);
  }

  consumersChanged(): void {
    this.#ofSelection.consumersChanged();
  }

  stop(row: number): StopDot | undefined {
    return this.#lines.stop(row);
  }

  point(row: number): DrawnPoint | undefined {
    return this.#trail.at(row);
  }

  /** `marker`: where the selected van is drawn. */
  layers(view: View, selected: string | undefined, marker: LonLat | undefined): Layer[] {
    const { trails } = this.#deps.tools.getState();
    if (trails === 'none') return [];
    const all = trails === 'all' ? this.#lines.allLayers(this.#all.trails, selected, view) : [];
    return [...all, ...this.#trail.layers(view, marker), ...this.#lines.layers(this.#ofSelection.lines, view)];
  }

  /** Asks for the trails of all vans, if they are wanted: those in view first. */
  #want(): void {
    const { console, tools } = this.#deps;
    const surface = this.#deps.surface();
    if (tools.getState().trails !== 'all' || surface === undefined) {
      this.#all.clear();
      if (tools.getState().someTrails !== undefined) tools.setState({ someTrails: undefined });
      return;
    }
    const screen = screenOf({ surface, ...surface.size() });
    const inView = ({ position }: VanEntry) => position !== null && screen.has([position.longitude, position.latitude]);
    const vans = [...console.world.vans.values()].filter(({ position }) => position !== null);
    const ordered = [...vans.filter(inView), ...vans.filter((entry) => !inView(entry))];
    this.#all.want(
      ordered.map(({ van }) => van.id),
      console.store.getState().hours,
    );
    this.#tell();
  }

  #tell(): void {
    const { console, tools } = this.#deps;
    if (tools.getState().trails !== 'all') return;
    const all = console.world.vans.size;
    tools.setState({ someTrails: { shown: Math.min(mostTrails, all), all, loading: this.#all.isLoading } });
  }
}
