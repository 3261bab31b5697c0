import { describe, expect, it } from 'vitest';
import { ChunkSplitter, framedChunk, splitChunks } from './chunk-stream.ts';

const chunks = [Uint8Array.from([1, 2, 3]), new Uint8Array(), Uint8Array.from([4])];
const body = Uint8Array.from(chunks.flatMap((chunk) => [...framedChunk(chunk)]));

describe('a body of chunks', () => {
  it('is cut into its chunks', () => {
    expect(splitChunks(body)).toEqual(chunks);
    expect(splitChunks(new Uint8Array())).toEqual([]);
  });

  it('is cut the same, however it arrives', () => {
    for (let step = 1; step <= body.length; step++) {
      const splitter = new ChunkSplitter();
      const found: Uint8Array[] = [];
      for (let at = 0; at < body.length; at += step) found.push(...splitter.push(body.subarray(at, at + step)));
      splitter.end();
      expect(found).toEqual(chunks);
    }
  });

  it.each([[[1, 0]], [[3, 0, 0, 0, 1]], [[255, 255, 255, 255]], [[1, 0, 0, 0, 7, 9]]])(
    'is refused when it breaks off: %j',
    (bytes) => expect(() => splitChunks(Uint8Array.from(bytes))).toThrow(RangeError),
  );
});
