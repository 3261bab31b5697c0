import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';

export interface SigningKey {
  id: string;
  private: CryptoKey;
  public: CryptoKey;
}

/** Where signing keys are kept: the folder of one daemon (below), or the file of several (`keys-file.ts`). */
export interface KeyStore {
  /** Reads all keys; throws with what is wrong with them. */
  open(): Promise<void>;
  /** Makes a new key, durable before it signs; it signs from now on. Returns its id. */
  add(): Promise<string>;
  /** The key that signs. */
  newest(): Promise<SigningKey>;
  /** The key of this id, if there is one; one that was added this moment is found too. */
  find(id: string): Promise<SigningKey | undefined>;
  /** Removes all keys but the newest: tokens they signed are worth nothing from then on. Returns the removed ids. */
  removeOld(): Promise<string[]>;
}

const ending = '.jwk';
/** How long keys on the disk are believed unchanged, ms. */
export const recheckAfter = 1000;
/** Two changes within this may leave a file or folder with one and the same time, ms (FAT has steps of 2 s). */
export const fileTimeStep = 2000;

/**
 * The signing keys of one daemon: `DATA/keys/TIME-RANDOM.jwk`, one Ed25519 key each (JWK with the private part),
 * readable by the owner alone. The file's name without its ending is the key's id (`kid`), and the newest name signs.
 * All verify, so a key is rotated by adding one, and taken out of use by deleting its file; a running daemon sees both
 * within a second.
 */
export class Keys implements KeyStore {
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

  async add(): Promise<string> {
    const jwk = await newJwk(this.#now());
    await writeDurably(join(this.#folder, jwk.kid + ending), `${JSON.stringify(jwk)}\n`, 0o600);
    await this.#read();
    return jwk.kid;
  }

  async newest(): Promise<SigningKey> {
    await this.#refresh();
    const last = [...this.#keys.keys()].sort().at(-1);
    const key = last === undefined ? undefined : this.#keys.get(last);
    if (key === undefined) throw new Error(`there is no key in ${this.#folder}; start the daemon to make one`);
    return key;
  }

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
    return await importKey(jwk, id);
  } catch (error) {
    throw new Error(`${path} is no signing key: ${(error as Error).message}`, { cause: error });
  }
}

/** An Ed25519 key with its private part, as RFC 8037 has it. */
export interface Ed25519Jwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  d: string;
}

/** A new key; its id says when it was made (`now`: UTC ms), so that ids are in the order of their making. */
export async function newJwk(now: number): Promise<Ed25519Jwk & { kid: string; alg: string }> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const time = new Date(now).toISOString().replace(/[-:.]/g, '');
  const jwk: unknown = await exportJWK(pair.privateKey);
  if (!isEd25519(jwk)) throw new Error('the new key cannot be exported');
  return { ...jwk, kid: `${time}-${randomBytes(4).toString('hex')}`, alg: 'EdDSA' };
}

export async function importKey({ kty, crv, x, d }: Ed25519Jwk, id: string): Promise<SigningKey> {
  const privateKey = await importJWK({ kty, crv, x, d }, 'EdDSA');
  const publicKey = await importJWK({ kty, crv, x }, 'EdDSA');
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new Error('a symmetric key');
  return { id, private: privateKey, public: publicKey };
}

/**
 * The file has either its old text or the new one, whenever the machine stops. `owner`: whose it is to be; only root
 * can give a file away, others keep it.
 */
export async function writeDurably(
  path: string,
  text: string,
  mode: number,
  owner?: { uid: number; gid: number },
): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', mode);
  try {
    await file.writeFile(text);
    // The mask of the process may have taken the group's right away.
    await file.chmod(mode);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid).catch(() => {});
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

function isEd25519(jwk: unknown): jwk is Ed25519Jwk {
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
