import { tokenExpiry } from '../../protocol/feed-client.ts';
import { ask } from './http.ts';

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

  /** `open` asks the daemon for the first token, and for each one after it */
  constructor(open: () => Promise<Opened>, opened?: Opened) {
    this.#open = open;
    this.#opened = opened;
  }

  /** The token for the API and the feed. Rejects with what the daemon says, or when it cannot be reached. */
  async token(): Promise<string> {
    const expiry = this.#opened === undefined ? undefined : tokenExpiry(this.#opened.accessToken);
    if (this.#opened !== undefined && (expiry ?? 0) - Date.now() > renewBefore) return this.#opened.accessToken;
    return (await this.renew()).accessToken;
  }

  /** A new token, whatever the present one is worth; those who ask at the same time get the same. */
  renew(): Promise<Opened> {
    this.#asking ??= this.#open()
      .then((opened) => {
        this.#opened = opened;
        return opened;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return ask<T>(method, path, { token: await this.token(), ...(body === undefined ? {} : { body }) });
  }
}

/** By the cookie of who has signed in. */
export function byCookie(opened?: Opened): Session {
  return new Session(() => ask<Opened>('POST', '/api/session/refresh'), opened);
}

/** By the share link in the address. */
export function byLink(token: string): Session {
  return new Session(() => ask<Opened>('POST', `/api/links/${encodeURIComponent(token)}/session`));
}
