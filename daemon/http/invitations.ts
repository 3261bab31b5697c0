import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Account, AccountId, Purpose } from '../../protocol/account.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { AgencyId } from '../../protocol/registry.ts';
import { addAccount } from '../domain/decide-account.ts';
import { type Invited, invite, setPasswordByLink, withdrawInvitation } from '../domain/decide-account-access.ts';
import { hashKey, newKey } from '../domain/device-key.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { type By, byOf, carryOut } from './change.ts';
import { calculated, clientOf, type PeopleDeps, weak } from './people.ts';
import { notFound, Problem } from './problem.ts';
import { fromOurPage } from './refresh-cookie.ts';
import { answerWith, SessionAnswer } from './session.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

/** How long a link waits, ms: the first of an agency is used by whoever sits beside the operator. */
const setupLife = 30 * 60_000;
const invitationLife = 48 * 3_600_000;

const Waiting = Type.Object({ accountId: AccountId, purpose: Purpose, until: UtcMilliseconds });
const Made = Type.Object({
  accountId: AccountId,
  login: Type.String({ description: 'name@agency' }),
  purpose: Purpose,
  until: UtcMilliseconds,
  url: Type.String({ description: 'good once, shown this once; its secret stands behind the #' }),
});
const token = Type.String({ minLength: 20, maxLength: 100, description: 'what stands behind #invitation=' });
const writers: Access = { roles: rolesThatManage('accounts') };
const byLink = { access: 'public', limit: 'link' } as const;
const tags = ['accounts'];

/**
 * One-time links by which people set a password. The secret stands behind the # of the address: browsers send that to
 * nobody, so it is in no log and no Referer.
 */
export function invitationRoutes(deps: PeopleDeps) {
  const { world, accounts, commands, passwords, sessions, now } = deps;

  const make = async (request: FastifyRequest, agency: string, account: Account, setup: boolean, by: By) => {
    const secret = newKey();
    const purpose = setup ? 'setup' : account.signIn === 'ready' ? 'reset' : 'invitation';
    const life = setup ? setupLife : invitationLife;
    const link = { id: account.id, purpose, tokenHash: hashKey(secret), life } as const;
    const made: Invited = await carryOut(commands, invite(accounts, agency, link), { actor: by.actor });
    const base = deps.publicUrl ?? `${request.protocol}://${request.host}`;
    const page = account.role === 'DELIVERY_PARTNER' ? 'driver' : 'console';
    const url = `${base}/${page}/#invitation=${secret}`;
    return { accountId: account.id, login: `${account.id}@${agency}`, purpose: made.purpose, until: made.until, url };
  };
  const linkOf = (secret: string) => {
    const link = accounts.byInvitation(hashKey(secret));
    const agency = link === undefined ? undefined : world.registry.agency(link.agency);
    const account = link === undefined ? undefined : accounts.account(link.agency, link.accountId);
    if (link === undefined || agency === undefined || account?.enabled !== true || now() >= link.until)
      throw notFound();
    return { link, agency, account };
  };

  return async (app: App): Promise<void> => {
    app.post(
      '/api/agencies/:id/setup',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['agency'],
          summary: 'A link, good for 30 minutes, for the administrator of an agency (by `npm run agency`)',
          params: Type.Object({ id: AgencyId }),
          body: Type.Object({ account: AccountId }, { additionalProperties: false }),
          response: { 201: Made },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        if (agency !== request.params.id) throw new Problem(403, 'forbidden', why('other-agency'));
        const by = byOf(request);
        const id = request.body.account;
        const account =
          accounts.account(agency, id) ??
          (await carryOut(commands, addAccount(accounts, agency, { id, role: 'ADMIN' }), by));
        if (account.role !== 'ADMIN') throw new Problem(409, 'exists', why('account-no-administrator', { id }));
        reply.code(201).header('cache-control', 'no-store');
        return make(request, agency, account, true, by);
      },
    );

    app.post(
      '/api/invitations',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'A link by which somebody sets a password; it is sent to the telephone too, where one is known',
          body: Type.Object({ accountId: AccountId }, { additionalProperties: false }),
          response: { 201: Type.Object({ ...Made.properties, sent: Type.Boolean() }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const account = accounts.account(agency, request.body.accountId);
        if (account === undefined) throw notFound();
        const made = await make(request, agency, account, false, byOf(request));
        const { url, purpose, until } = made;
        const sent = account.phone !== undefined;
        if (sent) {
          const template = purpose === 'reset' ? 'password-reset' : 'invitation';
          const hours = invitationLife / 3_600_000;
          await deps.sendInvitation({
            agency,
            id: account.id,
            template,
            url,
            hours,
            key: `${template}/${account.id}/${until}`,
          });
        }
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...made, sent });
      },
    );

    app.get(
      '/api/invitations',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'The links that wait to be used',
          response: { 200: Type.Object({ items: Type.Array(Waiting) }) },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const waiting = accounts.invitations(signedIn(request).agency, now());
        return { items: Array.from(waiting, ({ accountId, purpose, until }) => ({ accountId, purpose, until })) };
      },
    );

    app.delete(
      '/api/invitations/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Make the link of an account worthless',
          params: Type.Object({ id: AccountId }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        await carryOut(commands, withdrawInvitation(accounts, agency, request.params.id), byOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/invitations/look',
      {
        config: byLink,
        schema: {
          tags,
          summary: 'Whom a link is for',
          body: Type.Object({ token }, { additionalProperties: false }),
          response: {
            200: Type.Object({ login: Type.String(), agency: Type.String(), purpose: Purpose, until: UtcMilliseconds }),
          },
        },
      },
      async (request, reply) => {
        const { link, agency } = linkOf(request.body.token);
        reply.header('cache-control', 'no-store');
        const login = `${link.accountId}@${agency.id}`;
        return { login, agency: agency.name, purpose: link.purpose, until: link.until };
      },
    );

    app.post(
      '/api/invitations/accept',
      {
        config: byLink,
        schema: {
          tags,
          summary: 'Set a password by a link, and be signed in',
          body: Type.Object(
            {
              token,
              password: Type.String({ maxLength: 1000 }),
              refresh: Type.Optional(Type.Union([Type.Literal('cookie'), Type.Literal('body')])),
            },
            { additionalProperties: false },
          ),
          response: { 200: SessionAnswer },
        },
      },
      async (request, reply) => {
        const { password, refresh = 'cookie' } = request.body;
        if (refresh === 'cookie') fromOurPage(request);
        const { link, account } = linkOf(request.body.token);
        const weakness = deps.weakness(password, { login: account.id, agency: link.agency });
        if (weakness !== undefined) throw weak(weakness);
        const hash = await calculated(passwords.hash(password));
        const used = setPasswordByLink(accounts, { tokenHash: hashKey(request.body.token), hash });
        const { agency, id } = await carryOut(commands, used, { actor: 'link' });
        const role = account.role === 'INTERNAL_SERVICE' ? undefined : account.role;
        const client = clientOf(request);
        const opened = role === undefined ? undefined : await sessions.open({ agency, role, subject: id, client });
        if (opened === undefined) throw notFound();
        return answerWith(request, reply, opened, { refresh, now: now() });
      },
    );
  };
}
