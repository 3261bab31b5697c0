import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { type ConsumerEntry, placeOf } from '../world/entries.ts';
import { ConsumerColumns } from './consumer-columns.ts';
import { ConsumerMarks } from './consumer-marks.ts';
import { ConsumerNames } from './consumer-names.ts';
import { DrawnDensity } from './drawn-density.ts';
import { KeptLayers } from './kept-layers.ts';
import { consumerLayer, ringLayer } from './layers.ts';
import { NearRows } from './near-rows.ts';
import type { View } from './view.ts';

/** Consumers that change are looked at this often, ms: shared positions come each second, and there may be 100,000. */
const takeEvery = 250;

/** The consumers on the map: density when far, dots nearer, marks for those with an order, names when near. */
export class DrawnConsumers {
  readonly #console: Console;
  readonly #columns = new ConsumerColumns();
  readonly #density = new DrawnDensity();
  readonly #marks: ConsumerMarks;
  readonly #names = new ConsumerNames();
  readonly #near = new NearRows();
  readonly #dotLayers = new KeptLayers();
  #isStale = true;
  #takenAt = Number.NEGATIVE_INFINITY;

  constructor(console: Console) {
    this.#console = console;
    this.#marks = new ConsumerMarks(console);
  }

  changed(): void {
    this.#isStale = true;
    this.#marks.changed();
  }

  ordersChanged(): void {
    this.#marks.changed();
  }

  at(row: number): ConsumerEntry | undefined {
    const of = this.#near.rowOf(row);
    return of === undefined ? undefined : this.#columns.entries[of];
  }

  marked(row: number): ConsumerEntry | undefined {
    return this.#marks.at(row);
  }

  layers(view: View): Layer[] {
    const { state, zoom, colours, time } = view;
    const columns = this.#columns;
    if (this.#isStale && time - this.#takenAt >= takeEvery) {
      this.#isStale = false;
      this.#takenAt = time;
      columns.take(this.#console.world.consumers);
    }
    const part = this.#density.dots(columns, zoom);
    const layers: Layer[] = [...this.#density.layers(columns, view, 1 - part)];
    if (part > 0) {
      const dots = this.#near.dots(columns, view);
      const all = columns.length;
      layers.push(
        ...this.#dotLayers.of([dots, all, zoom, colours, part], () => [consumerLayer(dots, all, zoom, colours, part)]),
      );
    }
    layers.push(...this.#marks.layers(view));
    const { selection } = state;
    const orderOf = selection?.kind === 'order' ? this.#console.world.orders.get(selection.id)?.order : undefined;
    const chosenId = selection?.kind === 'consumer' ? selection.id : orderOf?.consumerId;
    const chosen = chosenId === undefined ? undefined : this.#console.world.consumers.get(chosenId);
    const place = chosen === undefined ? undefined : placeOf(chosen);
    if (place !== undefined) layers.push(ringLayer('consumer-ring', [place.longitude, place.latitude], 14, colours));
    layers.push(...this.#names.layers(columns, view, chosen));
    return layers;
  }
}
