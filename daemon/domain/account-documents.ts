import type { AccountProfile, AccountValue } from '../../protocol/account.ts';
import { type AccountEntry, type AccountsState, accountsOf, putValue } from './account-state.ts';

/** What is kept of one subject (`account:ID` …), profile (`profile ID`) or value (`value KEY`). */
export interface AccountDocument {
  version?: number;
  account?: AccountEntry;
  profile?: AccountProfile;
  value?: AccountValue;
}

/** The document under a name, or undefined when nothing is known (any more). */
export function accountDocument(state: AccountsState, agency: string, name: string): AccountDocument | undefined {
  const world = state.agencies.get(agency);
  const [kind, key] = partsOf(name);
  const parts = {
    version: kind === 'subject' ? world?.versions.get(key) : undefined,
    account: key.startsWith('account:') ? world?.accounts.get(key.slice('account:'.length)) : undefined,
    profile: kind === 'profile' ? world?.profiles.get(key) : undefined,
    value: kind === 'value' ? world?.values.get(key) : undefined,
  };
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Puts a document back, into a state that knows nothing of it yet. */
export function restoreAccount(state: AccountsState, agency: string, name: string, document: AccountDocument): void {
  const world = accountsOf(state, agency);
  const [, key] = partsOf(name);
  if (document.version !== undefined) world.versions.set(key, document.version);
  if (document.account !== undefined) world.accounts.set(key.slice('account:'.length), document.account);
  if (document.profile !== undefined) world.profiles.set(key, document.profile);
  if (document.value !== undefined) putValue(state, agency, key, document.value);
}

/** Subjects have no space in them. */
function partsOf(name: string): ['subject' | 'profile' | 'value', string] {
  if (name.startsWith('profile ')) return ['profile', name.slice('profile '.length)];
  if (name.startsWith('value ')) return ['value', name.slice('value '.length)];
  return ['subject', name];
}
