import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

export interface RateLimits {
  /** requests a minute of one account or device */
  rateLimit: number;
  /** requests a minute of one address that has not signed in */
  addressRateLimit: number;
}

/**
 * OsmAnd clients carry their token in the message, so nobody has signed in yet when a request is counted, and a whole
 * fleet of them may sit behind one address of a mobile carrier.
 */
const phonesBehindOne = 20;

/**
 * Limits by account or device where there is one, so that a whole office or fleet behind one address shares nothing;
 * by address (IPv6: /64) for everyone else. The answer says how much is left (RateLimit-* headers).
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
      if (!key.startsWith('address ')) return limits.rateLimit;
      return request.routeOptions.url === '/osmand'
        ? limits.addressRateLimit * phonesBehindOne
        : limits.addressRateLimit;
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(429, 'too-many-requests', `Too many requests. Try again in ${Math.ceil(ttl / 1000)} s.`),
  };
}

function keyOf(request: FastifyRequest): string {
  const { viewer, caller } = request;
  if (viewer) return `account ${viewer.agency} ${viewer.role} ${viewer.subject}`;
  if (caller) return `device ${caller.agency} ${caller.device.id}`;
  const door = request.routeOptions.url === '/osmand' ? 'osmand ' : '';
  return `address ${door}${rateLimit.normalizeIP(request.ip)}`;
}
