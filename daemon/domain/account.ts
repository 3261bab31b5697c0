import type { accountEvents } from '../../protocol/account.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import { type AccountsState, type AgencyAccounts, accountsOf, putValue, subjects } from './account-state.ts';
import type { Verdict } from './registry.ts';

export type AccountEvent = Extract<Event, { type: keyof typeof accountEvents }>;

const types: ReadonlySet<string> = new Set([
  'account-added',
  'account-changed',
  'account-removed',
  'account-invited',
  'invitation-withdrawn',
  'password-set',
  'service-key-set',
  'signed-out',
] satisfies AccountEvent['type'][]);

export function isAccountEvent(event: Event): event is AccountEvent {
  return types.has(event.type);
}

/** What a record changed: documents to save, and who was signed out by it. */
export interface Told {
  /** a subject (`account:ID` …), or a value by its id in its topic, `value ` before it */
  touched(agency: string, document: string): void;
  /** everything this account had signed in has ended */
  signedOut(agency: string, accountId: string): void;
  sessionEnded(agency: string, sessionId: string): void;
}

/**
 * Takes one record of the topics events, people or accounts into the state, or drops it; the same at every daemon,
 * since an event is judged by the events before it alone. As in the registry, the version of everything that an event
 * expects goes up by one when it is applied.
 */
export function applyAccount(state: AccountsState, record: LogRecord, told: Told): Verdict {
  const { agency } = record;
  switch (record.topic) {
    case 'events':
      return isAccountEvent(record.value)
        ? applyEvent(accountsOf(state, agency), agency, record.value, told)
        : { dropped: `${record.value.type} is no event of accounts` };
    case 'people': {
      const id = /^account:(.*)$/.exec(record.id ?? '')?.[1];
      if (id === undefined) return { dropped: 'no profile of an account' };
      const { profiles } = accountsOf(state, agency);
      if (record.value === null) profiles.delete(id);
      else if ('kind' in record.value) profiles.set(id, record.value);
      else return { dropped: 'no profile of an account' };
      told.touched(agency, `profile ${id}`);
      return 'applied';
    }
    case 'accounts': {
      const { id: key, value } = record;
      if (key === undefined || !/^(password|service-key|invitation|session|session-end):/.test(key)) {
        return { dropped: 'no value of an account' };
      }
      if (value !== null && (value.kind === 'device' || value.kind === 'link' || value.kind === 'webhook-secret')) {
        return { dropped: 'of another kind' };
      }
      putValue(state, agency, key, value);
      told.touched(agency, `value ${key}`);
      if (value?.kind === 'session-end') told.sessionEnded(agency, value.id);
      return 'applied';
    }
    default:
      return { dropped: `${record.topic} are no part of the accounts` };
  }
}

function applyEvent(world: AgencyAccounts, agency: string, event: AccountEvent, told: Told): Verdict {
  for (const { subject, version } of event.expects) {
    const present = world.versions.get(subject) ?? 0;
    if (present !== version) return { dropped: `${subject} is at version ${present}, not ${version}` };
  }
  const impossible = whyNot(world, event);
  if (impossible !== undefined) return { dropped: impossible };
  const changed = new Set([...subjectsOf(world, event), ...event.expects.map((one) => one.subject)]);
  for (const subject of changed) {
    world.versions.set(subject, (world.versions.get(subject) ?? 0) + 1);
    told.touched(agency, subject);
  }
  change(world, event);
  told.touched(agency, subjects.account(event.data.id));
  if (changed.has(subjects.signIn(event.data.id))) told.signedOut(agency, event.data.id);
  return 'applied';
}

/** Why an event cannot be, whatever it expects: for writers that expect too little. */
function whyNot(world: AgencyAccounts, event: AccountEvent): string | undefined {
  const account = world.accounts.get(event.data.id);
  const exists = account !== undefined && !account.removed;
  if (event.type === 'account-added') return exists ? `account:${event.data.id} exists` : undefined;
  return exists ? undefined : `account:${event.data.id} does not exist`;
}

/**
 * Everything whose version an event about accounts raises. Decisions expect all of it, so that whoever reads the log
 * needs to know no more than `expects`.
 */
export function subjectsOf(world: Pick<AgencyAccounts, 'accounts'> | undefined, event: Changing): string[] {
  const { id } = event.data;
  const before = world?.accounts.get(id);
  const administers = before?.removed === false && before.role === 'ADMIN';
  const { account, credential, signIn, invitation, administrators } = subjects;
  switch (event.type) {
    case 'account-added':
      return [account(id), ...(event.data.role === 'ADMIN' ? [administrators] : [])];
    case 'account-changed': {
      const { role, enabled, scopes } = event.data;
      const rights = role !== undefined || enabled !== undefined || scopes !== undefined;
      return [
        account(id),
        ...(rights ? [signIn(id)] : []),
        ...(rights && (administers || role === 'ADMIN') ? [administrators] : []),
      ];
    }
    case 'account-removed':
      return [account(id), credential(id), signIn(id), invitation(id), ...(administers ? [administrators] : [])];
    case 'account-invited':
    case 'invitation-withdrawn':
      return [invitation(id)];
    case 'password-set':
      return [credential(id), signIn(id), invitation(id)];
    case 'service-key-set':
      return [credential(id), signIn(id)];
    case 'signed-out':
      return [signIn(id)];
  }
}

/** The part of an event that says what it changes. */
export type Changing = {
  [T in AccountEvent['type']]: Pick<Extract<AccountEvent, { type: T }>, 'type' | 'data'>;
}[AccountEvent['type']];

function change(world: AgencyAccounts, event: AccountEvent): void {
  const { id } = event.data;
  const changedAt = event.time;
  if (event.type === 'account-added') {
    const { role, scopes = [] } = event.data;
    world.accounts.set(id, { role, scopes, enabled: true, removed: false, changedAt });
    return;
  }
  const before = world.accounts.get(id);
  if (before === undefined) return;
  if (event.type === 'account-changed') {
    const { role = before.role, enabled = before.enabled, scopes = before.scopes } = event.data;
    world.accounts.set(id, { ...before, role, enabled, scopes, changedAt });
  }
  if (event.type === 'account-removed') world.accounts.set(id, { ...before, removed: true, enabled: false, changedAt });
}
