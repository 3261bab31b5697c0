import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { pageSize } from './layout.ts';
import { examineWal } from './wal.ts';

/**
 * Finds the rows of a damaged SQLite file without SQLite: every page that looks like the leaf of a table is read, cell
 * by cell (sqlite.org/fileformat2.html#b_tree_pages). Which table a leaf belongs to is not asked; the rows of the log
 * prove themselves by their checksums.
 *
 *   leaf    = 0x0d, firstFree u16, cells u16, contentStart u16, fragmented u8, cells * offset u16
 *   cell    = payloadLength varint, rowid varint, payload [, overflowPage u32 ]
 *   payload = headerLength varint, *( serialType varint ), values
 *
 * Page images in the write-ahead log count before those in the file.
 */
type Value = null | number | string | Buffer;
export interface ScannedRow {
  rowid: number;
  values: Value[];
}

const leafOfTable = 0x0d;
/** Pages read at once while scanning. */
const stride = 256;

export function* scanRows(path: string): Generator<ScannedRow> {
  const pages = new Pages(path);
  try {
    for (let number = 1; number <= pages.count; number++) {
      const page = pages.scan(number);
      if (page !== undefined) yield* rowsOf(page, number, pages);
    }
  } finally {
    pages.close();
  }
}

class Pages {
  readonly count: number;
  readonly #file: number | undefined;
  readonly #wal: number | undefined;
  readonly #images: ReadonlyMap<number, number>;
  readonly #block = Buffer.alloc(stride * pageSize);
  #blockFirst = 0;
  #blockPages = 0;

  constructor(path: string) {
    this.#file = existsSync(path) ? openSync(path, 'r') : undefined;
    this.#images = examineWal(`${path}-wal`).images;
    this.#wal = this.#images.size > 0 ? openSync(`${path}-wal`, 'r') : undefined;
    const inFile = this.#file === undefined ? 0 : Math.ceil(fstatSync(this.#file).size / pageSize);
    this.count = this.#images.keys().reduce((most, page) => Math.max(most, page), inFile);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.#wal !== undefined) closeSync(this.#wal);
  }

  /** A page while going through all of them in order; good until the next call. */
  scan(number: number): Buffer | undefined {
    if (this.#images.has(number)) return this.page(number);
    if (number < this.#blockFirst || number >= this.#blockFirst + this.#blockPages) {
      if (this.#file === undefined) return undefined;
      this.#block.fill(0);
      const read = readSync(this.#file, this.#block, 0, this.#block.length, (number - 1) * pageSize);
      this.#blockFirst = number;
      this.#blockPages = Math.ceil(read / pageSize);
      if (this.#blockPages === 0) return undefined;
    }
    const at = (number - this.#blockFirst) * pageSize;
    return this.#block.subarray(at, at + pageSize);
  }

  page(number: number): Buffer | undefined {
    const image = this.#images.get(number);
    const file = image === undefined ? this.#file : this.#wal;
    if (file === undefined || number < 1 || number > this.count) return undefined;
    const page = Buffer.alloc(pageSize);
    return readSync(file, page, 0, pageSize, image ?? (number - 1) * pageSize) === pageSize ? page : undefined;
  }
}

function* rowsOf(page: Buffer, number: number, pages: Pages): Generator<ScannedRow> {
  const start = number === 1 ? 100 : 0; // the first page begins with the file's header
  if (page[start] !== leafOfTable) return;
  const cells = Math.min(page.readUInt16BE(start + 3), (pageSize - start - 8) >> 1);
  for (let cell = 0; cell < cells; cell++) {
    try {
      const row = rowAt(page, page.readUInt16BE(start + 8 + cell * 2), pages);
      if (row !== undefined) yield row;
    } catch (error) {
      // A length or offset that points nowhere: this cell is gone, the next may be whole.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

function rowAt(page: Buffer, offset: number, pages: Pages): ScannedRow | undefined {
  const length = varint(page, offset);
  const rowid = varint(page, length.next);
  const payload = payloadAt(page, rowid.next, length.value, pages);
  if (payload === undefined) return undefined;
  const header = varint(payload, 0);
  const values: Value[] = [];
  let at = header.value;
  for (let i = header.next; i < header.value; ) {
    const type = varint(payload, i);
    i = type.next;
    const value = storedValue(payload, at, type.value);
    values.push(value.value);
    at = value.next;
  }
  return { rowid: rowid.value, values };
}

/** The payload of a cell; a long one goes on in a chain of overflow pages. */
function payloadAt(page: Buffer, at: number, length: number, pages: Pages): Buffer | undefined {
  const most = pageSize - 35;
  if (length <= most) return at + length <= pageSize ? page.subarray(at, at + length) : undefined;
  if (length > pages.count * pageSize) return undefined;
  const least = Math.trunc(((pageSize - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (pageSize - 4));
  const local = fitting <= most ? fitting : least;
  const parts: Buffer[] = [Buffer.from(page.subarray(at, at + local))];
  let next = page.readUInt32BE(at + local);
  for (let missing = length - local; missing > 0; missing -= pageSize - 4) {
    const overflow = pages.page(next);
    if (overflow === undefined) return undefined;
    parts.push(overflow.subarray(4, 4 + Math.min(missing, pageSize - 4)));
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes.readUInt8(at + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return { value: value * 256 + bytes.readUInt8(at + 8), next: at + 9 };
}

const integerSizes = [0, 1, 2, 3, 4, 6, 8];

function storedValue(payload: Buffer, at: number, type: number): { value: Value; next: number } {
  if (type === 0) return { value: null, next: at };
  if (type === 7) return { value: payload.readDoubleBE(at), next: at + 8 };
  if (type === 8 || type === 9) return { value: type - 8, next: at };
  const size = integerSizes[type];
  if (size === 8) return { value: Number(payload.readBigInt64BE(at)), next: at + 8 };
  if (size !== undefined) return { value: payload.readIntBE(at, size), next: at + size };
  const length = (type - (type % 2 === 0 ? 12 : 13)) / 2;
  if (length < 0 || at + length > payload.length) throw new RangeError('a value reaches beyond its row');
  const bytes = payload.subarray(at, at + length);
  return { value: type % 2 === 0 ? Buffer.from(bytes) : bytes.toString(), next: at + length };
}
