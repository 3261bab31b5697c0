import type { AccountProfile, AccountRole, AccountValue } from '../../protocol/account.ts';
import type { Scope } from '../../protocol/claims.ts';

/** All accounts and sessions: what `apply` (account.ts) makes of events, people and accounts. */
export interface AccountsState {
  agencies: Map<string, AgencyAccounts>;
  /** whose a one-time link or a service key is, by the hash of its secret */
  invitations: Map<string, Owner>;
  serviceKeys: Map<string, Owner>;
}

interface Owner {
  agency: string;
  id: string;
}

export interface AgencyAccounts {
  /** version of every subject ever named; it goes on counting when an account is removed and added again */
  versions: Map<string, number>;
  /** removed ones stay, so that what a crash left of them is found and erased */
  accounts: Map<string, AccountEntry>;
  profiles: Map<string, AccountProfile>;
  /** what the topic `accounts` has, by the id it has there (`password:ID` …) */
  values: Map<string, AccountValue>;
  /** ids of the sessions of one person, by `ROLE subject` */
  sessions: Map<string, Set<string>>;
}

export interface AccountEntry {
  role: AccountRole;
  enabled: boolean;
  scopes: readonly Scope[];
  removed: boolean;
  /** UTC ms of its last event */
  changedAt: number;
}

/** What events about accounts say a version of. */
export const subjects = {
  account: (id: string) => `account:${id}`,
  /** its password or key */
  credential: (id: string) => `credential:${id}`,
  /** its generation: everything signed in before the last change of it has ended */
  signIn: (id: string) => `sign-in:${id}`,
  invitation: (id: string) => `invitation:${id}`,
  /** who administers the agency, all together: there must always be somebody */
  administrators: 'administrators:all',
} as const;

/** Under which id a value stands in its topic. */
export const keys = {
  profile: (id: string) => `account:${id}`,
  password: (id: string) => `password:${id}`,
  serviceKey: (id: string) => `service-key:${id}`,
  invitation: (id: string) => `invitation:${id}`,
  session: (id: string) => `session:${id}`,
  sessionEnd: (id: string) => `session-end:${id}`,
} as const;

export function emptyAccounts(): AccountsState {
  return { agencies: new Map(), invitations: new Map(), serviceKeys: new Map() };
}

export function accountsOf(state: AccountsState, agency: string): AgencyAccounts {
  let found = state.agencies.get(agency);
  if (found === undefined) {
    found = {
      versions: new Map(),
      accounts: new Map(),
      profiles: new Map(),
      values: new Map(),
      sessions: new Map(),
    };
    state.agencies.set(agency, found);
  }
  return found;
}

/** The value under a key of a kind. */
export function keptUnder<K extends AccountValue['kind']>(
  world: AgencyAccounts | undefined,
  key: string,
  kind: K,
): Extract<AccountValue, { kind: K }> | undefined {
  const value = world?.values.get(key);
  return value?.kind === kind ? (value as Extract<AccountValue, { kind: K }>) : undefined;
}

/** Sets or erases a value of the topic `accounts`, and keeps the indexes with it. */
export function putValue(state: AccountsState, agency: string, key: string, value: AccountValue | null): void {
  const world = accountsOf(state, agency);
  const before = world.values.get(key);
  if (before !== undefined) unindex(state, world, before);
  if (value === null) {
    world.values.delete(key);
    return;
  }
  world.values.set(key, value);
  if (value.kind === 'invitation') state.invitations.set(value.tokenHash, { agency, id: value.accountId });
  if (value.kind === 'service-key') state.serviceKeys.set(value.keyHash, { agency, id: value.accountId });
  if (value.kind === 'session') {
    const person = personOf(value.role, value.subject);
    world.sessions.set(person, (world.sessions.get(person) ?? new Set()).add(value.id));
  }
}

function unindex(state: AccountsState, world: AgencyAccounts, value: AccountValue): void {
  if (value.kind === 'invitation') state.invitations.delete(value.tokenHash);
  if (value.kind === 'service-key') state.serviceKeys.delete(value.keyHash);
  if (value.kind === 'session') {
    const person = personOf(value.role, value.subject);
    const ids = world.sessions.get(person);
    ids?.delete(value.id);
    if (ids?.size === 0) world.sessions.delete(person);
  }
}

/** Consumers and accounts may have one and the same id: the role tells them apart. */
export function personOf(role: string, subject: string): string {
  return role === 'CUSTOMER' ? `CUSTOMER ${subject}` : `account ${subject}`;
}
