import { randomBytes } from 'node:crypto';
import type { SessionRecord } from '../../protocol/account.ts';
import type { Role } from '../../protocol/claims.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { keys } from '../domain/account-state.ts';
import type { AccountsView } from '../domain/account-view.ts';
import { hashOfToken, readRefreshToken, writeRefreshToken } from '../domain/refresh-token.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { newSession, rotation } from '../domain/session.ts';
import type { Opened } from '../domain/signing-in.ts';
import type { Log } from '../log/log.ts';

export interface Signer {
  sign(claims: {
    subject: string;
    role: Role;
    agency: string;
    scopes?: readonly string[];
    session?: string;
    generation?: number;
  }): Promise<string>;
}

export interface SessionsDeps {
  log: Pick<Log, 'append'>;
  accounts: AccountsView;
  registry: Pick<RegistryView, 'consumer'>;
  tokens: Signer;
  /** s; how long a signed token lives */
  tokenLife: number;
  /** the key of refresh tokens */
  secret: () => Uint8Array;
  /** UTC ms */
  now: () => number;
}

/**
 * Opens, refreshes and ends sessions. They live in the log's topic `accounts`, so every daemon can serve every session;
 * a refresh is one small record that takes the place of the one before it.
 */
export class Sessions {
  readonly #deps: SessionsDeps;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** Opens a session for somebody who has proven who he is. `id`: where the proof already names the session. */
  async open(who: {
    agency: string;
    role: SessionRecord['role'];
    subject: string;
    client: string;
    id?: string;
  }): Promise<Opened | undefined> {
    const { agency, role, subject, client, id = randomBytes(16).toString('base64url') } = who;
    const generation = this.#generation(agency, role, subject);
    if (generation === undefined) return undefined;
    const token = this.#token(agency, id, 1);
    const session = newSession({ id, role, subject, generation, client }, hashOfToken(token), this.#deps.now());
    await this.#write(agency, keys.session(id), session);
    return this.#opened(agency, session, token);
  }

  /** The next tokens for a refresh token; undefined: it is worth nothing (any more). */
  async refresh(token: string): Promise<Opened | undefined> {
    const { accounts, now } = this.#deps;
    const read = readRefreshToken(this.#deps.secret(), token);
    if (read === undefined) return undefined;
    const { agency, session: id, number } = read;
    const known = accounts.session(agency, id);
    const generation = known === undefined ? undefined : this.#generation(agency, known.role, known.subject);
    const step = rotation(
      known,
      { number, tokenHash: hashOfToken(token) },
      { ended: accounts.sessionEnded(agency, id), generation, now: now() },
    );
    if (known === undefined || step.do === 'refuse') return undefined;
    if (step.do === 'end') {
      await this.end(agency, id);
      return undefined;
    }
    const next = this.#token(agency, id, step.number);
    if (step.do === 'repeat') return this.#opened(agency, known, next);
    const session = step.record(hashOfToken(next));
    await this.#write(agency, keys.session(id), session);
    // Signed out while the record was on its way: what was written then is worth nothing, and so is this.
    if (accounts.sessionEnded(agency, id)) return undefined;
    return this.#opened(agency, session, next);
  }

  /** Ends one session, with all refresh and access tokens that came from it. */
  async end(agency: string, id: string): Promise<void> {
    const { accounts, now } = this.#deps;
    if (accounts.session(agency, id) === undefined || accounts.sessionEnded(agency, id)) return;
    await this.#write(agency, keys.sessionEnd(id), { kind: 'session-end', id, at: now() });
  }

  /** Ends the session that a refresh token is of, be it used up or not. */
  async endByToken(token: string): Promise<void> {
    const read = readRefreshToken(this.#deps.secret(), token);
    if (read !== undefined) await this.end(read.agency, read.session);
  }

  /** Ends all sessions one person has open. For accounts there is `signOutEverywhere`, which ends what is opened meanwhile too. */
  async endAll(agency: string, role: Role, subject: string): Promise<void> {
    const open = this.#deps.accounts.sessionsOf(agency, role, subject, this.#deps.now());
    await Promise.all(open.map(({ id }) => this.end(agency, id)));
  }

  /** What sessions of this person are to be opened under; undefined: he may not come in. */
  #generation(agency: string, role: SessionRecord['role'], subject: string): number | undefined {
    if (role === 'CUSTOMER') return this.#deps.registry.consumer(agency, subject) === undefined ? undefined : 0;
    const standing = this.#deps.accounts.standing(agency, subject);
    return standing?.enabled === true && standing.role === role ? standing.generation : undefined;
  }

  #token(agency: string, session: string, number: number): string {
    return writeRefreshToken(this.#deps.secret(), { agency, session, number });
  }

  async #opened(agency: string, session: SessionRecord, refreshToken: string): Promise<Opened> {
    const { role, subject, generation, id, expiresAt } = session;
    const accessToken = await this.#deps.tokens.sign({ agency, role, subject, session: id, generation });
    const { tokenLife: expiresIn } = this.#deps;
    return { accessToken, expiresIn, refreshToken, refreshUntil: expiresAt, agency, role, subject };
  }

  #write(agency: string, id: string, value: Extract<LogRecord, { topic: 'accounts' }>['value']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append([{ topic: 'accounts', agency, id, value }], (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
  }
}
