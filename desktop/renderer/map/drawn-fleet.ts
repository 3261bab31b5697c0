import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import type { LonLat } from '../trail/trail-shapes.ts';
import type { VanEntry } from '../world/entries.ts';
import { vanFilter } from '../world/fleet-list.ts';
import { Glides } from '../world/glide.ts';
import { clusterLayers } from './cluster-layer.ts';
import { FleetColumns } from './fleet-columns.ts';
import { type Cluster, FleetGroups } from './fleet-groups.ts';
import { KeptLayers } from './kept-layers.ts';
import { layerIds, ringLayer } from './layers.ts';
import { MarkRows } from './mark-rows.ts';
import { drawMarkers } from './marker-art.ts';
import { MarksLayer } from './marks-layer.ts';
import { aside } from './mercator.ts';
import { Surroundings } from './surroundings.ts';
import { VanNames } from './van-names.ts';
import type { View } from './view.ts';

/** While vans move, they are grouped anew this often, ms; far away nothing comes or goes so fast. */
const groupEvery = { near: 1000, far: 2000 };
const far = 12.5;
/** The map has come this much closer or gone this much further: then they are grouped anew at once. */
const zoomStep = 0.2;
/** Statuses and the fading of old markers are looked at this often, ms. */
const judgeEvery = 1000;

