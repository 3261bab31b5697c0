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
 * Limits by account or device where there is one, so that a whole office or fleet behind one address shares nothing;
 * by address (IPv6: /64) for everyone else. The answer says how much is left (RateLimit-* headers).
 */
export function rateLimitOptions(limits: RateLimits): RateLimitPluginOptions {
  return {
    global: true,
    timeWindow: 60_000,
    // counted by the most recent ones; a flood of addresses pushes out other addresses, never a signed-in account's work
    cache: 20_000,
    enableDraftSpec: true,
    keyGenerator: keyOf,
    max: (_request, key) => (key.startsWith('address ') ? limits.addressRateLimit : limits.rateLimit),
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(429, 'too-many-requests', `Too many requests. Try again in ${Math.ceil(ttl / 1000)} s.`),
  };
}

function keyOf(request: FastifyRequest): string {
  const { viewer, caller } = request;
  if (viewer) return `account ${viewer.agency} ${viewer.role} ${viewer.subject}`;
  if (caller) return `device ${caller.agency} ${caller.device.id}`;
  return `address ${rateLimit.normalizeIP(request.ip)}`;
}
