/** Kafka's wire format: numbers are big-endian; a varint is zigzag, 7 bits to a byte, low ones first. */

/** Reads from the front to the end. Throws a RangeError where there is not enough. */
export class Reader {
  at = 0;
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): void {
    this.at += count;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** Offsets and times: all that are in use fit a number. */
  int64(): number {
    this.at += 8;
    return Number(this.bytes.readBigInt64BE(this.at - 8));
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError(`${count} bytes are wanted and ${this.left} are left`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** Its length in two bytes before it. */
  string(): string {
    return this.take(Math.max(0, this.int16())).toString();
  }

  /** Its count in four bytes before it. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('a varint has no end');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a varint has more than five bytes');
  }

  varint(): number {
    const value = this.unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Passes a varint of up to ten bytes. */
  skipVarlong(): void {
    while ((this.bytes[this.at++] ?? 0) >= 0x80);
  }

  /** Its length as a varint before it; null where that is -1. */
  nullable(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }
}

/** Writes to memory that grows. */
export class Writer {
  #bytes: Buffer;
  #at = 0;

  /** `room`: the bytes that are expected */
  constructor(room = 256) {
    this.#bytes = Buffer.allocUnsafe(room);
  }

  int8(value: number): this {
    this.#ensure(1);
    this.#at = this.#bytes.writeInt8(value, this.#at);
    return this;
  }

  int16(value: number): this {
    this.#ensure(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#ensure(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
    return this;
  }

  int64(value: number): this {
    this.#ensure(8);
    this.#at = this.#bytes.writeBigInt64BE(BigInt(value), this.#at);
    return this;
  }

  varint(value: number): this {
    this.#ensure(5);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
    return this;
  }

  raw(bytes: Buffer): this {
    this.#ensure(bytes.length);
    this.#at += bytes.copy(this.#bytes, this.#at);
    return this;
  }

  /** `length`: its bytes as UTF-8 */
  text(value: string, length: number): this {
    this.#ensure(length);
    this.#at += this.#bytes.write(value, this.#at);
    return this;
  }

  /** Its length in two bytes before it. */
  string(value: string): this {
    const length = Buffer.byteLength(value);
    return this.int16(length).text(value, length);
  }

  list<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** What was written; nothing may be written any more. */
  done(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #ensure(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(2 * (this.#at + more));
    this.#bytes.copy(bytes, 0, 0, this.#at);
    this.#bytes = bytes;
  }
}

/** Bytes a varint takes. */
export function sizeOfVarint(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : zigzag < 0x4000 ? 2 : zigzag < 0x20_0000 ? 3 : zigzag < 0x1000_0000 ? 4 : 5;
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli), which Kafka's batches carry; zlib has only the other one. */
export function crc32c(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++)
    crc = (castagnoli[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc;
}
