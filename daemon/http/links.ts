import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import { claimOf, hashLinkToken, makeLink, newLinkToken, revokeLink } from '../domain/link.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { Commands } from '../project/commands.ts';
import type { LinksProjection } from '../project/links.ts';
import { type Notify, sendOwnLink } from '../project/own-link.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut } from './change.ts';
import { LinkGuesses } from './link-guesses.ts';
import { orderWriters } from './orders.ts';
import { notFound, Problem } from './problem.ts';
import { longestLife, type Tokens } from './tokens.ts';
import type { App } from './validation.ts';
import { orderFor } from './visible.ts';

export interface LinkDeps {
  world: World;
  orders: OrdersView;
  links: LinksProjection;
  commands: Pick<Commands, 'execute'>;
  tokens: Pick<Tokens, 'sign'>;
  notify: Notify;
  /** wrong tokens, counted with those of the pages */
  guesses?: LinkGuesses;
  /** where the pages are, as https://vantrail.example; undefined: where the request came to */
  publicUrl: string | undefined;
  /** UTC ms */
  now: () => number;
}

const LinkAnswer = Type.Object({
  id: Type.String(),
  own: Type.Boolean({ description: 'it was sent to the consumer' }),
  madeAt: UtcMilliseconds,
  expiresAt: Type.Integer({ description: 'UTC ms, as things stand: it dies 15 minutes after the end of the order' }),
});
const Session = Type.Object({
  accessToken: Type.String({ description: 'for the API and the feed' }),
  expiresIn: Type.Integer({ description: 's' }),
  agency: Type.String(),
  orderId: Type.String(),
  own: Type.Boolean(),
});

const params = Type.Object({ id: Id });
const tags = ['links'];
const cookie = 'vantrail-link';
/** Share links: they open one order's page without a password, until a quarter of an hour after its end. */
export function linkRoutes(deps: LinkDeps) {
  const { world, orders, links, commands, now } = deps;
  const guesses = deps.guesses ?? new LinkGuesses();

  const open = async (request: FastifyRequest, reply: FastifyReply, token: string) => {
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    const time = now();
    const link = links.byToken(token);
    const order = link === undefined ? undefined : orders.order(link.agency, link.orderId);
    const until = link === undefined ? 0 : links.livesUntil(link.agency, link);
    const expiresIn = Math.min(longestLife, Math.floor((until - time) / 1000));
    if (link === undefined || order === undefined || expiresIn < 1) {
      if (link === undefined) guesses.wrong(request.ip, time);
      throw notFound();
    }
    const { agency } = link;
    const subject = order.consumerId;
    const accessToken = await deps.tokens.sign({ subject, role: 'CUSTOMER', agency, link: claimOf(link) }, expiresIn);
    const age = Math.floor((until - time) / 1000);
    const secure = request.protocol === 'https' ? '; Secure' : '';
    reply.header('set-cookie', `${cookie}=${token}; Path=/api/links; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`);
    return { accessToken, expiresIn, agency, orderId: order.id, own: link.own };
  };

  return async (app: App): Promise<void> => {
    app.post(
      '/api/orders/:id/links',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: "A link to an order's page, to be passed on by hand; it never shows the delivery code",
          params,
          response: { 201: Type.Object({ url: Type.String(), ...LinkAnswer.properties }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id: orderId } = orderFor(world, viewer, request.params.id, now());
        const token = newLinkToken();
        const { actor } = byOf(request);
        const make = makeLink({ orders, links }, viewer.agency, {
          orderId,
          own: false,
          tokenHash: hashLinkToken(token),
        });
        const { id, own, madeAt, expiresAt } = await carryOut(commands, make, { actor });
        const base = deps.publicUrl ?? `${request.protocol}://${request.host}`;
        reply.header('cache-control', 'no-store');
        return reply.code(201).send({ url: `${base}/t/${token}`, id, own, madeAt, expiresAt });
      },
    );

    app.post(
      '/api/orders/:id/links/send',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'Send the consumer a link of the own, with the delivery code, once more; nobody here is shown it',
          params,
          response: { 202: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = orderFor(world, viewer, request.params.id, now());
        const publicUrl = deps.publicUrl ?? `${request.protocol}://${request.host}`;
        const sent = await sendOwnLink({ ...deps, publicUrl }, viewer.agency, id, byOf(request).actor);
        if (!sent) throw new Problem(409, 'conflict', why('order-not-out'));
        return reply.code(202).header('cache-control', 'no-store').send(null);
      },
    );

    app.get(
      '/api/orders/:id/links',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'The living links to an order; their addresses are shown when they are made and never again',
          params,
          response: { 200: Type.Object({ items: Type.Array(LinkAnswer) }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id: orderId } = orderFor(world, viewer, request.params.id, now());
        reply.header('cache-control', 'no-store');
        const items = Array.from(links.ofOrder(viewer.agency, orderId), (link) => {
          const { id, own, madeAt } = link;
          return { id, own, madeAt, expiresAt: links.livesUntil(viewer.agency, link) };
        });
        return { items: items.filter(({ expiresAt }) => expiresAt > now()) };
      },
    );

    app.delete(
      '/api/orders/:id/links/:link',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'Revoke a link: it is dead at once, and so is every page it has opened',
          params: Type.Object({ id: Id, link: Id }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = orderFor(world, viewer, request.params.id, now());
        const revoke = revokeLink({ links }, viewer.agency, id, request.params.link);
        await carryOut(commands, revoke, { actor: byOf(request).actor });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/links/:token/session',
      {
        config: { access: 'public' }, // the token in the address is the credential, and is checked here
        schema: {
          tags,
          summary: 'Open the page of a share link: a token for the API and the feed, and a cookie to renew it by',
          params: Type.Object({ token: Type.String({ maxLength: 100 }) }),
          response: { 200: Session },
        },
      },
      async (request, reply) => open(request, reply, request.params.token),
    );

    app.post(
      '/api/links/session',
      {
        config: { access: 'public' }, // as above, by the cookie
        schema: { tags, summary: 'Renew the token of a page by its cookie', response: { 200: Session } },
      },
      async (request, reply) => {
        const token = cookieOf(request.headers.cookie);
        if (token === undefined) throw notFound();
        return open(request, reply, token);
      },
    );
  };
}

function cookieOf(header: string | undefined): string | undefined {
  return /(?:^|;\s*)vantrail-link=([A-Za-z0-9_-]{1,100})(?:;|$)/.exec(header ?? '')?.[1];
}
