import type { Layer } from '@deck.gl/core';
import { BitmapLayer } from '@deck.gl/layers';
import type { ConsumerColumns } from './consumer-columns.ts';
import { type Density, densityOf, paintDensity } from './density.ts';
import { KeptLayers } from './kept-layers.ts';
import { latitudeAt, longitudeAt, mercatorX, mercatorY, worldSize } from './mercator.ts';
import type { Colours } from './surface.ts';
import type { View } from './view.ts';

/** Side of a cell on the screen, px. */
const cell = 4;
/** Consumers nearer to one another than this, on the average, are drawn as density alone; from the second on as dots. */
const crowded = 3.5;
const roomy = 6;
/** What consumers do changes the picture at most this often, ms. */
const countEvery = 5000;

/** The consumers as a soft shade where they would cover one another. */
export class DrawnDensity {
  #made: { version: number; zoom: number; at: number; density: Density } | undefined;
  readonly #layers = new KeptLayers();
  #picture: { of: Density; colours: Colours; image: ImageData } | undefined;

  /** How much of the consumers is told by dots at this zoom, 0 to 1; the rest is told by density. */
  dots({ extent, length }: ConsumerColumns, zoom: number): number {
    if (extent === undefined || length < 2) return 1;
    const wide = mercatorX(extent.east) - mercatorX(extent.west);
    const high = mercatorY(extent.south) - mercatorY(extent.north);
    const spacing = Math.sqrt((wide * high) / length) * worldSize(zoom);
    return Math.min(1, Math.max(0, (spacing - crowded) / (roomy - crowded)));
  }

  layers(columns: ConsumerColumns, { zoom, time, colours }: View, part: number): Layer[] {
    const { extent } = columns;
    if (part <= 0.01 || extent === undefined) return [];
    const density = this.#density(columns, extent, zoom, time);
    if (this.#picture?.of !== density || this.#picture.colours !== colours) {
      const image = new ImageData(paintDensity(density, colours), density.width, density.height);
      this.#picture = { of: density, colours, image };
    }
    const { left, top, right, bottom } = density.box;
    const { image } = this.#picture;
    return this.#layers.of([image, part], () => [
      new BitmapLayer({
        id: 'consumer-density',
        image,
        bounds: [longitudeAt(left), latitudeAt(bottom), longitudeAt(right), latitudeAt(top)],
        opacity: part,
        textureParameters: { minFilter: 'linear', magFilter: 'linear' },
      }),
    ]);
  }

  #density(columns: ConsumerColumns, extent: NonNullable<ConsumerColumns['extent']>, zoom: number, time: number) {
    // Half steps: between them the picture is only stretched.
    const step = Math.round(zoom * 2) / 2;
    const made = this.#made;
    const isOld = made !== undefined && made.version !== columns.version && time - made.at > countEvery;
    if (made === undefined || made.zoom !== step || isOld) {
      const { x, y } = columns.inWorld();
      const box = {
        left: mercatorX(extent.west),
        right: mercatorX(extent.east),
        top: mercatorY(extent.north),
        bottom: mercatorY(extent.south),
      };
      const density = densityOf(x, y, box, cell / worldSize(step));
      this.#made = { version: columns.version, zoom: step, at: time, density };
      return density;
    }
    return made.density;
  }
}