/** The vans on the map: markers that glide, clusters of them when far, names where there is room. */
export class DrawnFleet {
  readonly #console: Console;
  readonly #glides = new Glides();
  readonly #fleet = new FleetColumns();
  readonly #groups = new FleetGroups();
  readonly #names = new VanNames();
  readonly #atlas = drawMarkers();
  readonly #surroundings = new Surroundings();
  readonly #rows = new MarkRows((slot) => {
    // Who is followed is seen in a moment, wherever that is.
    return slot === this.#selected || this.#surroundings.sees(this.#fleet.placeOf(slot));
  });
  readonly #markLayers = new KeptLayers();
  readonly #clusterLayers = new KeptLayers();
  /** the clock of the glides, s, as the graphics card is to see it in the next picture */
  readonly #clock = { seconds: 0 };
  #isStale = true;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #grouped = { at: Number.NEGATIVE_INFINITY, zoom: Number.NaN, of: '' };
  #isMoved = false;
  /** a van became another one to look at: moving, stopped, silent */
  #isChanged = false;
  #zoom = 0;
  #selected: number | undefined;

  constructor(console: Console) {
    this.#console = console;
  }

  /** Vans appeared, vanished or were renamed. */
  changed(): void {
    this.#isStale = true;
  }

  /**
   * New fixes; without motion (asked for by the system) markers are put, not slid. Answers whether there is anything of it
   * to be seen.
   */
  moved(vans: readonly VanEntry[], time: number, withMotion: boolean): boolean {
    const now = this.#console.statusTime();
    const fleet = this.#fleet;
    this.#isMoved = true;
    let isSeen = false;
    for (const entry of vans) {
      const { slot, position, interval, van } = entry;
      if (position === null) continue;
      if (fleet.entries[slot] !== entry) {
        this.#isStale = true;
        continue;
      }
      fleet.put(entry, time);
      if (fleet.judgeOne(entry, now)) this.#isChanged = true;
      // Only what is drawn glides.
      if (!this.#rows.has(slot)) continue;
      if (withMotion) this.#glides.move(slot, position, time, interval ?? 1000, van.kind);
      else this.#glides.place(slot, position, time);
      if (this.#rows.moved(slot)) isSeen = true;
      this.#names.moved(slot);
    }
    return isSeen || this.#isStale || this.#isChanged;
  }

  isMoving(time: number): boolean {
    return this.#rows.isMoving(time);
  }

  at(row: number): VanEntry | undefined {
    const slot = this.#rows.slotAt(row);
    return slot === undefined ? undefined : this.#fleet.entries[slot];
  }

  cluster(row: number): Cluster | undefined {
    return this.#groups.clusters[row];
  }

  /** Where the vans of a cluster are. */
  placesOf({ slots }: Cluster, time: number): { latitude: number; longitude: number }[] {
    return slots.map((slot) => this.#placeOf(slot, time));
  }

  /** Where the marker of a van is drawn at `time`. */
  shownAt({ slot }: VanEntry, time: number): LonLat {
    const { longitude, latitude } = this.#placeOf(slot, time);
    const [right = 0, down = 0] = this.#fleet.offsets.subarray(slot * 2, slot * 2 + 2);
    return aside([longitude, latitude], [right, down], this.#zoom);
  }

  #placeOf(slot: number, time: number): { latitude: number; longitude: number } {
    return this.#rows.has(slot) ? this.#glides.at(slot, time) : this.#fleet.placeOf(slot);
  }

  layers(view: View): Layer[] {
    const { state, time, colours, zoom } = view;
    this.#zoom = zoom;
    const { selection } = state;
    const selected = selection?.kind === 'van' ? this.#console.world.vans.get(selection.id)?.slot : undefined;
    this.#settle(view, selected);
    const layers: Layer[] = [];
    const chosen = selected === undefined ? undefined : this.#fleet.entries[selected];
    if (chosen !== undefined) layers.push(ringLayer('van-ring', this.shownAt(chosen, time), 29, colours));
    const live = state.link.kind === 'live' || state.link.kind === 'catching-up';
    const isCrowded = this.#fleet.length > 80;
    const size = zoom < 10.5 ? 30 : zoom < 13.5 ? (isCrowded ? 32 : 40) : 46;
    this.#clock.seconds = this.#glides.seconds(time);
    layers.push(
      ...this.#markLayers.of([this.#rows.columns, size, live], () => [
        new MarksLayer({
          id: layerIds.vans,
          data: this.#rows.columns,
          atlas: this.#atlas,
          glide: { clock: this.#clock, rows: this.#rows },
          size,
          opacity: live ? 1 : 0.5,
          pickable: true,
        }),
      ]),
      ...this.#clusterLayers.of([this.#groups.clusters, colours, live], () =>
        clusterLayers({ clusters: this.#groups.clusters, colours, live }),
      ),
      ...this.#names.layers({
        view,
        live,
        selected,
        fleet: this.#fleet,
        glides: this.#glides,
        clock: this.#clock,
        marks: this.#rows,
        shownAt: (entry) => this.shownAt(entry, time),
      }),
    );
    return layers;
  }

  /** Brings statuses, groups and looks up to date, each only when there is a reason. */
  #settle(view: View, selected: number | undefined): void {
    const { state, time, zoom, judgedAt } = view;
    const isOtherView = this.#surroundings.look(view);
    if (isOtherView || selected !== this.#selected) {
      this.#selected = selected;
      this.#rows.viewChanged();
    }
    if (this.#isStale) this.#collect(time);
    let paints = this.#isStale || this.#isChanged;
    this.#isStale = false;
    this.#isChanged = false;
    if (Math.abs(judgedAt - this.#judgedAt) >= judgeEvery) {
      this.#judgedAt = judgedAt;
      this.#fleet.judge(judgedAt);
      paints = true;
    }
    const of = `${state.status} ${state.query} ${selected ?? ''}`;
    const isOther = of !== this.#grouped.of;
    const isDue = time - this.#grouped.at >= (zoom < far ? groupEvery.far : groupEvery.near);
    if (isOther || (isDue && paints)) {
      const filters = state.status !== 'all' || state.query !== '';
      this.#fleet.filter(filters ? vanFilter(state, judgedAt) : undefined);
    }
    const isZoomed = !(Math.abs(zoom - this.#grouped.zoom) < zoomStep);
    const hasLeft = this.#surroundings.hasLeft(view);
    if (isOther || isZoomed || hasLeft || (isDue && (this.#isMoved || paints))) {
      this.#grouped = { at: time, zoom, of };
      this.#isMoved = false;
      const box = this.#surroundings.take(view);
      this.#groups.regroup(this.#fleet, { rows: this.#rows, glides: this.#glides, zoom, time, selected, box });
      paints = true;
    }
    const { isDrawn } = this.#groups;
    if (paints) this.#fleet.paint(this.#rows, { glides: this.#glides, selected, now: judgedAt, isDrawn });
  }

  #collect(time: number): void {
    const before = this.#fleet.entries;
    this.#fleet.take(this.#console.world.vans.values());
    this.#judgedAt = Number.NEGATIVE_INFINITY;
    this.#grouped.of = '-';
    // A slot may have become that of another van.
    for (const [slot, entry] of this.#fleet.entries.entries()) {
      if (entry === undefined || entry === before[slot] || entry.position === null || !this.#rows.has(slot)) continue;
      this.#glides.place(slot, entry.position, time);
    }
    this.#names.forget();
  }
}
