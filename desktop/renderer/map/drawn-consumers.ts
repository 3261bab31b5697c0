import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { type ConsumerEntry, placeOf } from '../world/entries.ts';
import { consumerLayer, ringLayer } from './layers.ts';
import type { View } from './view.ts';

/** The consumers on the map: one column of places, made anew only when a consumer changed. */
export class DrawnConsumers {
  readonly #console: Console;
  #entries: ConsumerEntry[] = [];
  #columns = { length: 0, attributes: { getPosition: { value: new Float64Array(0), size: 2 } } };
  #isStale = true;

  constructor(console: Console) {
    this.#console = console;
  }

  changed(): void {
    this.#isStale = true;
  }

  at(row: number): ConsumerEntry | undefined {
    return this.#entries[row];
  }

  layers({ state, zoom, colours }: View): Layer[] {
    if (this.#isStale) this.#collect();
    const layers: Layer[] = [consumerLayer(this.#columns, zoom, colours)];
    const { selection } = state;
    const chosen = selection?.kind === 'consumer' ? this.#console.world.consumers.get(selection.id) : undefined;
    const place = chosen === undefined ? undefined : placeOf(chosen);
    if (place !== undefined) layers.push(ringLayer('consumer-ring', [place.longitude, place.latitude], 11, colours));
    return layers;
  }

  #collect(): void {
    this.#isStale = false;
    this.#entries = [];
    const numbers: number[] = [];
    for (const entry of this.#console.world.consumers.values()) {
      const place = placeOf(entry);
      if (place === undefined) continue;
      this.#entries.push(entry);
      numbers.push(place.longitude, place.latitude);
    }
    const value = Float64Array.from(numbers);
    this.#columns = { length: this.#entries.length, attributes: { getPosition: { value, size: 2 } } };
  }
}
