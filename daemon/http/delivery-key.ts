import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The key that delivery codes are made with: 32 random bytes in hex, in a file that its owner alone may read. Made when
 * there is none. Daemons on one log must have the same file, or a code that one shows is wrong at another.
 */
export async function deliveryKey(path: string): Promise<Buffer> {
  return (await read(path)) ?? (await make(path));
}

async function read(path: string): Promise<Buffer | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) throw new Error(`${path} is no key of delivery codes: 64 hexadecimal digits`);
  return Buffer.from(text.trim(), 'hex');
}

async function make(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // Of two daemons that begin at once, one makes it.
    await link(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  const made = await read(path);
  if (made === undefined) throw new Error(`${path} disappeared`);
  return made;
}
