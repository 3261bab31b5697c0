import { tokenExpiry } from '../../protocol/feed-client.ts';
import type { Account, Invitation } from '../shared/bridge.ts';
import { DeskError } from './desk-error.ts';
import type { TokenStore } from './token-store.ts';

interface KeeperDeps {
  fetch: typeof fetch;
  tokens: Pick<TokenStore, 'get' | 'set' | 'clear'>;
  /** address of the daemon, if somebody has said it */
  server: () => string | undefined;
  now: () => number;
}

interface Answer {
  accessToken: string;
  agency: string;
  subject: string;
  refreshToken?: string;
}

/** A token this close to its end is replaced, ms. */
const spare = 90_000;

/**
 * The sign-in. The refresh token never leaves main; a page gets access tokens, each good for a quarter of an hour,
 * because its feed has to show one.
 */
export class SessionKeeper {
  #deps: KeeperDeps;
  #access: string | undefined;
  #refreshing: Promise<string> | undefined;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Whether there is a sign-in to go on with, as far as this computer knows. */
  isSignedIn(): boolean {
    const server = this.#deps.server();
    return server !== undefined && this.#deps.tokens.get(server) !== undefined;
  }

  /** Rejects with a DeskError: `sign-in-needed`, `offline`, or what the daemon said. */
  async token(): Promise<string> {
    const access = this.#access;
    if (access !== undefined && (tokenExpiry(access) ?? 0) > this.#deps.now() + spare) return access;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async signIn(login: string, password: string): Promise<Account> {
    const answer = await this.#post('/api/session', { login, password, refresh: 'body' });
    return this.#enter(login, answer as Answer);
  }

  async invitation(secret: string): Promise<Invitation> {
    return (await this.#post('/api/invitations/look', { token: secret })) as Invitation;
  }

  async accept(secret: string, password: string): Promise<Account> {
    const { login } = await this.invitation(secret);
    const answer = await this.#post('/api/invitations/accept', { token: secret, password, refresh: 'body' });
    return this.#enter(login, answer as Answer);
  }

  /** Ends the sign-in here whatever the daemon says; tells the daemon, if it is there. */
  async signOut(): Promise<void> {
    const access = await this.token().catch(() => undefined);
    this.forget();
    if (access === undefined) return;
    const headers = { authorization: `Bearer ${access}` };
    await this.#ask('/api/session', { method: 'DELETE', headers }).catch(() => {
      // Not there: the session ends by itself.
    });
  }

  forget(): void {
    this.#access = undefined;
    this.#deps.tokens.clear();
  }

  async #refresh(): Promise<string> {
    const server = this.#deps.server();
    const refreshToken = server === undefined ? undefined : this.#deps.tokens.get(server);
    if (refreshToken === undefined) throw new DeskError('sign-in-needed', 'Nobody is signed in.');
    try {
      const answer = (await this.#post('/api/session/refresh', { refreshToken })) as Answer;
      this.#keep(answer);
      return answer.accessToken;
    } catch (error) {
      if (!(error instanceof DeskError) || error.status !== 401) throw error;
      this.forget();
      throw new DeskError('sign-in-needed', 'The sign-in is over. Sign in again.', 401);
    }
  }

  #enter(login: string, answer: Answer): Account {
    this.#keep(answer);
    return { login, agency: answer.agency, subject: answer.subject };
  }

  #keep({ accessToken, refreshToken }: Answer): void {
    this.#access = accessToken;
    const server = this.#deps.server();
    // A refresh token is good once: the next one is on the disk before anything is done with the answer.
    if (refreshToken !== undefined && server !== undefined) this.#deps.tokens.set({ server, refreshToken });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const answer = await this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const server = this.#deps.server();
    if (server === undefined) throw new DeskError('failed', 'The address of the server is not known yet.');
    return askDaemon(this.#deps.fetch, server + path, init);
  }
}

/** One request to the daemon. Rejects with `offline` when it is not there, with `refused` when it says no. */
export async function askDaemon(fetch: typeof globalThis.fetch, address: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(address, { ...init, credentials: 'omit', redirect: 'error' });
  } catch (error) {
    const reason = (error as Error).message;
    throw new DeskError('offline', `The server does not answer (${reason}).`);
  }
  if (answer.ok) return answer;
  throw new DeskError('refused', await detailOf(answer), answer.status);
}

/** What a problem+json answer says, in one line. */
async function detailOf(answer: Response): Promise<string> {
  try {
    const { title, detail } = (await answer.json()) as { title?: string; detail?: string };
    return detail ?? title ?? `${answer.status}`;
  } catch {
    return `${answer.status} ${answer.statusText}`;
  }
}
