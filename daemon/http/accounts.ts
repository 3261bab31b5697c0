import { Type } from 'typebox';
import { mayManage, rightsOn } from '../../protocol/access.ts';
import { Account, AccountChange, AccountId, NewAccount } from '../../protocol/account.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { why } from '../../protocol/refusal-text.ts';
import { addAccount, changeAccount, removeAccount } from '../domain/decide-account.ts';
import { setServiceKey } from '../domain/decide-account-access.ts';
import { hashKey, newKey } from '../domain/device-key.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { isAccount, type PeopleDeps } from './people.ts';
import { notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

const key = Type.String({ description: "a service's key, shown this once; POST /api/session gives tokens for it" });
const readers: Access = { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER'] };
const writers: Access = { roles: rolesThatManage('accounts') };
const params = Type.Object({ id: AccountId });
const tags = ['accounts'];

/** The accounts of an agency: an administrator has all of them, everyone else the own. */
export function accountRoutes({ accounts, commands, now }: PeopleDeps) {
  const sees = (viewer: Viewer, id: string) =>
    isAccount(viewer) && rightsOn(viewer, { kind: 'account', agency: viewer.agency, id }, now()).see;
  const accountFor = (viewer: Viewer, id: string): Account => {
    const account = accounts.account(viewer.agency, id);
    if (account === undefined || !sees(viewer, id)) throw notFound();
    return account;
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/accounts',
      {
        config: { access: readers },
        schema: {
          tags,
          summary: 'The accounts that the caller may see',
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(Account), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { cursor, limit = 100 } = request.query;
        reply.header('cache-control', 'no-store');
        return pageOf(accounts.accounts(viewer.agency), {
          after: readCursor(cursor),
          limit,
          keep: ({ id }) => sees(viewer, id),
        });
      },
    );

    app.get(
      '/api/accounts/:id',
      { config: { access: readers }, schema: { tags, summary: 'One account', params, response: { 200: Account } } },
      async (request, reply) => tagged(reply, accountFor(signedIn(request), request.params.id)),
    );

    app.post(
      '/api/accounts',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Add an account; a person then needs an invitation, a service is given its key here',
          body: NewAccount,
          response: { 201: Type.Object({ ...Account.properties, key: Type.Optional(key) }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const by = byOf(request);
        const added = await carryOut(commands, addAccount(accounts, agency, request.body), by);
        reply.code(201).header('location', `/api/accounts/${added.id}`);
        if (added.role !== 'INTERNAL_SERVICE') return tagged(reply, added);
        const secret = newKey();
        const ready = await carryOut(commands, setServiceKey(accounts, agency, added.id, hashKey(secret)), by);
        return { ...tagged(reply, ready), key: secret };
      },
    );

    app.patch(
      '/api/accounts/:id',
      {
        config: { access: readers },
        schema: {
          tags,
          summary: 'Change an account; one who is no administrator may change the own name, phone and language',
          params,
          body: AccountChange,
          response: { 200: Account },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = accountFor(viewer, request.params.id);
        const { role, enabled, scopes } = request.body;
        const rights = role !== undefined || enabled !== undefined || scopes !== undefined;
        if (rights && !mayManage(viewer, 'accounts', viewer.agency, now())) {
          throw new Problem(403, 'forbidden', why('may-not'));
        }
        const changed = changeAccount(accounts, viewer.agency, { ...request.body, id });
        return tagged(reply, await carryOut(commands, changed, byOf(request)));
      },
    );

    app.delete(
      '/api/accounts/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Remove an account: it is signed out everywhere, and its name and password are erased',
          params,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = accountFor(viewer, request.params.id);
        await carryOut(commands, removeAccount(accounts, viewer.agency, id), byOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/accounts/:id/key',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'A new key for a service; the old one and its tokens are refused from then on',
          params,
          response: { 200: Type.Object({ id: AccountId, key }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = accountFor(viewer, request.params.id);
        const secret = newKey();
        await carryOut(commands, setServiceKey(accounts, viewer.agency, id, hashKey(secret)), byOf(request));
        reply.header('cache-control', 'no-store');
        return { id, key: secret };
      },
    );
  };
}
