/**
 * A series of integers, packed: what a trail chunk keeps of one column.
 *
 *   series     := head:u8 first:zigzag exceptions:varint exception* packed
 *   head       := order << 5 | width          order 0-2, width 0-24
 *   exception  := gap:varint residual:varint  gap: entries since the last exception; the residual in zigzag form
 *   packed     := width bits for each residual but the exceptions' (0 there), lowest bit first, padded to a byte
 *
 *   order 0    residual = value − first                  (what jitters about one value: the delay of a network)
 *   order 1    residual = value − the value before       (what drifts: speed, altitude)
 *   order 2    residual = difference − the one before    (what moves steadily: time, latitude, longitude)
 *
 *   varint     7 bits a byte, lowest first, the high bit says that more follow
 *   zigzag     0, −1, 1, −2, … as 0, 1, 2, 3, …
 *
 * The encoder takes the order and the width that come out smallest. Bits instead of whole bytes because GPS noise has a
 * size of 2 to 9 bits a column: with whole bytes the same tracks are a third longer. A column that does not change
 * takes 3 bytes, one that changes twice 7.
 */
export interface Bytes {
  bytes: Uint8Array;
  at: number;
}

const widest = 24;
/** Values and residuals stay exact in a double up to here. */
const limit = 2 ** 51;

/** Bytes a varint takes, by the number of significant bits. */
const varintBytes = (bits: number) => Math.max(1, Math.ceil(bits / 7));
const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);

