import type { Account, AccountValue, Purpose } from '../../protocol/account.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import { keys, subjects } from './account-state.ts';
import type { AccountsView } from './account-view.ts';
import { accountEvent } from './decide-account.ts';
import { type Decide, isRefusal, type Refusal, refuse } from './decision.ts';

/** What a one-time link says, beside its secret. */
export interface Invited {
  id: string;
  purpose: Purpose;
  /** UTC ms */
  until: number;
}

/**
 * A one-time link by which somebody sets a password for an account. A new one makes the one before worthless: a link
 * counts as long as nothing has happened to `invitation:ID` since.
 */
export function invite(
  accounts: AccountsView,
  agency: string,
  { id, purpose, tokenHash, life }: { id: string; purpose: Purpose; tokenHash: string; life: number },
): Decide<Invited> {
  return (_view, context) => {
    const account = person(accounts, agency, id);
    if ('kind' in account) return account;
    if (!account.enabled) return refuse('invalid', why('account-disabled', { id }));
    const until = context.now + life;
    const record = accountEvent(accounts, agency, { type: 'account-invited', data: { id, purpose, until } }, context);
    if (isRefusal(record)) return record;
    const number = accounts.count(agency, subjects.invitation(id)) + 1;
    const link = { kind: 'invitation', accountId: id, purpose, tokenHash, until, number } as const;
    const value = { id, purpose, until };
    return { ok: true, records: [record], afterwards: [secret(agency, keys.invitation(id), link)], value };
  };
}

export function withdrawInvitation(accounts: AccountsView, agency: string, id: string): Decide<null> {
  return (_view, context) => {
    const waits = [...accounts.invitations(agency, context.now)].some(({ accountId }) => accountId === id);
    if (!waits) return refuse('missing', `no link waits for account ${id}`);
    const record = accountEvent(accounts, agency, { type: 'invitation-withdrawn', data: { id } }, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: [secret(agency, keys.invitation(id), null)], value: null };
  };
}

/** Sets a password by a one-time link. The event uses the link up: of two who come with it, one wins. */
export function setPasswordByLink(
  accounts: AccountsView,
  { tokenHash, hash }: { tokenHash: string; hash: string },
): Decide<{ agency: string; id: string }> {
  return (_view, context) => {
    const link = accounts.byInvitation(tokenHash);
    const account = link === undefined ? undefined : accounts.account(link.agency, link.accountId);
    if (link === undefined || account?.enabled !== true || context.now >= link.until) {
      return refuse('missing', 'the link has been used, replaced or has expired');
    }
    const { agency, accountId: id } = link;
    const event = { type: 'password-set', data: { id, with: 'link' } } as const;
    // Whoever holds the link is the account, and stands in the record as that.
    const record = accountEvent(accounts, agency, event, { ...context, actor: `${account.role}:${id}` });
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: passwordOf(accounts, agency, id, hash), value: { agency, id } };
  };
}

/** Sets another password for somebody who has shown the present one. Everything else that was signed in ends. */
export function changePassword(
  accounts: AccountsView,
  agency: string,
  { id, shown, hash }: { id: string; shown: string; hash: string },
): Decide<null> {
  return (_view, context) => {
    const account = person(accounts, agency, id);
    if ('kind' in account) return account;
    // The one he has shown was compared before this was decided; meanwhile it may have become another.
    if (accounts.password(agency, id) !== shown) return refuse('stale', why('password-changed', { id }));
    const event = { type: 'password-set', data: { id, with: 'password' } } as const;
    const record = accountEvent(accounts, agency, event, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: passwordOf(accounts, agency, id, hash), value: null };
  };
}

/** A new key for a service; the old one and the tokens given for it are refused from then on. */
export function setServiceKey(accounts: AccountsView, agency: string, id: string, keyHash: string): Decide<Account> {
  return (_view, context) => {
    const account = accounts.account(agency, id);
    if (account === undefined) return refuse('missing', `account ${id} does not exist`);
    if (account.role !== 'INTERNAL_SERVICE') return refuse('invalid', why('account-no-service', { id }));
    const record = accountEvent(accounts, agency, { type: 'service-key-set', data: { id } }, context);
    if (isRefusal(record)) return record;
    const number = accounts.count(agency, subjects.credential(id)) + 1;
    const value = { kind: 'service-key', accountId: id, keyHash, number } as const;
    return {
      ok: true,
      records: [record],
      afterwards: [secret(agency, keys.serviceKey(id), value)],
      value: { ...account, signIn: 'ready' },
    };
  };
}

/** Ends everything that an account has signed in. */
export function signOutEverywhere(accounts: AccountsView, agency: string, id: string): Decide<null> {
  return (_view, context) => {
    if (accounts.account(agency, id) === undefined) return refuse('missing', `account ${id} does not exist`);
    const record = accountEvent(accounts, agency, { type: 'signed-out', data: { id } }, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: null };
  };
}

function person(accounts: AccountsView, agency: string, id: string): Account | Refusal {
  const account = accounts.account(agency, id);
  if (account === undefined) return refuse('missing', `account ${id} does not exist`);
  return account.role === 'INTERNAL_SERVICE' ? refuse('invalid', why('account-is-service', { id })) : account;
}

function passwordOf(accounts: AccountsView, agency: string, id: string, hash: string): LogRecord[] {
  const number = accounts.count(agency, subjects.credential(id)) + 1;
  return [
    secret(agency, keys.password(id), { kind: 'password', accountId: id, hash, number }),
    secret(agency, keys.invitation(id), null),
  ];
}

function secret(agency: string, id: string, value: AccountValue | null): LogRecord {
  return { topic: 'accounts', agency, id, value };
}
