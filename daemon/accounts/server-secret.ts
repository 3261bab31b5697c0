import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service } from '../lifecycle.ts';

const bytes = 32;

/**
 * What the daemon makes codes and refresh tokens with: 32 random bytes in `DATA/keys/server.secret` (hex), readable by
 * the owner alone, made at the first start. Daemons on one log need the same one, as they need the same signing keys:
 * give them one `keys` folder. With another secret every session and every code begins anew; nothing else is lost.
 */
export class ServerSecret implements Service {
  readonly name = 'server secret';
  readonly #folder: string;
  #secret: Buffer | undefined;

  /** `folder`: the `keys` folder of the data directory. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, 'server.secret');
    const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    const text = (kept ?? (await make(path))).trim();
    if (!/^[0-9a-f]{64}$/.test(text)) {
      throw new Error(`${path} must be ${bytes * 2} hex digits; delete it to have a new one made`);
    }
    this.#secret = Buffer.from(text, 'hex');
  }

  async stop(): Promise<void> {}

  /** A key of 32 bytes for one purpose; what is known of one tells nothing of another. Only after the start. */
  keyFor(purpose: string): Buffer {
    if (this.#secret === undefined) throw new Error('the server secret is not read yet');
    return Buffer.from(hkdfSync('sha256', this.#secret, '', `vantrail ${purpose}`, bytes));
  }
}

async function make(path: string): Promise<string> {
  const text = `${randomBytes(bytes).toString('hex')}\n`;
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return text;
}
