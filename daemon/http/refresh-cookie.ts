import type { FastifyReply, FastifyRequest } from 'fastify';
import { why } from '../../protocol/refusal-text.ts';
import type { Opened } from '../domain/signing-in.ts';
import { Problem } from './problem.ts';

/**
 * The refresh token of a browser: in a cookie that no script can read. It is sent to `/api/session` alone, which only
 * opens, refreshes and ends sessions; all other routes want an Authorization header, which no other page can make a
 * browser send. What is left is a foreign page that has the browser refresh or end a session:
 *
 *   SameSite=Lax     the cookie does not come along with a POST or DELETE from another site
 *   fromOurPage      a page of the same site but another origin (a sibling subdomain, another port) is refused
 */
const name = 'vantrail-refresh';
const path = '/api/session';

export function setRefreshCookie(request: FastifyRequest, reply: FastifyReply, opened: Opened, now: number): void {
  const age = Math.max(0, Math.floor((opened.refreshUntil - now) / 1000));
  reply.header('set-cookie', cookie(request, opened.refreshToken, age));
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('set-cookie', cookie(request, '', 0));
}

function cookie(request: FastifyRequest, value: string, age: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return `${name}=${value}; Path=${path}; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** The refresh token of the cookie. Refuses a request that another page has made the browser send. */
export function refreshCookie(request: FastifyRequest): string | undefined {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  const value = found?.slice(name.length + 1);
  if (value === undefined || value === '') return undefined;
  fromOurPage(request);
  return value;
}

/** Throws a 403 when a browser says that another page asks. Programs say nothing of the kind. */
export function fromOurPage(request: FastifyRequest): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const ours =
    origin === undefined
      ? site === undefined || site === 'same-origin' || site === 'none'
      : origin === `${request.protocol}://${request.host}`;
  if (!ours) throw new Problem(403, 'forbidden', why('other-page'));
}
