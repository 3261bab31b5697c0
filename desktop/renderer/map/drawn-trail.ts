import type { Layer } from '@deck.gl/core';
import { bandOf, type DrawnPoint, type LonLat, type TrailShapes, trailShapes } from '../trail/trail-shapes.ts';
import { tipLayers, trailLayers, trailPointLayer } from './layers.ts';
import type { View } from './view.ts';

/** More points than this do not all answer to the mouse: every n-th does. */
const mostPoints = 20_000;

/**
 * The selected van's trail. The history is turned into lines once, the live end at every fix, and the tip, which
 * reaches to the gliding marker, at every frame.
 */
export class DrawnTrail {
  #history: { of: readonly DrawnPoint[]; shapes: TrailShapes; asked: DrawnPoint[]; columns: PointColumns } | undefined;
  #live: { of: readonly DrawnPoint[]; shapes: TrailShapes } | undefined;

  at(row: number): DrawnPoint | undefined {
    return this.#history?.asked[row];
  }

  layers({ state, colours }: View, marker: LonLat | undefined): Layer[] {
    const { trail } = state;
    if (trail.state !== 'ready') {
      this.#history = undefined;
      this.#live = undefined;
      return [];
    }
    const { history, live } = trail;
    if (this.#history?.of !== history) {
      const shapes = trailShapes(history);
      const step = Math.ceil(shapes.points.length / mostPoints);
      const asked = shapes.points.filter((_, i) => i % step === 0);
      this.#history = { of: history, shapes, asked, columns: pointColumns(asked) };
      this.#live = undefined;
    }
    const { shapes, columns } = this.#history;
    const last = live[live.length - 1];
    if (this.#live?.of !== live) {
      // All but the newest: the marker is still on its way there.
      const joint = shapes.points[shapes.points.length - 1];
      const settled = live.slice(0, -1);
      this.#live = { of: live, shapes: trailShapes(joint === undefined ? settled : [joint, ...settled]) };
    }
    const layers = [
      ...trailLayers({ id: 'trail', shapes, colours }),
      ...trailLayers({ id: 'trail-live', shapes: this.#live.shapes, colours }),
    ];
    const before = this.#live.shapes.points[this.#live.shapes.points.length - 1];
    if (last !== undefined && before !== undefined && marker !== undefined) {
      layers.push(...tipLayers([before.longitude, before.latitude], marker, bandOf(last.speed ?? 0), colours));
    }
    layers.push(trailPointLayer(columns));
    return layers;
  }
}

type PointColumns = Parameters<typeof trailPointLayer>[0];

function pointColumns(points: readonly DrawnPoint[]): PointColumns {
  const value = new Float64Array(points.length * 2);
  points.forEach((point, row) => {
    value[row * 2] = point.longitude;
    value[row * 2 + 1] = point.latitude;
  });
  return { length: points.length, attributes: { getPosition: { value, size: 2 } } };
}
