import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { pageSize } from './layout.ts';

/**
 * Reads SQLite's write-ahead log without SQLite, because SQLite stops at the first frame whose checksum is wrong and
 * says nothing of commits that lie behind it (sqlite.org/fileformat2.html#walformat).
 *
 *   wal    = header *frame
 *   header = magic u32, version u32, pageSize u32, sequence u32, salt 2*u32, checksum 2*u32     big-endian
 *   frame  = page u32, pagesAfterCommit u32 (0: no commit), salt 2*u32, checksum 2*u32, page image
 *
 * The checksum runs on from frame to frame; its words are little-endian unless the last bit of `magic` is set. Frames
 * whose salt is not the header's are left over from before the last checkpoint and mean nothing.
 */
export interface Wal {
  /** where the newest image of a page begins in the file, by page number */
  images: ReadonlyMap<number, number>;
  /**
   * A commit ends behind a frame with a wrong checksum: SQLite would drop it. A wrong last frame alone is none: a
   * process killed between the two writes of a frame leaves one, of a commit nobody was told of.
   */
  lostCommit: boolean;
}

const headerSize = 32;
const frameHeaderSize = 24;
const frameSize = frameHeaderSize + pageSize;

export function examineWal(path: string): Wal {
  const images = new Map<number, number>();
  if (!existsSync(path)) return { images, lostCommit: false };
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const header = Buffer.alloc(headerSize);
    if (size < headerSize + frameSize || readSync(file, header, 0, headerSize, 0) < headerSize) {
      return { images, lostCommit: false };
    }
    const sum = new Checksum((header.readUInt32BE(0) & 1) === 1);
    sum.add(header, 0, 24);
    let intact = sum.is(header, 24) && header.readUInt32BE(8) === pageSize;
    let salt = header.subarray(16, 24);
    let commitBehind = false;
    // Frames at and behind the first wrong checksum; a wrong header stands for one.
    let behind = intact ? 0 : 1;
    const frame = Buffer.alloc(frameSize);
    for (let offset = headerSize; offset + frameSize <= size; offset += frameSize) {
      readSync(file, frame, 0, frameSize, offset);
      // With a damaged header the first frame says which salt is the present one.
      if (!intact && offset === headerSize) salt = Buffer.from(frame.subarray(8, 16));
      sum.add(frame, 0, 8);
      sum.add(frame, frameHeaderSize, frameSize);
      const present = frame.compare(salt, 0, 8, 8, 16) === 0;
      if (!present || !sum.is(frame, 16)) intact = false;
      if (!present) continue;
      images.set(frame.readUInt32BE(0), offset + frameHeaderSize);
      if (intact) continue;
      behind++;
      if (frame.readUInt32BE(4) !== 0) commitBehind = true;
    }
    return { images, lostCommit: commitBehind && behind > 1 };
  } finally {
    closeSync(file);
  }
}

class Checksum {
  readonly #bigEndian: boolean;
  #one = 0;
  #two = 0;

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  add(bytes: Buffer, from: number, to: number): void {
    let one = this.#one;
    let two = this.#two;
    for (let i = from; i < to; i += 8) {
      one = (one + this.#word(bytes, i) + two) | 0;
      two = (two + this.#word(bytes, i + 4) + one) | 0;
    }
    this.#one = one;
    this.#two = two;
  }

  #word(bytes: Buffer, at: number): number {
    return this.#bigEndian ? bytes.readInt32BE(at) : bytes.readInt32LE(at);
  }

  is(bytes: Buffer, at: number): boolean {
    return bytes.readInt32BE(at) === this.#one && bytes.readInt32BE(at + 4) === this.#two;
  }
}
