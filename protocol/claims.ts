import { type Static, Type } from 'typebox';
import { AgencyId } from './registry.ts';

/** Who a bearer token speaks for. JWT, EdDSA, `iss` and `aud` both `vantrail`, at most 15 minutes. */
export const Role = Type.Union([
  Type.Literal('ADMIN'),
  Type.Literal('DISPATCHER'),
  Type.Literal('DELIVERY_PARTNER'),
  Type.Literal('CUSTOMER'),
  Type.Literal('INTERNAL_SERVICE'),
]);
export type Role = Static<typeof Role>;

export const scopes = ['positions:write', 'positions:read', 'events:read', 'places:write'] as const;
export type Scope = (typeof scopes)[number];

/** What a share link opens, where the token was given for one. */
export const LinkClaim = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64 }),
    order: Type.String({ minLength: 1, maxLength: 64, description: 'the one order it shows' }),
    own: Type.Boolean({ description: 'it was sent to the consumer, whom it stands for' }),
  },
  { additionalProperties: false },
);
export type LinkClaim = Static<typeof LinkClaim>;

export const Claims = Type.Object(
  {
    iss: Type.Literal('vantrail'),
    aud: Type.Literal('vantrail'),
    sub: Type.String({ minLength: 1, maxLength: 64 }),
    role: Role,
    agency: AgencyId,
    scope: Type.Optional(Type.String({ description: 'space-separated; INTERNAL_SERVICE only' })),
    link: Type.Optional(LinkClaim),
    sid: Type.Optional(Type.String({ maxLength: 32, description: 'the session it was given in' })),
    gen: Type.Optional(
      Type.Integer({ minimum: 0, description: 'times the account was signed out everywhere, when it was given' }),
    ),
    iat: Type.Optional(Type.Integer()),
    exp: Type.Integer({ description: 'UTC seconds' }),
  },
  { $id: 'Claims' },
);
export type Claims = Static<typeof Claims>;

/** The caller, as every decision about rights sees it. */
export interface Viewer {
  role: Role;
  agency: string;
  subject: string;
  scopes: ReadonlySet<string>;
  /** he came by a share link, and sees no more than it shows */
  link?: LinkClaim;
  /** the session the token was given in; absent: none (a share link, a service, the operator's tool) */
  session?: string;
  /** as `gen` in the token; absent: it is nobody's account */
  generation?: number;
  /** UTC ms after which the token no longer speaks for anyone */
  expiresAt: number;
}

/** Turns verified claims into the caller. */
export function viewerOf(claims: Claims): Viewer {
  return {
    role: claims.role,
    agency: claims.agency,
    subject: claims.sub,
    scopes: new Set(claims.role === 'INTERNAL_SERVICE' ? (claims.scope ?? '').split(' ').filter(Boolean) : []),
    ...(claims.link === undefined ? {} : { link: claims.link }),
    ...(claims.sid === undefined ? {} : { session: claims.sid }),
    ...(claims.gen === undefined ? {} : { generation: claims.gen }),
    expiresAt: claims.exp * 1000,
  };
}
