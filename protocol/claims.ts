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

export const Claims = Type.Object(
  {
    iss: Type.Literal('vantrail'),
    aud: Type.Literal('vantrail'),
    sub: Type.String({ minLength: 1, maxLength: 64 }),
    role: Role,
    agency: AgencyId,
    scope: Type.Optional(Type.String({ description: 'space-separated; INTERNAL_SERVICE only' })),
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
    expiresAt: claims.exp * 1000,
  };
}
