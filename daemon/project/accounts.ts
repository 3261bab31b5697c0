import type { Database } from 'better-sqlite3';
import type { LogRecord } from '../../protocol/record.ts';
import { applyAccount, isAccountEvent, type Told } from '../domain/account.ts';
import { type AccountDocument, accountDocument, restoreAccount } from '../domain/account-documents.ts';
import { leftovers } from '../domain/account-leftovers.ts';
import { emptyAccounts } from '../domain/account-state.ts';
import { AccountsReader } from '../domain/account-view.ts';
import type { Verdict } from '../domain/registry.ts';
import type { Cursor } from '../log/log.ts';
import type { Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';

/** Who was signed out, told as soon as the log says so. */
export interface SignedOut {
  agency: string;
  /** everything of this account */
  accountId?: string;
  /** or one session alone */
  session?: string;
}

/**
 * Accounts, their secrets' hashes and their sessions, of all agencies, in memory; SQLite keeps one JSON document each.
 * The state and its rules are `daemon/domain/account.ts`.
 */
export class AccountsProjection implements Projection {
  readonly name = 'accounts';
  readonly version = 1;
  readonly topics = ['events', 'people', 'accounts'] as const;
  readonly #state = emptyAccounts();
  /** how everyone reads it; one object for the life of the projection */
  readonly view = new AccountsReader(this.#state);
  readonly #verdicts: Pick<Verdicts, 'take'>;
  readonly #listeners = new Set<(who: SignedOut) => void>();
  /** documents that are not saved yet, by agency */
  #dirty = new Map<string, Set<string>>();
  #saving: Map<string, Set<string>> | undefined;
  readonly #told: Told = {
    touched: (agency, document) => {
      const dirty = this.#dirty.get(agency);
      if (dirty === undefined) this.#dirty.set(agency, new Set([document]));
      else dirty.add(document);
    },
    signedOut: (agency, accountId) => this.#announce({ agency, accountId }),
    sessionEnded: (agency, session) => this.#announce({ agency, session }),
  };

  constructor(deps: { verdicts: Pick<Verdicts, 'take'> }) {
    this.#verdicts = deps.verdicts;
  }

  open(db: Database): void {
    this.#state.agencies.clear();
    this.#state.invitations.clear();
    this.#state.serviceKeys.clear();
    this.#dirty = new Map();
    db.exec(`CREATE TABLE IF NOT EXISTS account_document (
      agency TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, name)
    ) WITHOUT ROWID`);
    const rows = db.prepare<[], [string, string, string]>('SELECT agency, name, document FROM account_document').raw();
    for (const [agency, name, document] of rows.iterate()) {
      restoreAccount(this.#state, agency, name, JSON.parse(document) as AccountDocument);
    }
  }

  apply(record: LogRecord): void {
    const own = record.topic === 'events' && isAccountEvent(record.value) ? record.value : undefined;
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      verdict = applyAccount(this.#state, record, this.#told);
    } finally {
      if (own !== undefined) this.#verdicts.take(record.agency, own, verdict);
    }
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare(
      'INSERT INTO account_document VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document',
    );
    const erase = db.prepare('DELETE FROM account_document WHERE agency = ? AND name = ?');
    for (const [agency, names] of this.#dirty) {
      for (const name of names) {
        const document = accountDocument(this.#state, agency, name);
        if (document === undefined) erase.run(agency, name);
        else put.run(agency, name, JSON.stringify(document));
      }
    }
    this.#saving = this.#dirty;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (this.#saving === this.#dirty) this.#dirty = new Map();
    this.#saving = undefined;
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS account_document');
  }

  /** Calls `listener` whenever somebody is signed out, at whichever daemon; returns an unsubscribe. */
  onSignedOut(listener: (who: SignedOut) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is to be erased by now (see `leftovers`). */
  leftovers(now: number, isConsumer: (agency: string, id: string) => boolean): LogRecord[] {
    return leftovers(this.#state, now, isConsumer);
  }

  #announce(who: SignedOut): void {
    for (const listener of this.#listeners) listener(who);
  }
}
