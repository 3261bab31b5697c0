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
import { drawMarkers } from './marker-art.ts';
import { type MarkColumns, MarksLayer } from './marks-layer.ts';
import { latitudeAt, longitudeAt, mercatorX, mercatorY, worldSize } from './mercator.ts';
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
  readonly #clusterLayers = new KeptLayers();
  #placed = new Set<VanEntry>();
  #isStale = true;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #grouped = { at: Number.NEGATIVE_INFINITY, zoom: Number.NaN, of: '' };
  #isMoved = false;
  /** a van became another one to look at: moving, stopped, silent */
  #isChanged = false;
  #columns: MarkColumns | undefined;
  #versions = { places: -1, looks: -1 };
  #zoom = 0;

  constructor(console: Console) {
    this.#console = console;
  }

  /** Vans appeared, vanished or were renamed. */
  changed(): void {
    this.#isStale = true;
  }

  /** New fixes; without motion (asked for by the system) markers are put, not slid. */
  moved(vans: readonly VanEntry[], time: number, withMotion: boolean): void {
    const now = this.#console.statusTime();
    this.#isMoved = true;
    for (const entry of vans) {
      if (entry.position === null) continue;
      if (!this.#placed.has(entry) || !withMotion) {
        this.#place(entry, time);
      } else {
        this.#glides.move(entry.slot, entry.position, time, entry.interval ?? 1000, entry.van.kind);
        if (this.#fleet.judgeOne(entry, now)) this.#isChanged = true;
      }
    }
  }

  isMoving(time: number): boolean {
    return this.#glides.isMoving(time);
  }

  at(row: number): VanEntry | undefined {
    return this.#fleet.entries[row];
  }

  cluster(row: number): Cluster | undefined {
    return this.#groups.clusters[row];
  }

  /** Where the vans of a cluster are. */
  placesOf({ slots }: Cluster, time: number): { latitude: number; longitude: number }[] {
    return slots.map((slot) => this.#glides.at(slot, time));
  }

  /** Where the marker of a van is drawn at `time`. */
  shownAt({ slot }: VanEntry, time: number): LonLat {
    const { longitude, latitude } = this.#glides.look(slot, time);
    const right = this.#fleet.offsets[slot * 2] ?? 0;
    const down = this.#fleet.offsets[slot * 2 + 1] ?? 0;
    if (right === 0 && down === 0) return [longitude, latitude];
    const side = worldSize(this.#zoom);
    return [longitudeAt(mercatorX(longitude) + right / side), latitudeAt(mercatorY(latitude) + down / side)];
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
    layers.push(
      new MarksLayer({
        id: layerIds.vans,
        data: this.#data(),
        atlas: this.#atlas,
        gliding: true,
        size: zoom < 10.5 ? 30 : zoom < 13.5 ? (isCrowded ? 32 : 40) : 46,
        time: this.#glides.seconds(time),
        opacity: live ? 1 : 0.5,
        pickable: true,
      }),
      ...this.#clusterLayers.of([this.#groups.clusters, colours, live], () =>
        clusterLayers({ clusters: this.#groups.clusters, colours, live }),
      ),
      ...this.#names.layers({ view, live, selected, fleet: this.#fleet, ...this.#parts(time) }),
    );
    return layers;
  }

  #parts(time: number) {
    return {
      isHidden: this.#groups.isHidden,
      shownAt: (entry: VanEntry) => this.shownAt(entry, time),
    };
  }

  /** Brings statuses, groups and looks up to date, each only when there is a reason. */
  #settle(view: View, selected: number | undefined): void {
    const { state, time, zoom, judgedAt } = view;
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
    if (isOther || isZoomed || (isDue && (this.#isMoved || paints))) {
      this.#grouped = { at: time, zoom, of };
      this.#isMoved = false;
      this.#groups.regroup(this.#fleet, { glides: this.#glides, zoom, time, selected });
      paints = true;
    }
    if (paints) this.#fleet.paint({ selected, now: judgedAt, isHidden: this.#groups.isHidden });
  }

  #data(): MarkColumns {
    const { version: places } = this.#glides;
    const { version: looks, length, offsets } = this.#fleet;
    const before = this.#columns;
    const kept = this.#versions;
    if (before !== undefined && kept.places === places && kept.looks === looks && before.length === length) {
      return before;
    }
    const attributes = before?.attributes;
    const isSamePlaces = attributes !== undefined && kept.places === places;
    const isSameLooks = attributes !== undefined && kept.looks === looks;
    this.#versions = { places, looks };
    this.#columns = {
      length,
      attributes: {
        instancePlaces: isSamePlaces ? attributes.instancePlaces : { value: this.#glides.columns },
        instanceLooks: isSameLooks ? attributes.instanceLooks : { value: this.#fleet.looks },
        instanceOffsets:
          isSameLooks && attributes.instanceOffsets !== undefined ? attributes.instanceOffsets : { value: offsets },
      },
    };
    return this.#columns;
  }

  #collect(time: number): void {
    const { vans } = this.#console.world;
    this.#fleet.take(vans.values());
    this.#judgedAt = Number.NEGATIVE_INFINITY;
    this.#grouped.of = '-';
    this.#placed = new Set([...this.#placed].filter((entry) => vans.get(entry.van.id) === entry));
    for (const entry of this.#fleet.entries) {
      if (entry !== undefined && !this.#placed.has(entry)) this.#place(entry, time);
    }
    this.#names.forget();
  }

  #place(entry: VanEntry, time: number): void {
    const { latitude = 0, longitude = 0, course } = entry.position ?? {};
    const isKnown = this.#placed.has(entry);
    const known = isKnown ? this.#glides.at(entry.slot, time).course : 0;
    this.#glides.place(entry.slot, { latitude, longitude, course: course ?? known }, time);
    this.#placed.add(entry);
    if (!isKnown) this.#isStale = true;
  }
}
