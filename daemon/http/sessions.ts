import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import { AccountId } from '../../protocol/account.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { signOutEverywhere } from '../domain/decide-account-access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut } from './change.ts';
import type { PeopleDeps } from './people.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

const Session = Type.Object({
  id: Type.String(),
  createdAt: UtcMilliseconds,
  lastUsedAt: UtcMilliseconds,
  expiresAt: UtcMilliseconds,
  client: Type.String({ description: 'what it called itself (User-Agent)' }),
  current: Type.Boolean({ description: 'the one this token was given in' }),
});
const tags = ['session'];
const access = { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER'] } as const;
const query = Type.Object(
  { account: Type.Optional({ ...AccountId, description: 'of this account, for its administrator' }) },
  { additionalProperties: false },
);

/** Where somebody is signed in: to be looked at, and to be ended. */
export function sessionsRoutes(deps: PeopleDeps) {
  const { accounts, sessions, commands, now } = deps;

  /** Whose sessions are meant: the own, or those of an account that the caller may see. */
  const ownerOf = (viewer: Viewer, account: string | undefined) => {
    // A share link stands for a consumer at one order, not at his sessions.
    if (viewer.link !== undefined) throw notFound();
    if (account === undefined) return { role: viewer.role, subject: viewer.subject };
    const { agency } = viewer;
    const known = accounts.account(agency, account);
    const seen = viewer.role !== 'CUSTOMER' && rightsOn(viewer, { kind: 'account', agency, id: account }, now()).see;
    if (known === undefined || !seen) throw notFound();
    return { role: known.role, subject: account };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/sessions',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Where the caller is signed in',
          querystring: query,
          response: { 200: Type.Object({ items: Type.Array(Session) }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { role, subject } = ownerOf(viewer, request.query.account);
        reply.header('cache-control', 'no-store');
        const open = accounts.sessionsOf(viewer.agency, role, subject, now());
        const items = open.map(({ id, createdAt, rotatedAt: lastUsedAt, expiresAt, client }) => {
          return { id, createdAt, lastUsedAt, expiresAt, client, current: id === viewer.session };
        });
        return { items: items.sort((a, b) => b.lastUsedAt - a.lastUsedAt) };
      },
    );

    app.delete(
      '/api/sessions',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Sign out everywhere, here too',
          querystring: query,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { role, subject } = ownerOf(viewer, request.query.account);
        if (role === 'CUSTOMER') await sessions.endAll(viewer.agency, role, subject);
        else await carryOut(commands, signOutEverywhere(accounts, viewer.agency, subject), byOf(request));
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/sessions/:id',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Sign out in one place',
          params: Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }) }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = request.params;
        const session = viewer.link === undefined ? accounts.session(viewer.agency, id) : undefined;
        if (session === undefined || accounts.sessionEnded(viewer.agency, id)) throw notFound();
        const own = session.role === viewer.role && session.subject === viewer.subject;
        if (!own && session.role === 'CUSTOMER') throw notFound();
        if (!own) ownerOf(viewer, session.subject);
        await sessions.end(viewer.agency, id);
        return reply.code(204).send(null);
      },
    );
  };
}
