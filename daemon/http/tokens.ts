import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { Compile } from 'typebox/compile';
import { Claims, type LinkClaim, type Role, type Viewer, viewerOf } from '../../protocol/claims.ts';
import type { KeyStore } from './keys.ts';

/** No token speaks for anyone longer than this, s; checked when it is made and when it is shown. */
export const longestLife = 15 * 60;
/** How far clocks of several daemons may differ, s. */
const clockTolerance = 5;
const issuer = 'vantrail';
/** Fixed: what a token says about its own algorithm decides nothing. */
const algorithm = 'EdDSA';
const claimsCheck = Compile(Claims);

/** What a token is to say; the rest (issuer, times, key) is always the same. */
export interface TokenClaims {
  subject: string;
  role: Role;
  agency: string;
  /** INTERNAL_SERVICE only */
  scopes?: readonly string[];
  /** the share link it is given for; CUSTOMER only */
  link?: LinkClaim;
  /** the session it is given in */
  session?: string;
  /** how often its account had been signed out everywhere; older tokens end with the next time */
  generation?: number;
}

/** Signs and verifies bearer tokens (JWT, Ed25519) with the keys of the data directory or of the keys file. */
export class Tokens {
  readonly #keys: Pick<KeyStore, 'newest' | 'find'>;
  readonly #stands: (claims: Claims) => boolean;
  readonly #now: () => number;

  /**
   * `stands`: whether whom a well-made token speaks for may still come in (the account is not disabled, the session has
   * not ended); it is asked for every token, so that a sign-out holds at once and not only when the token expires.
   */
  constructor(deps: {
    keys: Pick<KeyStore, 'newest' | 'find'>;
    stands?: (claims: Claims) => boolean;
    now?: () => number;
  }) {
    this.#keys = deps.keys;
    this.#stands = deps.stands ?? (() => true);
    this.#now = deps.now ?? Date.now;
  }

  /** A token for `ttl` seconds, at most 15 minutes. Throws RangeError for a life outside that. */
  async sign(claims: TokenClaims, ttl: number = longestLife): Promise<string> {
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > longestLife) {
      throw new RangeError(`a token lives 1 to ${longestLife} s, not ${ttl}`);
    }
    const key = await this.#keys.newest();
    const issuedAt = Math.floor(this.#now() / 1000);
    return new SignJWT({
      role: claims.role,
      agency: claims.agency,
      ...(claims.scopes && claims.scopes.length > 0 ? { scope: claims.scopes.join(' ') } : {}),
      ...(claims.link === undefined ? {} : { link: claims.link }),
      ...(claims.session === undefined ? {} : { sid: claims.session }),
      ...(claims.generation === undefined ? {} : { gen: claims.generation }),
    })
      .setProtectedHeader({ alg: algorithm, kid: key.id, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(claims.subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ttl)
      .sign(key.private);
  }

  /** Who the token speaks for, or null when it is not one of ours, edited, expired or too long-lived. */
  async verify(token: string): Promise<Viewer | null> {
    // Ours are about 350 characters; nothing long is worth decoding.
    if (token.length > 4096) return null;
    try {
      const { kid } = decodeProtectedHeader(token);
      const key = typeof kid === 'string' ? await this.#keys.find(kid) : undefined;
      if (key === undefined) return null;
      const { payload } = await jwtVerify(token, key.public, {
        algorithms: [algorithm],
        issuer,
        audience: issuer,
        requiredClaims: ['sub', 'iat', 'exp'],
        maxTokenAge: longestLife,
        clockTolerance,
        currentDate: new Date(this.#now()),
      });
      if (!claimsCheck.Check(payload)) return null;
      if (payload.iat === undefined || payload.exp - payload.iat > longestLife) return null;
      if (!this.#stands(payload)) return null;
      return viewerOf(payload);
    } catch {
      // Whatever jose says (a dozen error classes), the caller only needs to know that it is no token of ours.
      return null;
    }
  }
}
