import type { Layer } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { consumerOrders, consumerState, orderAge } from '../world/consumer-orders.ts';
import { type ConsumerEntry, placeOf } from '../world/entries.ts';
import { bodyPart, consumerCell, drawConsumerMarks } from './consumer-art.ts';
import { KeptLayers } from './kept-layers.ts';
import { layerIds } from './layers.ts';
import type { MarkAtlas } from './mark-atlas.ts';
import { type MarkColumns, MarksLayer, standingStride, wholeSize } from './marks-layer.ts';
import type { Colours } from './surface.ts';
import type { View } from './view.ts';

/** Orders that change are looked at this often, ms; their age, which changes by itself, every so often. */
const takeEvery = 250;
const ageEvery = 30_000;
/** What is over steps back. */
const overOpacity = 165;

/** The consumers for whom something is under way, or who share where they are: a mark for each, above the dots. */
export class ConsumerMarks {
  readonly #console: Console;
  readonly #atlases = new Map<Colours, MarkAtlas>();
  readonly #layers = new KeptLayers();
  #entries: ConsumerEntry[] = [];
  #columns: MarkColumns = columnsOf([], []);
  #isStale = true;
  #takenAt = Number.NEGATIVE_INFINITY;

  constructor(console: Console) {
    this.#console = console;
  }

  changed(): void {
    this.#isStale = true;
  }

  at(row: number): ConsumerEntry | undefined {
    return this.#entries[row];
  }

  layers({ zoom, colours, time, judgedAt }: View): Layer[] {
    const since = time - this.#takenAt;
    if ((this.#isStale && since >= takeEvery) || since >= ageEvery) {
      this.#isStale = false;
      this.#takenAt = time;
      this.#take(judgedAt);
    }
    if (this.#entries.length === 0) return [];
    const few = Math.min(1, Math.sqrt(600 / Math.max(1, this.#entries.length)));
    const near = Math.min(1, Math.max(0, (zoom - 11) / 4.5));
    const body = (4.5 + 1.5 * few) * (1 - near) + 20 * near;
    let atlas = this.#atlases.get(colours);
    if (atlas === undefined) {
      atlas = drawConsumerMarks(colours);
      this.#atlases.set(colours, atlas);
    }
    const marks = this.#columns;
    const picture = atlas;
    const size = body / bodyPart;
    return this.#layers.of([marks, picture, size], () => [
      new MarksLayer({
        id: layerIds.marks,
        data: marks,
        atlas: picture,
        size,
        pickable: true,
      }),
    ]);
  }

  #take(now: number): void {
    const { world } = this.#console;
    const places: number[] = [];
    const looks: number[] = [];
    this.#entries = [];
    const add = (entry: ConsumerEntry, cell: number, opacity: number) => {
      const place = placeOf(entry);
      if (place === undefined) return;
      const { longitude, latitude } = place;
      this.#entries.push(entry);
      places.push(longitude, latitude, longitude - Math.fround(longitude), latitude - Math.fround(latitude));
      looks.push(cell, opacity, wholeSize, 0);
    };
    const orders = consumerOrders(world.orders.values(), now);
    for (const entry of world.consumers.values()) {
      if (entry.position !== null && !orders.has(entry.consumer.id)) add(entry, consumerCell('sharing', 'fresh'), 255);
    }
    // What is over lies below what is to be done, and what is late above all.
    const rank = { fresh: 1, soon: 2, late: 3 };
    const marked = [...orders.values()].flatMap(({ order }) => {
      const entry = world.consumers.get(order.consumerId);
      const state = consumerState(order, now);
      if (entry === undefined || state === undefined) return [];
      const isOver = state === 'delivered' || state === 'failed';
      const age = orderAge(order, now);
      return [{ entry, cell: consumerCell(state, age), isOver, rank: isOver ? 0 : rank[age] }];
    });
    marked.sort((a, b) => a.rank - b.rank);
    for (const { entry, cell, isOver } of marked) add(entry, cell, isOver ? overOpacity : 255);
    this.#columns = columnsOf(places, looks);
  }
}

function columnsOf(places: readonly number[], looks: readonly number[]): MarkColumns {
  return {
    length: places.length / standingStride,
    attributes: {
      instancePlaces: { value: Float32Array.from(places) },
      instanceLooks: { value: Uint8ClampedArray.from(looks) },
    },
  };
}
