import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { why } from '../../protocol/refusal-text.ts';
import { Problem } from './problem.ts';

export interface RateLimits {
  /** requests a minute of one account or device */
  rateLimit: number;
  /** requests a minute of one address that has not signed in */
  addressRateLimit: number;
}

/**
 * Routes by what too many of them would do. A route says so in its `config`; else it is `read` or `write` by its
 * method. Each class is counted by itself, so that who reads a lot can still write.
 *
 *   sign-in   a password or key is checked, 30 ms of a core each     code      a message is sent, which costs money
 *   link      the secret of a link is looked up                      refresh   a session is kept alive, one write each
 */
export type LimitClass = 'sign-in' | 'code' | 'link' | 'refresh' | 'read' | 'write';

declare module 'fastify' {
  interface FastifyContextConfig {
    limit?: LimitClass;
  }
}

/**
 * The tight classes, as parts of what an address may do otherwise (600 a minute by default): 20, 10, 60 and 120 a
 * minute. By address, since a whole office signs in behind one and a guesser has none of the accounts; failures of one
 * account and codes to one number are counted where they are checked.
 */
const tight: Partial<Record<LimitClass, number>> = { 'sign-in': 1 / 30, code: 1 / 60, link: 1 / 10, refresh: 1 / 5 };

/**
 * OsmAnd clients carry their token in the message, so nobody has signed in yet when a request is counted, and a whole
 * fleet of them may sit behind one address of a mobile carrier.
 */
const phonesBehindOne = 20;
/** So many times what one account may do is all that comes from one address, whoever is signed in there. */
const accountsBehindOne = 20;

/**
 * Limits by class, and by account or device where there is one, so that a whole office or fleet behind one address
 * shares nothing; by address (IPv6: /64) for everyone else. The answer says how much is left (RateLimit-* headers).
 * Every daemon counts for itself.
 */
export function rateLimitOptions(limits: RateLimits): RateLimitPluginOptions {
  return {
    global: true,
    timeWindow: 60_000,
    // keys counted at a time; a flood of new addresses only makes others' counts begin anew
    cache: 20_000,
    enableDraftSpec: true,
    keyGenerator: keyOf,
    max: (request, key) => {
      const part = tight[classOf(request)];
      if (part !== undefined) return Math.max(1, Math.floor(limits.addressRateLimit * part));
      if (!key.startsWith('address ')) return limits.rateLimit;
      return request.routeOptions.url === '/osmand'
        ? limits.addressRateLimit * phonesBehindOne
        : limits.addressRateLimit;
    },
    errorResponseBuilder: refusal,
  };
}

/**
 * All that one address sends, over all classes and accounts: whoever has a thousand accounts has no thousand limits.
 * Registered beside the other; it speaks only when it refuses.
 */
export function addressLimitOptions({ rateLimit: each, addressRateLimit }: RateLimits): RateLimitPluginOptions {
  return {
    global: true,
    timeWindow: 60_000,
    cache: 20_000,
    enableDraftSpec: true,
    keyGenerator: ({ ip }) => rateLimit.normalizeIP(ip),
    max: Math.max(each, addressRateLimit) * accountsBehindOne,
    addHeadersOnExceeding: { 'ratelimit-limit': false, 'ratelimit-remaining': false, 'ratelimit-reset': false },
    errorResponseBuilder: refusal,
  };
}

function refusal(_request: FastifyRequest, { ttl }: { ttl: number }): Problem {
  return new Problem(429, 'too-many-requests', why('too-many-requests', { seconds: Math.ceil(ttl / 1000) }));
}

function classOf({ routeOptions: { config }, method }: FastifyRequest): LimitClass {
  return config.limit ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
}

function keyOf(request: FastifyRequest): string {
  const { viewer, caller } = request;
  const limit = classOf(request);
  const address = `address ${limit} ${rateLimit.normalizeIP(request.ip)}`;
  if (tight[limit] !== undefined) return address;
  if (viewer) return `account ${limit} ${viewer.agency} ${viewer.role} ${viewer.subject}`;
  if (caller) return `device ${limit} ${caller.agency} ${caller.device.id}`;
  return request.routeOptions.url === '/osmand' ? `address osmand ${rateLimit.normalizeIP(request.ip)}` : address;
}
