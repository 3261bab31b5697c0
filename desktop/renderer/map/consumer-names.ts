import type { Layer } from '@deck.gl/core';
import type { ConsumerEntry } from '../world/entries.ts';
import type { ConsumerColumns } from './consumer-columns.ts';
import { KeptLayers } from './kept-layers.ts';
import { freeLabels, type LabelWish } from './labels.ts';
import { type Label, labelLayer } from './layers.ts';
import { screenOf } from './screen.ts';
import type { View } from './view.ts';

/** Names of consumers appear from this zoom on. */
const namesFrom = 16.4;
/** How often it is decided anew which names have room, ms. */
const roomEvery = 400;
/** From the middle of a mark to the middle of its name, px. */
const offset = 19;

/** The names beside the consumers when the map is near, where there is room. */
export class ConsumerNames {
  readonly #layers = new KeptLayers();
  #labels: Label[] = [];
  #made = { at: Number.NEGATIVE_INFINITY, camera: '' };

  layers(columns: ConsumerColumns, view: View, chosen: ConsumerEntry | undefined): Layer[] {
    if (view.zoom < namesFrom) {
      this.#labels = [];
      this.#made.camera = '';
      return [];
    }
    const { longitude, latitude, zoom } = view.surface.camera();
    const camera = `${longitude} ${latitude} ${zoom} ${columns.version} ${chosen?.consumer.id}`;
    if (camera !== this.#made.camera && view.time - this.#made.at > roomEvery) {
      this.#made = { at: view.time, camera };
      this.#labels = choose(columns, view, chosen);
    }
    if (this.#labels.length === 0) return [];
    const labels = this.#labels;
    const { colours } = view;
    return this.#layers.of([labels, colours], () => [
      labelLayer({ id: 'consumer-names', labels, colours, moment: 0, quiet: true }),
    ]);
  }
}

function choose({ entries, places }: ConsumerColumns, view: View, chosen: ConsumerEntry | undefined): Label[] {
  const screen = screenOf(view);
  const wishes: LabelWish[] = [];
  for (let row = 0; row < entries.length; row++) {
    const at: [number, number] = [places[row * 2] ?? 0, places[row * 2 + 1] ?? 0];
    if (!screen.has(at)) continue;
    const entry = entries[row];
    const width = (entry?.consumer.name.length ?? 0) * 6 + 10;
    wishes.push({ row, ...screen.place(at), width, always: entry === chosen });
  }
  return freeLabels(wishes, wishes, view, { offsets: [offset, -offset], markerHalf: 7 }).map((label) => ({
    text: entries[label.row]?.consumer.name ?? '',
    at: [places[label.row * 2] ?? 0, places[label.row * 2 + 1] ?? 0],
    offset: label.offset,
    selected: entries[label.row] === chosen,
    stale: false,
  }));
}
