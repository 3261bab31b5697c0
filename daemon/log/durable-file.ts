import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';

/** Writes a whole file and makes it durable before returning. Only the owner may read it. */
export function writeDurably(path: string, bytes: Uint8Array | string): void {
  writeFileSync(path, bytes, { mode: 0o600, flush: true });
}

/** Makes what was written to a file durable. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames within a folder durable, where the system can (Windows cannot open a folder, and needs no such call). */
export function syncFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
