import { type Static, type TSchema, Type } from 'typebox';
import { scopes } from './claims.ts';
import { UtcMilliseconds } from './position.ts';

/**
 * People who work for an agency and programs that work for it. An account signs in as `id@agency`; what it does is
 * recorded under `ROLE:id`, and a van names its driver by this id. Consumers have no account: they are who they are by
 * their consumer number.
 *
 * That there is an account, its role and what became of it are events. Name and telephone stand in the topic `people`
 * (under `account:ID`), hashes and sessions in the topic `accounts`: newest values, erased by null.
 */
export const AccountId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9._-]*$',
  description: 'the name to sign in by: small letters, digits, dot, dash, underscore',
});

export const AccountRole = Type.Union([
  Type.Literal('ADMIN'),
  Type.Literal('DISPATCHER'),
  Type.Literal('DELIVERY_PARTNER'),
  Type.Literal('INTERNAL_SERVICE'),
]);
export type AccountRole = Static<typeof AccountRole>;

const Scopes = Type.Array(Type.Enum([...scopes]), {
  uniqueItems: true,
  maxItems: scopes.length,
  description: 'INTERNAL_SERVICE only',
});

const Name = Type.String({ minLength: 1, maxLength: 120 });
const Phone = Type.String({ minLength: 4, maxLength: 32, pattern: '^\\+?[0-9 ()-]+$' });
const Language = Type.Union([Type.Literal('en'), Type.Literal('hi')]);

/** Personal fields of an account. Topic `people`, under `account:ID`. */
export const AccountProfile = Type.Object(
  {
    kind: Type.Literal('account'),
    id: AccountId,
    name: Name,
    phone: Type.Optional(Phone),
    language: Type.Optional(Language),
    version: Type.Integer({ minimum: 1, description: 'of the account, when this was written' }),
  },
  { additionalProperties: false, $id: 'AccountProfile' },
);
export type AccountProfile = Static<typeof AccountProfile>;

