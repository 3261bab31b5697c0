import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The part of Electron's safeStorage that is used here. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** Linux alone has it */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
}

/** A refresh token, and at which server it is good. */
interface Kept {
  server: string;
  refreshToken: string;
}

/**
 * Keeps the refresh token: encrypted by the system's key store, or, where that would be a password everybody knows, in
 * memory only. Then the sign-in ends with the app, and the page says so.
 */
export class TokenStore {
  #path: string;
  #safe: SafeStorage;
  #platform: string;
  #kept: Kept | undefined;
  #isRead = false;

  constructor(path: string, safe: SafeStorage, platform: string = process.platform) {
    this.#path = path;
    this.#safe = safe;
    this.#platform = platform;
  }

  /** Why nothing can be kept safely on this computer; undefined: it can. */
  refusal(): 'noKeyStore' | 'noKeyRing' | undefined {
    if (!this.#safe.isEncryptionAvailable()) return 'noKeyStore';
    if (this.#platform !== 'linux') return undefined;
    const backend = this.#safe.getSelectedStorageBackend?.() ?? 'unknown';
    return backend === 'basic_text' || backend === 'unknown' ? 'noKeyRing' : undefined;
  }

  get(server: string): string | undefined {
    if (!this.#isRead) {
      this.#isRead = true;
      this.#kept = this.#read();
    }
    return this.#kept?.server === server ? this.#kept.refreshToken : undefined;
  }

  set(kept: Kept): void {
    this.#isRead = true;
    this.#kept = kept;
    if (this.refusal() !== undefined) {
      rmSync(this.#path, { force: true });
      return;
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, this.#safe.encryptString(JSON.stringify(kept)), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  clear(): void {
    this.#isRead = true;
    this.#kept = undefined;
    rmSync(this.#path, { force: true });
  }

  #read(): Kept | undefined {
    if (this.refusal() !== undefined) return undefined;
    try {
      const kept = JSON.parse(this.#safe.decryptString(readFileSync(this.#path))) as Partial<Kept>;
      const { server, refreshToken } = kept;
      return typeof server === 'string' && typeof refreshToken === 'string' ? { server, refreshToken } : undefined;
    } catch {
      // None, or of another user or key ring: signing in makes a new one.
      return undefined;
    }
  }
}
