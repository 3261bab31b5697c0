import type { Account, AccountChange, AccountProfile, NewAccount } from '../../protocol/account.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import { type Changing, subjectsOf } from './account.ts';
import { keys } from './account-state.ts';
import type { AccountsView } from './account-view.ts';
import { type Context, type Decide, eventRecord, isRefusal, type Refusal, refuse, staleness } from './decision.ts';

/** Ids that the operator's tools and the demo speak under: nobody else may be called so. */
const reserved: ReadonlySet<string> = new Set(['operator', 'operator-tool', 'demo']);

/** A new account. It cannot sign in before it has a password (by an invitation) or a key. */
export function addAccount(accounts: AccountsView, agency: string, command: NewAccount): Decide<Account> {
  const { id, role, scopes, name = id, phone, language } = command;
  return (view, context) => {
    if (view.agency(agency) === undefined) return refuse('missing', `agency ${agency} does not exist`);
    const current = accounts.account(agency, id);
    if (current !== undefined) return refuse('exists', why('account-exists', { id }), current);
    if (reserved.has(id)) return refuse('invalid', whyAt('id', why('account-reserved', { id })));
    if (scopes !== undefined && role !== 'INTERNAL_SERVICE') return onlyServices();
    const data = { id, role, ...(scopes === undefined ? {} : { scopes }) };
    const record = accountEvent(accounts, agency, { type: 'account-added', data }, context);
    if (isRefusal(record)) return record;
    const profile = {
      name,
      ...(phone === undefined ? {} : { phone }),
      ...(language === undefined ? {} : { language }),
    };
    const version = accounts.count(agency, keys.profile(id)) + 1;
    const value: Account = {
      id,
      role,
      enabled: true,
      ...(role === 'INTERNAL_SERVICE' ? { scopes: scopes ?? [] } : {}),
      ...profile,
      signIn: 'none',
      version,
    };
    return { ok: true, records: [record], afterwards: [profileOf(agency, { id, ...profile, version })], value };
  };
}

/** Whoever's rights change is signed out everywhere, so that nothing is left that was given for the rights before. */
export function changeAccount(
  accounts: AccountsView,
  agency: string,
  { id, ...changes }: AccountChange & { id: string },
): Decide<Account> {
  return (_view, context) => {
    const current = accounts.account(agency, id);
    if (current === undefined) return refuse('missing', `account ${id} does not exist`);
    const stale = staleness(current, `account ${id}`, context);
    if (stale !== undefined) return stale;
    if (!accounts.settled(agency, id, context.now)) return refuse('stale', why('account-unsettled', { id }), current);
    const { role, enabled, scopes } = differences(current, changes);
    const unfit = unfitRights(current, { role, scopes }) ?? lastOne(accounts, agency, current, { role, enabled });
    if (unfit !== undefined) return unfit;
    const rights = {
      ...(role === undefined ? {} : { role }),
      ...(enabled === undefined ? {} : { enabled }),
      ...(scopes === undefined ? {} : { scopes }),
    };
    const before = profileFields(current);
    const profile = merged(before, changes);
    const same = JSON.stringify(profile) === JSON.stringify(before);
    if (same && Object.keys(rights).length === 0) return { ok: true, records: [], value: current };
    const record = accountEvent(accounts, agency, { type: 'account-changed', data: { id, ...rights } }, context);
    if (isRefusal(record)) return record;
    const version = current.version + 1;
    const { phone: _phone, language: _language, name: _name, ...rest } = current;
    const value: Account = { ...rest, ...rights, ...profile, version };
    return { ok: true, records: [record], afterwards: [profileOf(agency, { id, ...profile, version })], value };
  };
}

/** The account goes, and with it its name, its password and all that it had signed in. */
export function removeAccount(accounts: AccountsView, agency: string, id: string): Decide<null> {
  return (_view, context) => {
    const current = accounts.account(agency, id);
    if (current === undefined) return refuse('missing', `account ${id} does not exist`);
    const stale =
      staleness(current, `account ${id}`, context) ?? lastOne(accounts, agency, current, { enabled: false });
    if (stale !== undefined) return stale;
    const record = accountEvent(accounts, agency, { type: 'account-removed', data: { id } }, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: remainsOf(agency, id), value: null };
  };
}

/** What is to be erased of an account that was removed. Its sessions are swept later. */
export function remainsOf(agency: string, id: string): LogRecord[] {
  return [
    { topic: 'people', agency, id: keys.profile(id), value: null },
    ...[keys.password(id), keys.serviceKey(id), keys.invitation(id)].map(
      (key): LogRecord => ({ topic: 'accounts', agency, id: key, value: null }),
    ),
  ];
}

/** An event about accounts, with all it changes as it is now. */
export function accountEvent(
  accounts: AccountsView,
  agency: string,
  event: Changing,
  context: Context,
): LogRecord | Refusal {
  const before = accounts.standing(agency, event.data.id);
  const known = new Map(before === undefined ? [] : [[event.data.id, { ...before, removed: false, changedAt: 0 }]]);
  const expects = subjectsOf({ accounts: known }, event).map((subject) => ({
    subject,
    version: accounts.count(agency, subject),
  }));
  return eventRecord(agency, event.type, event.data, expects, context);
}

type Rights = Pick<AccountChange, 'role' | 'enabled' | 'scopes'>;

function differences(current: Account, { role, enabled, scopes }: Rights) {
  const same = JSON.stringify([...(scopes ?? [])].sort()) === JSON.stringify([...(current.scopes ?? [])].sort());
  return {
    role: role === current.role ? undefined : role,
    enabled: enabled === current.enabled ? undefined : enabled,
    scopes: same ? undefined : scopes,
  };
}

function unfitRights(current: Account, { role, scopes }: { role: Rights['role']; scopes: Rights['scopes'] }) {
  const service = current.role === 'INTERNAL_SERVICE';
  if (role !== undefined && service !== (role === 'INTERNAL_SERVICE')) {
    return refuse('invalid', whyAt('role', why('account-kind')));
  }
  return scopes !== undefined && !service ? onlyServices() : undefined;
}

function onlyServices(): Refusal {
  return refuse('invalid', whyAt('scopes', why('account-scopes')));
}

/** An agency without an administrator could be mended by the operator alone. */
function lastOne(
  accounts: AccountsView,
  agency: string,
  { id }: Account,
  { role, enabled }: { role?: Rights['role']; enabled: Rights['enabled'] },
): Refusal | undefined {
  if (enabled !== false && (role === undefined || role === 'ADMIN')) return undefined;
  const able = accounts.administrators(agency);
  if (!able.includes(id) || able.length > 1) return undefined;
  return refuse('invalid', why('account-last', { id }));
}

type Fields = Omit<AccountProfile, 'kind' | 'id' | 'version'>;

function profileFields({ name, phone, language }: Account): Fields {
  return { name, ...(phone === undefined ? {} : { phone }), ...(language === undefined ? {} : { language }) };
}

function merged(before: Fields, { name = before.name, phone, language }: AccountChange): Fields {
  const called = phone === undefined ? before.phone : phone;
  const spoken = language === undefined ? before.language : language;
  return {
    name,
    ...(typeof called === 'string' ? { phone: called } : {}),
    ...(typeof spoken === 'string' ? { language: spoken } : {}),
  };
}

function profileOf(agency: string, fields: Omit<AccountProfile, 'kind'>): LogRecord {
  return { topic: 'people', agency, id: keys.profile(fields.id), value: { kind: 'account', ...fields } };
}
