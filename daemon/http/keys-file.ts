import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { firstError } from '../domain/decision.ts';
import { fileTimeStep, importKey, type KeyStore, newJwk, recheckAfter, type SigningKey, writeDurably } from './keys.ts';

const KeySet = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal('OKP'),
      crv: Type.Literal('Ed25519'),
      x: Type.String(),
      d: Type.String(),
      kid: Type.String({ minLength: 1, maxLength: 64 }),
    }),
    { minItems: 1 },
  ),
  secret: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'what delivery codes and refresh tokens are made with: 32 bytes in hex, which stay when keys change',
    }),
  ),
});
type KeySet = Static<typeof KeySet>;
const check = Compile(KeySet);
/** What group and others may not do: the owner may read and write, a group may read, nobody runs it. */
const tooOpen = 0o137;

/**
 * The signing keys that several daemons share: one file, a JSON Web Key Set (RFC 7517) of Ed25519 keys with their
 * private parts, and beside them the secret that codes are made with. All of its keys verify, and the last one signs, so that where each daemon has a copy of its own a new
 * key can be given to all first, anywhere before the end, and be put last afterwards.
 *
 * A daemon takes a change up within a second. A change that cannot be used leaves it with the keys it had, and is told
 * through `warn`.
 */
export class KeysFile implements KeyStore {
  readonly #path: string;
  readonly #now: () => number;
  readonly #warn: (message: string) => void;
  #keys = new Map<string, SigningKey>();
  #last: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #seen = '';
  #warned = '';
  #checking: Promise<void> | undefined;

  /** `now`: UTC ms */
  constructor(path: string, deps: { now?: () => number; warn?: (message: string) => void } = {}) {
    this.#path = path;
    this.#now = deps.now ?? Date.now;
    this.#warn = deps.warn ?? (() => {});
  }

  async open(): Promise<void> {
    await this.#read();
  }

  async add(): Promise<string> {
    const { keys, secret } = existsSync(this.#path) ? readKeySet(this.#path) : { keys: [] };
    const jwk = await newJwk(this.#now());
    await this.#write({ keys: [...keys, jwk], secret: secret ?? randomBytes(32).toString('hex') });
    return jwk.kid;
  }

  async newest(): Promise<SigningKey> {
    await this.#refresh();
    const key = this.#last === undefined ? undefined : this.#keys.get(this.#last);
    if (key === undefined) throw new Error(`there is no signing key in ${this.#path}`);
    return key;
  }

  async find(id: string): Promise<SigningKey | undefined> {
    await this.#refresh();
    if (!this.#keys.has(id)) await this.#look();
    return this.#keys.get(id);
  }

  async removeOld(): Promise<string[]> {
    const { keys, ...rest } = readKeySet(this.#path);
    const old = keys.slice(0, -1).map(({ kid }) => kid);
    if (old.length > 0) await this.#write({ keys: keys.slice(-1), ...rest });
    return old;
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
    try {
      const present = await this.#stamp();
      if (present.stamp !== this.#seen || Date.now() - present.changedAt <= fileTimeStep) await this.#read();
      this.#warned = '';
    } catch (error) {
      // At the first reading there is nothing to go on with.
      if (this.#keys.size === 0) throw error;
      const { message } = error as Error;
      if (message !== this.#warned) this.#warn(`the keys are still those read before: ${message}`);
      this.#warned = message;
    }
    this.#checkedAt = this.#now();
  }

  async #read(): Promise<void> {
    const { stamp } = await this.#stamp();
    const found = readKeySet(this.#path);
    const keys = new Map<string, SigningKey>();
    for (const jwk of found.keys) keys.set(jwk.kid, await this.#import(jwk));
    this.#keys = keys;
    this.#last = found.keys.at(-1)?.kid;
    this.#seen = stamp;
    this.#checkedAt = this.#now();
  }

  /** What tells one state of the file from another. */
  async #stamp(): Promise<{ stamp: string; changedAt: number }> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path);
      return { stamp: `${ino} ${size} ${mtimeMs}`, changedAt: mtimeMs };
    } catch (error) {
      const how = 'npm run -s token -- --keys-file FILE --rotate-key makes one';
      throw new Error(`the keys file cannot be read: ${(error as Error).message}; ${how}`, { cause: error });
    }
  }

  async #import(jwk: KeySet['keys'][number]): Promise<SigningKey> {
    try {
      return await importKey(jwk, jwk.kid);
    } catch (error) {
      throw new Error(`${this.#path}: key ${jwk.kid} is no Ed25519 key: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Whose the file is and who may read it stays as it was. */
  async #write(set: KeySet): Promise<void> {
    // A name that points elsewhere goes on pointing there.
    const path = await realpath(this.#path).catch(() => this.#path);
    const before = await stat(path).catch(() => undefined);
    const text = `${JSON.stringify(set, null, 1)}\n`;
    await writeDurably(path, text, before === undefined ? 0o600 : before.mode & 0o777, before);
    await this.#read();
  }
}

/** The keys in a file. Throws with what is wrong, never with a part of a key. */
export function readKeySet(path: string): KeySet {
  refuseOpen(path);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // What the parser says quotes the text.
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${path} is not JSON; it must be {"keys": […]} with Ed25519 keys and their private parts`);
  }
  if (!check.Check(value)) throw new Error(`${path} is no set of signing keys: ${firstError(check, value)}`);
  const ids = value.keys.map(({ kid }) => kid);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`${path} has two keys with the kid ${twice}`);
  return value;
}

/** Only its owner and his group may read it. */
function refuseOpen(path: string): void {
  const mode = statSync(path).mode & 0o777;
  // Windows knows no such modes and shows 666 for every file; rights come from the folder there.
  if (process.platform !== 'win32' && (mode & tooOpen) !== 0) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new Error(`${path} has mode ${shown}, which is too open for keys: chmod 600 it, or 640 for a group`);
  }
}