function unzigzag(value: number): number {
  if (value < 2 ** 31) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function significantBits(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

export function writeVarint(out: Bytes, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.bytes[out.at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  out.bytes[out.at++] = rest;
}

/** Throws RangeError at the end of the bytes or past 2^53. */
export function readVarint(from: Bytes): number {
  const first = from.bytes[from.at] ?? 0xff;
  if (first < 0x80) {
    from.at++;
    return first;
  }
  let value = 0;
  for (let scale = 1; scale < 2 ** 56; scale *= 0x80) {
    const byte = from.bytes[from.at++];
    if (byte === undefined) throw new RangeError('the chunk ends within a number');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
  }
  throw new RangeError('a number in the chunk is too large');
}

/** Of the chunk in work; the encoder runs to its end once begun. */
let scratch = new Float64Array(64);
let chosen = new Float64Array(64);
const ofBits = new Uint16Array(56);

/** Puts the residuals of `values` after the first, in zigzag form, into `scratch`. */
function residuals(values: readonly number[], order: number): void {
  const first = values[0] ?? 0;
  let last = first;
  let difference = 0;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? 0;
    scratch[i - 1] = zigzag(order === 0 ? value - first : order === 1 ? value - last : value - last - difference);
    difference = value - last;
    last = value;
  }
}

/** The width at which the first `count` of `scratch` take the fewest bytes, and how many that is. */
function bestWidth(count: number): { width: number; bytes: number } {
  ofBits.fill(0);
  let most = 0;
  for (let i = 0; i < count; i++) {
    const bits = significantBits(scratch[i] ?? 0);
    ofBits[bits] = (ofBits[bits] ?? 0) + 1;
    if (bits > most) most = bits;
  }
  let best = { width: 0, bytes: Number.POSITIVE_INFINITY };
  let exceptions = 0;
  for (let width = most; width >= 0; width--) {
    const bytes = Math.ceil((count * width) / 8) + exceptions;
    if (width <= widest && bytes <= best.bytes) best = { width, bytes };
    exceptions += (ofBits[width] ?? 0) * (1 + varintBytes(width));
  }
  return best;
}

/**
 * Appends the series, in that of the `orders` which comes out smallest; `out` must have room. Values are integers of
 * at most 2^49 in size.
 */
export function writeSeries(out: Bytes, values: readonly number[], orders: readonly number[]): void {
  const count = values.length - 1;
  if (scratch.length < count) {
    scratch = new Float64Array(count);
    chosen = new Float64Array(count);
  }
  let best = { width: 0, bytes: Number.POSITIVE_INFINITY };
  let order = 0;
  for (const candidate of orders) {
    residuals(values, candidate);
    const found = bestWidth(count);
    if (found.bytes < best.bytes) {
      best = found;
      order = candidate;
      const kept = chosen;
      chosen = scratch;
      scratch = kept;
    }
  }
  const { width } = best;
  const room = 2 ** width;
  out.bytes[out.at++] = (order << 5) | width;
  writeVarint(out, zigzag(values[0] ?? 0));
  let exceptions = 0;
  for (let i = 0; i < count; i++) if ((chosen[i] ?? 0) >= room) exceptions++;
  writeVarint(out, exceptions);
  let gap = 0;
  for (let i = 0; exceptions > 0; i++) {
    const value = chosen[i] ?? 0;
    gap++;
    if (value >= room) {
      writeVarint(out, gap - 1);
      writeVarint(out, value);
      gap = 0;
      exceptions--;
    }
  }
  if (width === 0) return;
  const { bytes } = out;
  let { at } = out;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < count; i++) {
    const value = chosen[i] ?? 0;
    if (value < room) held |= value << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at++] = held;
  out.at = at;
}

/** Bytes to read from, with a view that may look a few bytes past their end. */
export interface Readable extends Bytes {
  view: DataView;
}

/** What `readable` copies into, kept from one chunk to the next. */
let copy = new Uint8Array(1024);
let copyView = new DataView(copy.buffer);

/** Makes bytes readable; until the next call. */
export function readable(bytes: Uint8Array): Readable {
  if (copy.length < bytes.length + 4) {
    copy = new Uint8Array(2 * bytes.length + 4);
    copyView = new DataView(copy.buffer);
  }
  copy.set(bytes);
  return { bytes, at: 0, view: copyView };
}

/** The exceptions of the series in work. */
const exceptedAt: number[] = [];
const excepted: number[] = [];

/**
 * Reads a series of `count` integers into `values`, from `at` on. `small`: the values and their differences are known
 * to lie within 32 bits, which is twice as fast. Throws RangeError when the bytes are not a series.
 */
export function readSeries(from: Readable, count: number, values: Float64Array, at: number, small: boolean): void {
  const head = from.bytes[from.at++] ?? 0xff;
  const order = head >> 5;
  const width = head & 0x1f;
  if (order > 2 || width > widest) throw new RangeError('a series in the chunk has an unknown form');
  const first = unzigzag(readVarint(from));
  const exceptions = readVarint(from);
  if (exceptions >= count || first > limit || first < -limit) {
    throw new RangeError('a series in the chunk contradicts itself');
  }
  if (exceptions === 0 && width === 0) {
    values.fill(first, at, at + count);
    return;
  }
  let index = 0;
  for (let i = 0; i < exceptions; i++) {
    index += readVarint(from) + 1;
    const residual = unzigzag(readVarint(from));
    if (index >= count || residual > limit || residual < -limit) {
      throw new RangeError('an exception in the chunk lies outside its series');
    }
    exceptedAt[i] = index;
    excepted[i] = residual;
  }
  // From bit `bit` of `view` on: four bytes hold any residual, wherever in its byte it begins.
  const { view } = from;
  const mask = 2 ** width - 1;
  let bit = from.at * 8;
  from.at += Math.ceil(((count - 1) * width) / 8);
  if (from.at > from.bytes.length) throw new RangeError('the chunk ends within a series');

  // From one exception to the next, so that the inner loops are only additions.
  let last = first;
  let difference = 0;
  values[at] = first;
  for (let next = 0, i = 1; i < count; next++) {
    const end = next < exceptions ? (exceptedAt[next] ?? count) : count;
    if (width === 0) {
      // Between its exceptions such a column stands still, or goes on as it went.
      if (order === 0) last = first;
      for (; i < end; i++) {
        if (order === 2) last += difference;
        values[at + i] = last;
      }
    } else if (order === 0) {
      for (; i < end; i++, bit += width) {
        const packed = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & mask;
        values[at + i] = first + ((packed >>> 1) ^ -(packed & 1));
      }
    } else if (small && order === 1) {
      // Modulo 2^32 each sum is right when its result fits.
      let value = last | 0;
      for (; i < end; i++, bit += width) {
        const packed = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & mask;
        value = (value + ((packed >>> 1) ^ -(packed & 1))) | 0;
        values[at + i] = value;
      }
      last = value;
    } else if (small) {
      let value = last | 0;
      let step = difference | 0;
      for (; i < end; i++, bit += width) {
        const packed = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & mask;
        step = (step + ((packed >>> 1) ^ -(packed & 1))) | 0;
        value = (value + step) | 0;
        values[at + i] = value;
      }
      last = value;
      difference = step;
    } else {
      for (; i < end; i++, bit += width) {
        const packed = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & mask;
        const residual = (packed >>> 1) ^ -(packed & 1);
        difference = order === 1 ? residual : difference + residual;
        last += difference;
        values[at + i] = last;
      }
    }
    if (end < count) {
      const residual = excepted[next] ?? 0;
      const value = order === 0 ? first + residual : order === 1 ? last + residual : last + difference + residual;
      if (value > limit || value < -limit) throw new RangeError('a value in the chunk is out of range');
      difference = value - last;
      last = value;
      values[at + i++] = value;
      bit += width;
    }
  }
}
