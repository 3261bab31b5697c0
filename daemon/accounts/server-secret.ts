import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeySet } from '../http/keys-file.ts';
import type { Service } from '../lifecycle.ts';

const bytes = 32;

/**
 * What the daemon makes delivery codes and refresh tokens with: 32 random bytes, which all daemons on one log have in
 * common. They are the `secret` in the keys file that those share, or lie in `DATA/keys/server.secret` (hex), readable by
 * the owner alone and made at the first start. With another secret every session and every code begins anew; nothing else
 * is lost.
 */
export class ServerSecret implements Service {
  readonly name = 'server secret';
  readonly #from: { folder: string } | { keysFile: string };
  #secret: Buffer | undefined;

  /** `folder`: the `keys` folder of the data directory. */
  constructor(from: { folder: string } | { keysFile: string }) {
    this.#from = from;
  }

  async start(): Promise<void> {
    this.#secret = Buffer.from(
      'folder' in this.#from ? await own(this.#from.folder) : shared(this.#from.keysFile),
      'hex',
    );
  }

  async stop(): Promise<void> {}

  /** A key of 32 bytes for one purpose; what is known of one tells nothing of another. Only after the start. */
  keyFor(purpose: string): Buffer {
    if (this.#secret === undefined) throw new Error('the server secret is not read yet');
    return Buffer.from(hkdfSync('sha256', this.#secret, '', `vantrail ${purpose}`, bytes));
  }
}

function shared(keysFile: string): string {
  const { secret } = readKeySet(keysFile);
  if (secret !== undefined) return secret;
  throw new Error(
    `${keysFile} has no secret for codes yet: npm run -s token -- --keys-file FILE --rotate-key adds one`,
  );
}

async function own(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'server.secret');
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const text = (kept ?? (await make(path))).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Error(`${path} must be ${bytes * 2} hex digits; delete it to have a new one made`);
  }
  return text;
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
