import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { ago } from '../format.ts';
import type { LonLat } from '../trail/trail-shapes.ts';
import type { VanEntry } from '../world/entries.ts';
import { vanFilter } from '../world/fleet-list.ts';
import { Glides } from '../world/glide.ts';
import { FleetColumns } from './fleet-columns.ts';
import { type ChosenLabel, freeLabels, type LabelWish } from './labels.ts';
import { type Label, labelLayer, ringLayer, vanLayer } from './layers.ts';
import { drawMarkers } from './marker-art.ts';
import type { View } from './view.ts';

/** Names appear from this zoom on; the selected van's always. */
const namesFrom = 12.2;
/** How often it is decided anew which names have room, ms. Every frame would make them flicker. */
const roomEvery = 300;
/** What the filter leaves out stays on the map as a shadow, so that nobody is forgotten. */
const faded = 70;

/** The vans on the map: markers that glide, names where there is room, a ring around the selected one. */
export class DrawnFleet {
  readonly #console: Console;
  readonly #glides = new Glides();
  readonly #fleet = new FleetColumns();
  readonly #atlas = drawMarkers();
  #alphas = new Uint8Array(0);
  #placed = new Set<VanEntry>();
  #isStale = true;
  #named: ChosenLabel[] = [];
  #namedAt = Number.NEGATIVE_INFINITY;
  #namedZoom = 0;

  constructor(console: Console) {
    this.#console = console;
  }

  /** Vans appeared, vanished or were renamed. */
  changed(): void {
    this.#isStale = true;
  }

  /** New fixes; without motion (asked for by the system) markers are put, not slid. */
  moved(vans: readonly VanEntry[], time: number, withMotion: boolean): void {
    for (const entry of vans) {
      if (entry.position === null) continue;
      if (!this.#placed.has(entry) || !withMotion) {
        this.#glides.place(entry.slot, this.#target(entry, time), time);
        if (!this.#placed.has(entry)) this.#isStale = true;
        this.#placed.add(entry);
      } else {
        this.#glides.move(entry.slot, entry.position, time, entry.interval ?? 1000, entry.van.kind);
      }
    }
  }

  isMoving(time: number): boolean {
    return this.#glides.isMoving(time);
  }

  at(row: number): VanEntry | undefined {
    return this.#fleet.entries[row];
  }

  /** Where the marker of a van is drawn at `time`. */
  shownAt(entry: VanEntry, time: number): LonLat {
    const { longitude, latitude } = this.#glides.at(entry.slot, time);
    return [longitude, latitude];
  }

  layers(view: View): Layer[] {
    const { state, time, judgedAt, zoom, colours } = view;
    const fleet = this.#fleet;
    if (this.#isStale) this.#collect(time);
    fleet.judge(judgedAt);
    fleet.fill(this.#glides, time);
    this.#fade(view);
    const { selection } = state;
    const selectedRow =
      selection?.kind === 'van' ? fleet.entries.findIndex((entry) => entry.van.id === selection.id) : -1;
    const layers: Layer[] = [];
    if (selectedRow >= 0) layers.push(ringLayer('van-ring', this.#lonLat(selectedRow), 29, colours));
    const live = state.link.kind === 'live' || state.link.kind === 'catching-up';
    layers.push(vanLayer({ atlas: this.#atlas, fleet, selectedRow, alphas: this.#alphas, live, zoom }));
    const labels = this.#labels(view, selectedRow, live);
    if (labels.length > 0) layers.push(labelLayer(labels, colours));
    return layers;
  }

  #collect(time: number): void {
    this.#isStale = false;
    const { vans } = this.#console.world;
    this.#fleet.take(vans.values());
    this.#placed = new Set([...this.#placed].filter((entry) => vans.get(entry.van.id) === entry));
    for (const entry of this.#fleet.entries) {
      if (this.#placed.has(entry)) continue;
      this.#placed.add(entry);
      this.#glides.place(entry.slot, this.#target(entry, time), time);
    }
    this.#namedAt = Number.NEGATIVE_INFINITY;
  }

  #target(entry: VanEntry, time: number): { latitude: number; longitude: number; course?: number } {
    const { latitude = 0, longitude = 0, course } = entry.position ?? {};
    const known = this.#placed.has(entry) ? this.#glides.at(entry.slot, time).course : 0;
    return { latitude, longitude, course: course ?? known };
  }

  #fade({ state, judgedAt }: View): void {
    const { entries } = this.#fleet;
    if (this.#alphas.length !== entries.length) this.#alphas = new Uint8Array(entries.length);
    if (state.status === 'all' && state.query === '') {
      this.#alphas.fill(255);
      return;
    }
    const isWanted = vanFilter(state, judgedAt);
    const wanted = entries.map(isWanted);
    const isAnyWanted = wanted.includes(true);
    // A search for a consumer is no reason to fade every van.
    const { selection } = state;
    entries.forEach((entry, row) => {
      const isSelected = selection?.kind === 'van' && selection.id === entry.van.id;
      this.#alphas[row] = !isAnyWanted || wanted[row] || isSelected ? 255 : faded;
    });
  }

  #labels(view: View, selectedRow: number, live: boolean): Label[] {
    const { entries, statuses } = this.#fleet;
    const text = (row: number) => {
      const entry = entries[row];
      if (entry === undefined) return '';
      const isOld = !live || statuses[row] === 'silent';
      return isOld && entry.position !== null
        ? `${entry.van.name} · ${ago(entry.position.fixTime, view.now)}`
        : entry.van.name;
    };
    if (view.time - this.#namedAt > roomEvery || view.zoom !== this.#namedZoom) {
      this.#namedAt = view.time;
      this.#namedZoom = view.zoom;
      const wishes: LabelWish[] = [];
      const markers: { x: number; y: number }[] = [];
      entries.forEach((_, row) => {
        const always = row === selectedRow;
        if (!always && view.zoom < namesFrom) return;
        const { x, y } = view.surface.project(...this.#lonLat(row));
        if (x < 0 || y < 0 || x > view.width || y > view.height) return;
        markers.push({ x, y });
        if (!always && (this.#alphas[row] ?? 0) < 255) return;
        wishes.push({ row, x, y, width: text(row).length * 6.6 + 16, always });
      });
      this.#named = freeLabels(wishes, markers, view);
    }
    return this.#named
      .filter(({ row }) => row < entries.length)
      .map(({ row, offset }) => ({
        offset,
        text: text(row),
        at: this.#lonLat(row),
        selected: row === selectedRow,
        stale: !live || statuses[row] === 'silent',
      }));
  }

  #lonLat(row: number): LonLat {
    const { positions } = this.#fleet;
    return [positions[row * 2] ?? 0, positions[row * 2 + 1] ?? 0];
  }
}
