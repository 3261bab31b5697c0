import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { TooBusy } from '../domain/signing-in.ts';

/** OWASP's parameters for Argon2id: 19 MiB, two passes, one lane. About 30 ms of one core. */
const present = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const hashBytes = 32;
/** What a hash in the log may ask of us at most: a damaged or foreign one must not take the machine's memory, KiB. */
const mostMemory = 262_144;

/** So many at a time, in libuv's threads (there are four, and files need some), and so many may wait. */
const defaultRunning = 2;
const defaultWaiting = 64;

/** Hashes and checks passwords with Argon2id, off the main thread and a few at a time. */
export class Passwords {
  readonly #running: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #busy = 0;
  /** hashes made so far; the tests compare what different names cost */
  count = 0;

  constructor(options: { running?: number; waiting?: number } = {}) {
    this.#running = options.running ?? defaultRunning;
    this.#waiting = options.waiting ?? defaultWaiting;
  }

  /** A new hash as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const hash = await this.#derive(password, salt, present, hashBytes);
    const { memory, passes, parallelism } = present;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
  }

  /** Whether the password is the one of this hash. Without a hash the same work is done, for nothing. */
  async matches(password: string, kept: string | undefined): Promise<boolean> {
    const { salt, hash, ...cost } = read(kept) ?? nobody;
    const derived = await this.#derive(password, salt, cost, hash.length);
    return timingSafeEqual(derived, hash) && kept !== undefined;
  }

  async #derive(password: string, salt: Buffer, cost: typeof present, tagLength: number): Promise<Buffer> {
    await this.#turn();
    this.count++;
    try {
      // Whatever keyboard it was typed on: one letter has several spellings in Unicode.
      const parameters = { message: password.normalize('NFC'), nonce: salt, tagLength, ...cost };
      return await derive(parameters);
    } finally {
      const next = this.#queue.shift();
      // The turn is handed on, not given back: nobody who comes meanwhile gets in between.
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#busy < this.#running) {
      this.#busy++;
      return;
    }
    if (this.#queue.length >= this.#waiting) throw new TooBusy('too many passwords are being checked');
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }
}

/** Stands for whoever has no password. No text hashes to it. */
const nobody = { ...present, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) };

function read(kept: string | undefined) {
  const [, m, t, p, salt, hash] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/.exec(
      kept ?? '',
    ) ?? [];
  if (salt === undefined || hash === undefined || Number(m) > mostMemory) return undefined;
  return {
    memory: Number(m),
    passes: Number(t),
    parallelism: Number(p),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function derive(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
