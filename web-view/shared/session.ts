import { tokenExpiry, tokenMade } from '../../protocol/feed-client.ts';
import { ask, Refused } from './http.ts';

/** Asked for a new one so long before a token ends, ms. */
const renewBefore = 90_000;

/** What the daemon answers when somebody has come in. */
export interface Opened {
  accessToken: string;
  agency: string;
  subject?: string;
  role?: string;
  orderId?: string;
}

/** Keeps a token that is good now. It is in memory alone: what lasts is a cookie that no script can read. */
export class Session {
  readonly #open: () => Promise<Opened>;
  #opened: Opened | undefined;
  #asking: Promise<Opened> | undefined;
  /** what this phone's clock is to be put right by, ms: as much as the last token was made before or after now */
  clockOffset = 0;

  /** `open` asks the daemon for the first token, and for each one after it */
  constructor(open: () => Promise<Opened>, opened?: Opened) {
    this.#open = open;
    this.#opened = opened;
    const made = opened === undefined ? undefined : tokenMade(opened.accessToken);
    if (made !== undefined) this.clockOffset = offsetOf(made, Date.now());
  }

  /** The token for the API and the feed. Rejects with what the daemon says, or when it cannot be reached. */
  async token(): Promise<string> {
    const expiry = this.#opened === undefined ? undefined : tokenExpiry(this.#opened.accessToken);
    if (this.#opened !== undefined && (expiry ?? 0) - this.now() > renewBefore) return this.#opened.accessToken;
    return (await this.renew()).accessToken;
  }

  /** A new token, whatever the present one is worth; those who ask at the same time get the same. */
  renew(): Promise<Opened> {
    this.#asking ??= this.#open()
      .then((opened) => {
        this.#opened = opened;
        const made = tokenMade(opened.accessToken);
        if (made !== undefined) this.clockOffset = offsetOf(made, Date.now());
        return opened;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** UTC ms, by the daemon's clock as far as it is known. */
  now(): number {
    return Date.now() + this.clockOffset;
  }

  /** Asks the daemon in the name of who is signed in. A token that is worth nothing any more is renewed, once. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const given = body === undefined ? {} : { body };
    try {
      return await ask<T>(method, path, { token: await this.token(), ...given });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      return ask<T>(method, path, { token: (await this.renew()).accessToken, ...given });
    }
  }
}

/** A token is some seconds old when it is here, and its time is in whole ones; clocks nearer than that are right, ms. */
const nearEnough = 20_000;

function offsetOf(made: number, now: number): number {
  return Math.abs(made - now) < nearEnough ? 0 : made - now;
}

/** By the cookie of who has signed in. */
export function byCookie(opened?: Opened): Session {
  return new Session(() => ask<Opened>('POST', '/api/session/refresh'), opened);
}

/** By the share link in the address. */
export function byLink(token: string): Session {
  return new Session(() => ask<Opened>('POST', `/api/links/${encodeURIComponent(token)}/session`));
}