/** An account as its agency's administrators see it. */
export const Account = Type.Object(
  {
    id: AccountId,
    role: AccountRole,
    enabled: Type.Boolean(),
    scopes: Type.Optional(Scopes),
    name: Name,
    phone: Type.Optional(Phone),
    language: Type.Optional(Language),
    signIn: Type.Union([Type.Literal('ready'), Type.Literal('invited'), Type.Literal('none')], {
      description: 'ready: it has a password or key; invited: a link waits for it; none: neither',
    }),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Account' },
);
export type Account = Static<typeof Account>;

const orNull = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

/** What an administrator sends for a new account. */
export const NewAccount = Type.Object(
  {
    id: AccountId,
    role: AccountRole,
    name: Type.Optional(Name),
    phone: Type.Optional(Phone),
    language: Type.Optional(Language),
    scopes: Type.Optional(Scopes),
  },
  { additionalProperties: false },
);
export type NewAccount = Static<typeof NewAccount>;

export const AccountChange = Type.Object(
  {
    role: Type.Optional(AccountRole),
    enabled: Type.Optional(Type.Boolean()),
    scopes: Type.Optional(Scopes),
    name: Type.Optional(Name),
    phone: orNull(Phone),
    language: orNull(Language),
  },
  { additionalProperties: false, description: 'null takes a field away' },
);
export type AccountChange = Static<typeof AccountChange>;

/** setup: the first administrator of a new agency · invitation: a first password · reset: another one */
export const Purpose = Type.Union([Type.Literal('setup'), Type.Literal('invitation'), Type.Literal('reset')]);
export type Purpose = Static<typeof Purpose>;

/** The data of the events about accounts. */
export const accountEvents = {
  'account-added': { id: AccountId, role: AccountRole, scopes: Type.Optional(Scopes) },
  'account-changed': {
    id: AccountId,
    role: Type.Optional(AccountRole),
    enabled: Type.Optional(Type.Boolean()),
    scopes: Type.Optional(Scopes),
  },
  'account-removed': { id: AccountId },
  'account-invited': { id: AccountId, purpose: Purpose, until: UtcMilliseconds },
  'invitation-withdrawn': { id: AccountId },
  'password-set': {
    id: AccountId,
    with: Type.Union([Type.Literal('link'), Type.Literal('password')], {
      description: 'how the right to it was shown: by a one-time link, or by the password before',
    }),
  },
  'service-key-set': { id: AccountId },
  'signed-out': { id: AccountId },
} as const;

/*
 * What the topic `accounts` keeps of them. `number` is the version of `credential:ID` (or `invitation:ID`) after the
 * event that a value belongs to: what another event came after, or what was left over by a crash, counts no more.
 */
const number = Type.Integer({ minimum: 1 });

/** Under `password:ID`. */
export const PasswordRecord = Type.Object(
  {
    kind: Type.Literal('password'),
    accountId: AccountId,
    hash: Type.String({ maxLength: 200, description: 'PHC string of Argon2id' }),
    number,
  },
  { additionalProperties: false, $id: 'PasswordRecord' },
);
type PasswordRecord = Static<typeof PasswordRecord>;

/** Under `service-key:ID`. */
export const ServiceKeyRecord = Type.Object(
  {
    kind: Type.Literal('service-key'),
    accountId: AccountId,
    keyHash: Type.String({ maxLength: 64, description: 'SHA-256 of 256 random bits' }),
    number,
  },
  { additionalProperties: false, $id: 'ServiceKeyRecord' },
);
type ServiceKeyRecord = Static<typeof ServiceKeyRecord>;

/** Under `invitation:ID`. */
export const InvitationRecord = Type.Object(
  {
    kind: Type.Literal('invitation'),
    accountId: AccountId,
    purpose: Purpose,
    tokenHash: Type.String({ maxLength: 64, description: 'SHA-256 of 256 random bits' }),
    until: UtcMilliseconds,
    number,
  },
  { additionalProperties: false, $id: 'InvitationRecord' },
);
export type InvitationRecord = Static<typeof InvitationRecord>;

/**
 * One sign-in and the refresh tokens that followed from it (its family). Under `session:ID`, written anew with each
 * refresh: four times an hour while somebody works. It never changes what `session-end:ID` says.
 */
export const SessionRecord = Type.Object(
  {
    kind: Type.Literal('session'),
    id: Type.String({ maxLength: 32 }),
    role: Type.Enum(['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER']),
    subject: Type.String({ maxLength: 64, description: 'account or consumer' }),
    generation: Type.Integer({ minimum: 0, description: 'version of `sign-in:ID`; a newer one ends the session' }),
    number: Type.Integer({ minimum: 1, description: 'of the present refresh token; the older ones are used up' }),
    tokenHash: Type.String({ maxLength: 64, description: 'SHA-256 of the present refresh token' }),
    createdAt: UtcMilliseconds,
    rotatedAt: UtcMilliseconds,
    expiresAt: UtcMilliseconds,
    client: Type.String({ maxLength: 120, description: 'what it called itself (User-Agent)' }),
  },
  { additionalProperties: false, $id: 'SessionRecord' },
);
export type SessionRecord = Static<typeof SessionRecord>;

/**
 * The end of a session before its time. Under `session-end:ID`, a key of its own: a refresh at another daemon at the
 * same moment cannot overwrite it.
 */
export const SessionEndRecord = Type.Object(
  { kind: Type.Literal('session-end'), id: Type.String({ maxLength: 32 }), at: UtcMilliseconds },
  { additionalProperties: false, $id: 'SessionEndRecord' },
);
type SessionEndRecord = Static<typeof SessionEndRecord>;

export type AccountValue = PasswordRecord | ServiceKeyRecord | InvitationRecord | SessionRecord | SessionEndRecord;
