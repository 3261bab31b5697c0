import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';

/**
 * The daemon's signing keys: `DATA/keys/TIME-RANDOM.jwk`, one Ed25519 key each (JWK with the private part), readable by
 * the owner alone. The file's name without its ending is the key's id (`kid`), and the newest name signs. All verify,
 * so a key is rotated by adding one, and taken out of use by deleting its file; a running daemon sees both within a
 * second.
 */
export interface SigningKey {
  id: string;
  private: CryptoKey;
  public: CryptoKey;
}

const ending = '.jwk';
/** How long the folder is believed unchanged, ms. */
const recheckAfter = 1000;
/** Two changes within this may leave the folder with one and the same time, ms (FAT has steps of 2 s). */
const fileTimeStep = 2000;

export class Keys {
  readonly #folder: string;
  readonly #now: () => number;
  #keys = new Map<string, SigningKey>();
  #checkedAt = Number.NEGATIVE_INFINITY;
  #folderTime = -1;
  #checking: Promise<void> | undefined;

  /** `folder`: the `keys` folder of the data directory. */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Makes the folder and a first key when there is none, and reads all. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await ownerOnly(this.#folder, 0o700);
    await this.#read();
    if (this.#keys.size === 0) await this.add();
  }

  /** Makes a new key, durable before it signs; it signs from now on. Returns its id. */
  async add(): Promise<string> {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const time = new Date(this.#now()).toISOString().replace(/[-:.]/g, '');
    const id = `${time}-${randomBytes(4).toString('hex')}`;
    const path = join(this.#folder, id + ending);
    const unfinished = `${path}.new`;
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: id, alg: 'EdDSA' })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await this.#read();
    return id;
  }

  /** The key that signs. */
  async newest(): Promise<SigningKey> {
    await this.#refresh();
    const last = [...this.#keys.keys()].sort().at(-1);
    const key = last === undefined ? undefined : this.#keys.get(last);
    if (key === undefined) throw new Error(`there is no key in ${this.#folder}; start the daemon to make one`);
    return key;
  }

  /** The key of this id, if there is one; one that was added this moment is found too. */
  async find(id: string): Promise<SigningKey | undefined> {
    await this.#refresh();
    if (!this.#keys.has(id)) await this.#look();
    return this.#keys.get(id);
  }

  async #refresh(): Promise<void> {
    if (this.#now() - this.#checkedAt >= recheckAfter) await this.#look();
  }

  async #look(): Promise<void> {
    this.#checking ??= this.#readIfChanged().finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  async #readIfChanged(): Promise<void> {
    const { mtimeMs } = await stat(this.#folder);
    const unchanged = mtimeMs === this.#folderTime && Date.now() - mtimeMs > fileTimeStep;
    if (unchanged) this.#checkedAt = this.#now();
    else await this.#read();
  }

  async #read(): Promise<void> {
    const { mtimeMs } = await stat(this.#folder);
    const keys = new Map<string, SigningKey>();
    for (const name of (await readdir(this.#folder)).sort()) {
      if (!name.endsWith(ending)) continue;
      const path = join(this.#folder, name);
      const id = name.slice(0, -ending.length);
      const known = this.#keys.get(id);
      if (known === undefined) await ownerOnly(path, 0o600);
      keys.set(id, known ?? (await readKey(path, id)));
    }
    this.#keys = keys;
    this.#folderTime = mtimeMs;
    this.#checkedAt = this.#now();
  }

  /** Removes all keys but the newest: tokens they signed are worth nothing from then on. Returns the removed ids. */
  async removeOld(): Promise<string[]> {
    const { id: kept } = await this.newest();
    const old = [...this.#keys.keys()].filter((id) => id !== kept);
    for (const id of old) await rm(join(this.#folder, id + ending), { force: true });
    await this.#read();
    return old;
  }
}

async function readKey(path: string, id: string): Promise<SigningKey> {
  const text = await readFile(path, 'utf8');
  try {
    const jwk: unknown = JSON.parse(text);
    if (!isEd25519(jwk)) throw new Error('not an Ed25519 key with its private part');
    const { d, ...rest } = jwk;
    const privateKey = await importJWK({ ...rest, d }, 'EdDSA');
    const publicKey = await importJWK(rest, 'EdDSA');
    if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new Error('a symmetric key');
    return { id, private: privateKey, public: publicKey };
  } catch (error) {
    throw new Error(`${path} is no signing key: ${(error as Error).message}`, { cause: error });
  }
}

function isEd25519(jwk: unknown): jwk is { kty: 'OKP'; crv: 'Ed25519'; x: string; d: string } {
  if (typeof jwk !== 'object' || jwk === null) return false;
  const { kty, crv, x, d } = jwk as Record<string, unknown>;
  return kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string' && typeof d === 'string';
}

/** Takes group's and others' rights away where a copy or a mounted volume has given them. */
async function ownerOnly(path: string, mode: number): Promise<void> {
  const found = (await stat(path)).mode & 0o777;
  // Windows knows no such modes and shows 666 for every file; rights come from the profile's folder there.
  if (process.platform !== 'win32' && (found & 0o077) !== 0) await chmod(path, mode);
}
