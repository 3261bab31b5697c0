import type { Colours } from './surface.ts';

/** Part of a world of side 1: the square of Web Mercator, y southward. */
export interface WorldBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How dense points lie, cell by cell from the left upper corner; 1 is as dense as it gets nearly anywhere. */
export interface Density {
  box: WorldBox;
  width: number;
  height: number;
  cells: Float32Array;
}

/** Cells at most along one side: a picture of that many is made in some milliseconds. */
const mostCells = 400;
/** Three boxes of this radius one after the other are nearly a bell, cells. */
const blurRadius = 2;
/** Of the cells that are not empty, this part is at most as dense as 1: a few very dense ones shall not pale the rest. */
const asDense = 0.97;

/**
 * Counts points on a grid and smooths it. `x` and `y` are theirs in the world of side 1, `cell` is the side of a cell in
 * the same measure; where that would make too many cells they are larger.
 */
export function densityOf(x: Float64Array, y: Float64Array, box: WorldBox, cell: number): Density {
  const wide = box.right - box.left;
  const high = box.bottom - box.top;
  const side = Math.max(cell, wide / mostCells, high / mostCells);
  // Room at the rim, so that the smoothing does not end in a line.
  const rim = 3 * blurRadius + 1;
  const width = Math.max(1, Math.ceil(wide / side)) + 2 * rim;
  const height = Math.max(1, Math.ceil(high / side)) + 2 * rim;
  const left = box.left - rim * side;
  const top = box.top - rim * side;
  let cells: Float32Array = new Float32Array(width * height);
  for (let i = 0; i < x.length; i++) {
    const column = Math.floor(((x[i] ?? 0) - left) / side);
    const line = Math.floor(((y[i] ?? 0) - top) / side);
    if (column < 0 || line < 0 || column >= width || line >= height) continue;
    const at = line * width + column;
    cells[at] = (cells[at] ?? 0) + 1;
  }
  for (let i = 0; i < 3; i++) cells = blurred(blurred(cells, width, height, 1), height, width, width);
  const full = cells.filter((count) => count > 0).sort();
  const densest = full[Math.floor((full.length - 1) * asDense)] ?? 1;
  for (let i = 0; i < cells.length; i++) cells[i] = Math.min(1, (cells[i] ?? 0) / densest);
  return { box: { left, top, right: left + width * side, bottom: top + height * side }, width, height, cells };
}

/** The mean over a few neighbours along lines (`step` 1) or columns (`step` the width), as a running sum. */
function blurred(cells: Float32Array, along: number, lines: number, step: number): Float32Array {
  const out = new Float32Array(cells.length);
  const stride = step === 1 ? along : 1;
  const size = 2 * blurRadius + 1;
  for (let line = 0; line < lines; line++) {
    const start = line * stride;
    let sum = 0;
    for (let i = -blurRadius; i < along; i++) {
      const entering = i + blurRadius;
      const leaving = i - blurRadius - 1;
      if (entering < along) sum += cells[start + entering * step] ?? 0;
      if (leaving >= 0) sum -= cells[start + leaving * step] ?? 0;
      if (i >= 0) out[start + i * step] = Math.max(0, sum) / size;
    }
  }
  return out;
}

/** From few to many: the lightness changes all along, so that it reads without colours too. */
const ramps: Record<Colours, readonly [red: number, green: number, blue: number, opacity: number][]> = {
  light: [
    [196, 164, 120, 0],
    [190, 150, 100, 55],
    [180, 116, 72, 95],
    [150, 76, 46, 125],
  ],
  dark: [
    [120, 92, 70, 0],
    [150, 110, 80, 50],
    [200, 140, 92, 80],
    [240, 192, 134, 110],
  ],
};

/** The density in colours, four bytes a cell. */
export function paintDensity({ cells }: Pick<Density, 'cells'>, colours: Colours): Uint8ClampedArray<ArrayBuffer> {
  const ramp = ramps[colours];
  const pixels = new Uint8ClampedArray(cells.length * 4);
  for (let i = 0; i < cells.length; i++) {
    // The root lifts what is sparse: a village is to be seen beside a town.
    const at = Math.sqrt(cells[i] ?? 0) * (ramp.length - 1);
    const low = Math.min(ramp.length - 2, Math.floor(at));
    for (let part = 0; part < 4; part++) {
      const from = ramp[low]?.[part] ?? 0;
      const to = ramp[low + 1]?.[part] ?? 0;
      pixels[i * 4 + part] = from + (to - from) * (at - low);
    }
  }
  return pixels;
}
