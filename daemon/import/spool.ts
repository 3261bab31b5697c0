import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The list is larger than is taken. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

/** What was sent, and its bytes to be read once. */
export interface Spooled {
  size: number;
  bytes: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Takes an upload in whole before it is worked on: a browser reads no answer before it has sent everything, and a slow
 * import must not look like a slow sender. The file has no name while it is used, so a crash leaves no list of people
 * behind.
 */
export async function spool(input: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Spooled> {
  const path = join(tmpdir(), `vantrail-import-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let size = 0;
    for await (const piece of input) {
      size += piece.length;
      if (size > mostBytes) throw new TooLarge(`more than ${mostBytes} bytes`);
      await file.write(piece);
    }
    return { size, bytes: piecesOf(file), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const piece = Buffer.alloc(65_536);
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
