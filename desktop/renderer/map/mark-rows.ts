import { type Glides, glideStride } from '../world/glide.ts';
import { lookStride, type MarkColumns } from './marks-layer.ts';

/** How one mark is drawn; marks-layer.ts says what the numbers mean. */
interface MarkLook {
  cell: number;
  opacity: number;
  size: number;
  right: number;
  down: number;
}

/** So few rows are never put together anew; and there are so many more whenever they are not enough. */
const fewRows = 64;

/** Rows that were written over; `looks`: not their places alone. */
export interface ChangedRows {
  from: number;
  to: number;
  looks: boolean;
}

/**
 * The marks that glide, a row each: of 10,000 vans the graphics card is given those in and around the view that no
 * cluster stands for. A mark keeps its row as long as it is drawn, so that what was pressed is still what is asked for
 * when the button comes up. A new fix is written over the old one, and just the rows that changed go to the card. Rows that
 * are free show nothing, so that a few more or fewer marks make no other layer.
 */
export class MarkRows {
  /** anew when there are more rows; what changed in them is written over the old */
  columns: MarkColumns;
  /** how often the marks were said anew */
  painted = 0;
  /** slot of each row, −1: free */
  #slots: number[] = [];
  /** row of each slot, −1: none */
  #rowOf = new Int32Array(0);
  /** rows that the painting under way has set */
  #isSet = new Uint8Array(0);
  #free: number[] = [];
  #places = new Float32Array(0);
  #looks = new Uint8ClampedArray(0);
  #offsets = new Float32Array(0);
  #glides: Glides | undefined;
  #epoch = 0;
  #restsAt = 0;
  #changed: ChangedRows = { from: 0, to: 0, looks: false };

  readonly #isInView: (slot: number) => boolean;

  /** `isInView`: whether the mark of a slot may be seen now. */
  constructor(isInView: (slot: number) => boolean) {
    this.#isInView = isInView;
    this.#reserve(0);
    this.columns = this.#toColumns();
  }

  /** The slots that are drawn. */
  get slots(): number[] {
    return this.#slots.filter((slot) => slot >= 0);
  }

  slotAt(row: number): number | undefined {
    const slot = this.#slots[row];
    return slot === undefined || slot < 0 ? undefined : slot;
  }

  /** Whether any mark that is in view is on its way at this time. */
  isMoving(time: number): boolean {
    return time < this.#restsAt;
  }

  has(slot: number): boolean {
    return (this.#rowOf[slot] ?? -1) >= 0;
  }

  /** A mark that is drawn has a new fix; answers whether that is to be seen. */
  moved(slot: number): boolean {
    const row = this.#rowOf[slot] ?? -1;
    if (row < 0 || this.#glides === undefined) return false;
    if (this.#glides.epoch !== this.#epoch) this.#tellAll(this.#glides);
    this.#glides.tell(slot, this.#places, row);
    const isInView = this.#isInView(slot);
    if (isInView) this.#restsAt = Math.max(this.#restsAt, this.#glides.restsAt(slot));
    const { from, to, looks } = this.#changed;
    this.#changed = { from: to === 0 ? row : Math.min(from, row), to: Math.max(to, row + 1), looks };
    return isInView;
  }

  /** The view is another one: other marks are seen to move. */
  viewChanged(): void {
    this.#restsAt = 0;
    for (const slot of this.#slots) {
      if (slot < 0 || this.#glides === undefined || !this.#isInView(slot)) continue;
      this.#restsAt = Math.max(this.#restsAt, this.#glides.restsAt(slot));
    }
  }

  /** The rows that were written since this was asked last; undefined: none. */
  takeChanged(): ChangedRows | undefined {
    const changed = this.#changed;
    if (changed.to === 0) return undefined;
    this.#changed = { from: 0, to: 0, looks: false };
    return changed;
  }

  /** Begins to say anew which marks are drawn, of so many slots. */
  begin(slots: number, glides: Glides): void {
    this.#glides = glides;
    if (this.#rowOf.length < slots) {
      const rowOf = new Int32Array(slots * 2).fill(-1);
      rowOf.set(this.#rowOf);
      this.#rowOf = rowOf;
    }
    // Far away most marks give way to clusters: the rows that are left are put together.
    const drawn = this.#slots.length - this.#free.length;
    if (this.#slots.length > fewRows && drawn < this.#slots.length / 2) this.#forget();
    this.#isSet.fill(0);
  }

  set(slot: number, look: MarkLook): void {
    let row = this.#rowOf[slot] ?? -1;
    if (row < 0) {
      row = this.#free.pop() ?? this.#slots.length;
      this.#reserve(row);
      this.#slots[row] = slot;
      this.#rowOf[slot] = row;
    }
    this.#isSet[row] = 1;
    const at = row * lookStride;
    this.#looks[at] = look.cell % 256;
    this.#looks[at + 3] = Math.floor(look.cell / 256);
    this.#looks[at + 1] = look.opacity;
    this.#looks[at + 2] = look.size;
    this.#offsets[row * 2] = look.right;
    this.#offsets[row * 2 + 1] = look.down;
  }

  /** All are said; who was not is no longer drawn. */
  end(): void {
    for (const [row, slot] of this.#slots.entries()) {
      if (slot < 0 || this.#isSet[row] === 1) continue;
      this.#rowOf[slot] = -1;
      this.#slots[row] = -1;
      this.#free.push(row);
      this.#looks.fill(0, row * lookStride, (row + 1) * lookStride);
    }
    this.painted++;
    if (this.#glides !== undefined) this.#tellAll(this.#glides);
  }

  #tellAll(glides: Glides): void {
    this.#epoch = glides.epoch;
    for (const [row, slot] of this.#slots.entries()) if (slot >= 0) glides.tell(slot, this.#places, row);
    this.viewChanged();
    const length = this.#wholeLength();
    if (this.columns.length !== length) this.columns = this.#toColumns();
    this.#changed = { from: 0, to: length, looks: true };
  }

  #wholeLength(): number {
    return Math.max(1, Math.ceil(this.#slots.length / fewRows)) * fewRows;
  }

  #toColumns(): MarkColumns {
    const length = this.#wholeLength();
    return {
      length,
      attributes: {
        instancePlaces: { value: this.#places.subarray(0, length * glideStride) },
        instanceLooks: { value: this.#looks.subarray(0, length * lookStride) },
        instanceOffsets: { value: this.#offsets.subarray(0, length * 2) },
      },
    };
  }

  #forget(): void {
    for (const slot of this.#slots) if (slot >= 0) this.#rowOf[slot] = -1;
    this.#slots = [];
    this.#free = [];
    this.#looks.fill(0);
  }

  #reserve(row: number): void {
    if (row < this.#isSet.length) return;
    const size = Math.max(fewRows, 2 ** Math.ceil(Math.log2(row + 1)));
    this.#isSet = copied(new Uint8Array(size), this.#isSet);
    this.#places = copied(new Float32Array(size * glideStride), this.#places);
    this.#looks = copied(new Uint8ClampedArray(size * lookStride), this.#looks);
    this.#offsets = copied(new Float32Array(size * 2), this.#offsets);
  }
}

function copied<T extends { set(from: T): void }>(larger: T, from: T): T {
  larger.set(from);
  return larger;
}
