import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a device signs in with. */
export interface Credential {
  username: string;
  key: string;
}

/**
 * The devices' keys, which the daemon shows only once: a JSON file that only its owner can read (mode 0600), by daemon
 * and agency and then by device, so that one file serves several daemons.
 */
export class KeyFile {
  readonly #path: string;
  readonly #section: string;
  #all: Record<string, Record<string, Credential>> = {};
  #isChanged = false;

  constructor(path: string, url: string, agency: string) {
    this.#path = path;
    this.#section = `${new URL(url).origin} ${agency}`;
  }

  /** Reads the file; one that is not there is empty, one that cannot be read is an error. */
  async load(): Promise<void> {
    try {
      const json: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      if (typeof json !== 'object' || json === null) throw new Error('it is not a JSON object');
      this.#all = json as Record<string, Record<string, Credential>>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw new Error(`cannot read the keys in ${this.#path}: ${(error as Error).message}`, { cause: error });
    }
  }

  get(deviceId: string): Credential | undefined {
    const known = this.#all[this.#section]?.[deviceId];
    return typeof known?.key === 'string' && typeof known.username === 'string' ? known : undefined;
  }

  set(deviceId: string, credential: Credential): void {
    this.#isChanged = true;
    this.#all[this.#section] = { ...this.#all[this.#section], [deviceId]: credential };
  }

  /** Writes what has changed. Replaces the file in one step, so that a crash leaves the old one or the new one. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    await mkdir(dirname(this.#path), { recursive: true });
    const next = `${this.#path}.${process.pid}.new`;
    await writeFile(next, `${JSON.stringify(this.#all, null, 2)}\n`, { mode: 0o600 });
    await rename(next, this.#path);
  }
}
