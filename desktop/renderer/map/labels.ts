/** A label that would like to be drawn beside its marker, px on the screen. */
export interface LabelWish {
  /** place in the caller's list */
  row: number;
  /** middle of the marker */
  x: number;
  y: number;
  /** rough width of the text, px */
  width: number;
  /** drawn whatever it covers */
  always: boolean;
}

export interface ChosenLabel {
  row: number;
  /** from the middle of the marker to the middle of the label, px; below is positive */
  offset: number;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface LabelRoom {
  /** from the middle of the marker, in the order of preference, px */
  offsets: readonly number[];
  /** half of what a marker covers; it may be covered a little at its rim, px */
  markerHalf: number;
}

const labelHeight = 20;
const vanRoom: LabelRoom = { offsets: [33, -33], markerHalf: 13 };
/** Boxes are looked up by cells of this size, px. */
const cell = 64;

/**
 * Chooses labels that cover neither one another nor another marker: below its marker, else above, else none. Those
 * that must always be drawn come first.
 */
export function freeLabels(
  wishes: readonly LabelWish[],
  markers: readonly { x: number; y: number }[],
  view: { width: number; height: number },
  { offsets, markerHalf }: LabelRoom = vanRoom,
): ChosenLabel[] {
  const taken = new Cells();
  for (const { x, y } of markers) taken.add({ x, y, width: 2 * markerHalf, height: 2 * markerHalf });
  const chosen: ChosenLabel[] = [];
  for (const wish of [...wishes].sort((a, b) => Number(b.always) - Number(a.always))) {
    if (wish.x < 0 || wish.y < 0 || wish.x > view.width || wish.y > view.height) continue;
    const boxes = offsets.map((offset) => ({
      offset,
      box: { x: wish.x, y: wish.y + offset, width: wish.width + 4, height: labelHeight },
    }));
    const free = boxes.find(({ box }) => !taken.covers(box)) ?? (wish.always ? boxes[0] : undefined);
    if (free === undefined) continue;
    taken.add(free.box);
    chosen.push({ row: wish.row, offset: free.offset });
  }
  return chosen;
}

class Cells {
  readonly #boxes = new Map<string, Box[]>();

  add(box: Box): void {
    for (const key of keys(box)) {
      const list = this.#boxes.get(key);
      if (list === undefined) this.#boxes.set(key, [box]);
      else list.push(box);
    }
  }

  covers(box: Box): boolean {
    return keys(box).some((key) =>
      this.#boxes
        .get(key)
        ?.some(
          (other) =>
            Math.abs(other.x - box.x) * 2 < other.width + box.width &&
            Math.abs(other.y - box.y) * 2 < other.height + box.height,
        ),
    );
  }
}

function keys({ x, y, width, height }: Box): string[] {
  const list: string[] = [];
  for (let column = Math.floor((x - width / 2) / cell); column <= Math.floor((x + width / 2) / cell); column++) {
    for (let line = Math.floor((y - height / 2) / cell); line <= Math.floor((y + height / 2) / cell); line++) {
      list.push(`${column} ${line}`);
    }
  }
  return list;
}
