/**
 * Trail chunks (trail-chunk.ts) one after the other, as `format=chunks` sends them: each after its length.
 *
 *   body := (bytes:u32 little-endian  chunk)*
 */

/** Bytes of a chunk at most; more is no trail. */
const mostChunk = 1 << 20;

/** A chunk as it stands in the body. */
export function framedChunk(chunk: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + chunk.length);
  new DataView(bytes.buffer).setUint32(0, chunk.length, true);
  bytes.set(chunk, 4);
  return bytes;
}

/** Cuts a body into its chunks while it arrives. Throws RangeError where it is none. */
export class ChunkSplitter {
  #rest = new Uint8Array(0);

  /** The chunks that are whole with these bytes. */
  push(bytes: Uint8Array): Uint8Array[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const view = new DataView(all.buffer);
    const chunks: Uint8Array[] = [];
    let at = 0;
    while (at + 4 <= all.length) {
      const length = view.getUint32(at, true);
      if (length >= mostChunk) throw new RangeError(`a chunk cannot have ${length} bytes`);
      if (at + 4 + length > all.length) break;
      chunks.push(all.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = all.slice(at);
    return chunks;
  }

  /** To be called at the end of the body. */
  end(): void {
    if (this.#rest.length > 0) throw new RangeError('the trail ends within a chunk');
  }
}

/** Cuts a whole body into its chunks. Throws RangeError where it is none. */
export function splitChunks(body: Uint8Array): Uint8Array[] {
  const splitter = new ChunkSplitter();
  const chunks = splitter.push(body);
  splitter.end();
  return chunks;
}
