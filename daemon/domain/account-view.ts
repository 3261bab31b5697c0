import type { Account, AccountRole, InvitationRecord, SessionRecord } from '../../protocol/account.ts';
import type { Scope } from '../../protocol/claims.ts';
import { type AccountsState, type AgencyAccounts, keptUnder, keys, personOf, subjects } from './account-state.ts';

/** What decides whether an account may come in. */
export interface Standing {
  role: AccountRole;
  enabled: boolean;
  scopes: readonly Scope[];
  /** how often it was signed out everywhere; what was given before ends with the next time */
  generation: number;
}

/** How long the name and phone of a change may take to follow its event, ms. */
const patience = 10_000;

/** Accounts and sessions as everyone reads them. Agencies are separate worlds: each call names one. */
export interface AccountsView {
  account(agency: string, id: string): Account | undefined;
  accounts(agency: string): Iterable<Account>;
  standing(agency: string, id: string): Standing | undefined;
  /** the PHC string of its password; undefined: it has none that counts */
  password(agency: string, id: string): string | undefined;
  /** whose service key has this hash */
  byServiceKey(keyHash: string): { agency: string; id: string } | undefined;
  /** the one-time link whose token has this hash, as long as it has not been used or replaced */
  byInvitation(tokenHash: string): (InvitationRecord & { agency: string }) | undefined;
  /** the links that wait, used up and expired ones left out */
  invitations(agency: string, now: number): Iterable<InvitationRecord>;
  session(agency: string, id: string): SessionRecord | undefined;
  /** it was ended before its time */
  sessionEnded(agency: string, id: string): boolean;
  /** the sessions one person has open */
  sessionsOf(agency: string, role: string, subject: string, now: number): SessionRecord[];
  /** as `expects` counts */
  count(agency: string, subject: string): number;
  /** enabled administrators that can sign in */
  administrators(agency: string): string[];
  /** the last change has brought its name and phone with it, or (a daemon ended in between) never will */
  settled(agency: string, id: string, now: number): boolean;
}

/** Reads a state of accounts. */
export class AccountsReader implements AccountsView {
  readonly #state: AccountsState;

  constructor(state: AccountsState) {
    this.#state = state;
  }

  /** A profile that is not (or no longer) here shows as the id: the account exists, and can be mended. */
  account(agency: string, id: string): Account | undefined {
    const world = this.#state.agencies.get(agency);
    const entry = world?.accounts.get(id);
    if (world === undefined || entry === undefined || entry.removed) return undefined;
    const { name = id, phone, language } = world.profiles.get(id) ?? {};
    const waits = this.#invitation(world, id) !== undefined;
    return {
      id,
      role: entry.role,
      enabled: entry.enabled,
      ...(entry.role === 'INTERNAL_SERVICE' ? { scopes: [...entry.scopes] } : {}),
      name,
      ...(phone === undefined ? {} : { phone }),
      ...(language === undefined ? {} : { language }),
      signIn: this.#hasCredential(world, id) ? 'ready' : waits ? 'invited' : 'none',
      version: this.count(agency, subjects.account(id)),
    };
  }

  *accounts(agency: string): Iterable<Account> {
    for (const id of this.#state.agencies.get(agency)?.accounts.keys() ?? []) {
      const account = this.account(agency, id);
      if (account !== undefined) yield account;
    }
  }

  standing(agency: string, id: string): Standing | undefined {
    const entry = this.#state.agencies.get(agency)?.accounts.get(id);
    if (entry === undefined || entry.removed) return undefined;
    const { role, enabled, scopes } = entry;
    return { role, enabled, scopes, generation: this.count(agency, subjects.signIn(id)) };
  }

  password(agency: string, id: string): string | undefined {
    const record = keptUnder(this.#state.agencies.get(agency), keys.password(id), 'password');
    return record?.number === this.count(agency, subjects.credential(id)) ? record.hash : undefined;
  }

  byServiceKey(keyHash: string): { agency: string; id: string } | undefined {
    const owner = this.#state.serviceKeys.get(keyHash);
    if (owner === undefined) return undefined;
    const record = keptUnder(this.#state.agencies.get(owner.agency), keys.serviceKey(owner.id), 'service-key');
    return record?.number === this.count(owner.agency, subjects.credential(owner.id)) ? { ...owner } : undefined;
  }

  byInvitation(tokenHash: string): (InvitationRecord & { agency: string }) | undefined {
    const owner = this.#state.invitations.get(tokenHash);
    const world = owner === undefined ? undefined : this.#state.agencies.get(owner.agency);
    if (owner === undefined || world === undefined) return undefined;
    const record = this.#invitation(world, owner.id);
    return record === undefined ? undefined : { ...record, agency: owner.agency };
  }

  *invitations(agency: string, now: number): Iterable<InvitationRecord> {
    const world = this.#state.agencies.get(agency);
    for (const id of world?.accounts.keys() ?? []) {
      const record = world === undefined ? undefined : this.#invitation(world, id);
      if (record !== undefined && now < record.until) yield record;
    }
  }

  session(agency: string, id: string): SessionRecord | undefined {
    return keptUnder(this.#state.agencies.get(agency), keys.session(id), 'session');
  }

  sessionEnded(agency: string, id: string): boolean {
    return keptUnder(this.#state.agencies.get(agency), keys.sessionEnd(id), 'session-end') !== undefined;
  }

  sessionsOf(agency: string, role: string, subject: string, now: number): SessionRecord[] {
    const ids = this.#state.agencies.get(agency)?.sessions.get(personOf(role, subject)) ?? [];
    const generation = role === 'CUSTOMER' ? 0 : this.count(agency, subjects.signIn(subject));
    // In an order of their own: that in which they were read is another after a restart.
    const sessions = [...ids].sort().flatMap((id) => this.session(agency, id) ?? []);
    return sessions.filter(
      ({ id, generation: of, expiresAt }) => of === generation && now < expiresAt && !this.sessionEnded(agency, id),
    );
  }

  count(agency: string, subject: string): number {
    return this.#state.agencies.get(agency)?.versions.get(subject) ?? 0;
  }

  administrators(agency: string): string[] {
    const world = this.#state.agencies.get(agency);
    return Array.from(world?.accounts ?? [])
      .filter(([id, { role, enabled }]) => role === 'ADMIN' && enabled && world && this.#hasCredential(world, id))
      .map(([id]) => id);
  }

  settled(agency: string, id: string, now: number): boolean {
    const world = this.#state.agencies.get(agency);
    const changedAt = world?.accounts.get(id)?.changedAt ?? 0;
    return (
      (world?.profiles.get(id)?.version ?? 0) >= this.count(agency, subjects.account(id)) || now - changedAt > patience
    );
  }

  #invitation(world: AgencyAccounts, id: string): InvitationRecord | undefined {
    const record = keptUnder(world, keys.invitation(id), 'invitation');
    const exists = world.accounts.get(id)?.removed === false;
    return exists && record?.number === world.versions.get(subjects.invitation(id)) ? record : undefined;
  }

  #hasCredential(world: AgencyAccounts, id: string): boolean {
    const record =
      keptUnder(world, keys.password(id), 'password') ?? keptUnder(world, keys.serviceKey(id), 'service-key');
    return record !== undefined && record.number === world.versions.get(subjects.credential(id));
  }
}
