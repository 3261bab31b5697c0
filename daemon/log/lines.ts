import type { Position } from '../../protocol/position.ts';
import type { LogRecord } from '../../protocol/record.ts';

/**
 * The lines of one topic in one commit (`row.ts` has the grammar), as UTF-8 in memory of its own, which goes to the
 * writer thread without a copy. Positions are written byte by byte, because there are so many: as strings that are
 * joined, flattened, cloned for the other thread and encoded there they take three times as long.
 */
export class Lines {
  records = 0;
  /** bytes written */
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;

  /** `room`: the bytes that are expected */
  constructor(room: number) {
    this.#bytes = memory(room);
  }

  /** Adds the line of a record. Throws, with nothing added, when it cannot be written as JSON. */
  add(record: LogRecord): void {
    const from = this.length;
    let to = -1;
    if (record.topic === 'positions' && record.id === undefined) {
      this.#ensure(from + mostPosition + record.agency.length + String(record.value.device).length);
      to = writePosition(this.#bytes, this.#separate(from), record.agency, record.value);
    }
    if (to < 0) {
      const text = lineOf(record);
      this.#ensure(from + 2 + 3 * text.length); // a UTF-16 unit takes 3 bytes at most
      const at = this.#separate(from);
      to = at + encoder.encodeInto(text, this.#bytes.subarray(at)).written;
    }
    this.length = to;
    this.records++;
  }

  /** Takes back what was added since there were so many. */
  shorten(records: number, length: number): void {
    this.records = records;
    this.length = length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #separate(from: number): number {
    if (this.records === 0) return from;
    this.#bytes[from] = 0x2c; // ,
    this.#bytes[from + 1] = 0x0a;
    return from + 2;
  }

  #ensure(room: number): void {
    if (room <= this.#bytes.length) return;
    const bytes = memory(2 * room);
    bytes.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bytes;
  }
}

const encoder = new TextEncoder();

/** Not from Node's pool, which cannot be handed over; and not zeroed, since only what is written is ever read. */
const memory = (room: number) => Buffer.allocUnsafeSlow(room) as Uint8Array<ArrayBuffer>;

/** The JSON of a record's value. */
export function jsonOf(record: LogRecord): string {
  const value = JSON.stringify(record.value);
  if (value === undefined) throw new TypeError(`a record of ${record.topic} has no value`);
  return value;
}

function lineOf(record: LogRecord): string {
  const id = record.id === undefined ? '' : `${JSON.stringify(record.id)},`;
  return `[${JSON.stringify(record.agency)},${id}${jsonOf(record)}]`;
}

/** What stands before each field's value; the comma of the first is left out. */
const names = {
  device: name('device'),
  fixTime: name('fixTime'),
  receivedAt: name('receivedAt'),
  latitude: name('latitude'),
  longitude: name('longitude'),
  speed: name('speed'),
  course: name('course'),
  altitude: name('altitude'),
  accuracy: name('accuracy'),
  battery: name('battery'),
  ignition: name('ignition'),
} satisfies Record<keyof Position, Uint8Array>;

function name(field: string): Uint8Array {
  return Buffer.from(`,${JSON.stringify(field)}:`);
}

/** Bytes of the longest line but for its two strings: 11 names and 10 values of at most 23 bytes, with room to spare. */
const mostPosition = 512;

/**
 * Writes `["agency",{…}]` exactly as JSON.stringify would and answers where it ends; −1 where it would take more than
 * ASCII strings, booleans and numbers of at most six decimals.
 */
function writePosition(bytes: Uint8Array, from: number, agency: string, position: Position): number {
  bytes[from] = 0x5b; // [
  let at = writeString(bytes, from + 1, agency);
  if (at < 0) return -1;
  bytes[at++] = 0x2c; // ,
  const object = at;
  // In the order of the fields themselves, whatever made them; the brace takes the place of the first comma.
  for (const field in position) {
    const before: Uint8Array | undefined = names[field as keyof Position];
    const value: unknown = position[field as keyof Position];
    if (before === undefined) return -1;
    for (let i = 0; i < before.length; i++) bytes[at++] = before[i] as number;
    if (typeof value === 'number') at = writeNumber(bytes, at, value);
    else if (typeof value === 'string' && field === 'device') at = writeString(bytes, at, value);
    else if (typeof value === 'boolean') at = writeBoolean(bytes, at, value);
    else return -1;
    if (at < 0) return -1;
  }
  if (at === object) return -1;
  bytes[object] = 0x7b; // {
  bytes[at] = 0x7d;
  bytes[at + 1] = 0x5d; // ]
  return at + 2;
}

function writeString(bytes: Uint8Array, from: number, text: string): number {
  bytes[from] = 0x22; // "
  let at = from + 1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // what JSON escapes, and what takes more than a byte
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return -1;
    bytes[at++] = unit;
  }
  bytes[at] = 0x22;
  return at + 1;
}

function writeBoolean(bytes: Uint8Array, at: number, value: boolean): number {
  const word = value ? 'true' : 'false';
  for (let i = 0; i < word.length; i++) bytes[at + i] = word.charCodeAt(i);
  return at + word.length;
}

/**
 * A decimal of up to 15 digits is the only one so short that means its double, so it is what JavaScript writes too;
 * from 0.000001 on without an exponent.
 */
function writeNumber(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let size = value;
  if (value < 0) {
    bytes[at++] = 0x2d; // -
    size = -value;
  }
  if (Number.isInteger(size)) return size < 1e15 ? writeDigits(bytes, at, size) : -1;
  const millionths = Math.round(size * 1e6);
  if (millionths >= 1e15 || millionths / 1e6 !== size) return -1;
  const whole = Math.floor(size);
  at = writeDigits(bytes, at, whole);
  bytes[at++] = 0x2e; // .
  let rest = (millionths - whole * 1e6) | 0;
  let digits = 6;
  while (rest % 10 === 0) {
    rest = (rest / 10) | 0;
    digits--;
  }
  for (let i = at + digits - 1; i >= at; i--) {
    bytes[i] = 0x30 + (rest % 10);
    rest = (rest / 10) | 0;
  }
  return at + digits;
}

/** Whole numbers below 1e15. */
function writeDigits(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  if (value >= 1e9) {
    // In two halves, for whole numbers of 32 bits are divided several times faster.
    const high = Math.floor(value / 1e9);
    at = writeDigits(bytes, at, high);
    let low = (value - high * 1e9) | 0;
    for (let i = at + 8; i >= at; i--) {
      bytes[i] = 0x30 + (low % 10);
      low = (low / 10) | 0;
    }
    return at + 9;
  }
  let rest = value | 0;
  let digits = 1;
  for (let limit = 10; limit <= rest; limit *= 10) digits++;
  for (let i = at + digits - 1; i >= at; i--) {
    bytes[i] = 0x30 + (rest % 10);
    rest = (rest / 10) | 0;
  }
  return at + digits;
}
