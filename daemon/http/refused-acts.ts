import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Act, type Order, type RefusedAct, SettledAct } from '../../protocol/order.ts';
import { Id } from '../../protocol/registry.ts';
import { keepRefusedAct, type Refused, settleRefusedAct } from '../domain/decide-refused-act.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { OrderAnswer, type OrderDeps, orderWriters } from './orders.ts';
import { Problem } from './problem.ts';
import type { App } from './validation.ts';
import { orderFor, orderView, seesOrder } from './visible.ts';

/** The driver stands at the door and asks again: nothing has been done that anybody must decide about. */
const ofCode = new Set(['/problems/wrong-code', '/problems/mistyped-code', '/problems/code-locked']);
const causes: Readonly<Record<number, RefusedAct['cause']>> = { 404: 'other-run', 409: 'state', 422: 'invalid' };
/** Others may change the order meanwhile; so often it is tried again. */
const tries = 3;

const OwnSettledAct = Type.Omit(SettledAct, ['by']);

interface ToldAct {
  act?: string;
  actedAt?: number;
  reason?: string;
}

/**
 * Carries out what a driver tells. What is refused, though it was done at a door, is kept at the order for a dispatcher;
 * the answer is the refusal all the same.
 */
export function toldBy(deps: OrderDeps) {
  return async <T>(
    request: FastifyRequest<{ Params: { id: string } }>,
    step: RefusedAct['step'],
    { act, actedAt, reason }: ToldAct,
    work: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const cause = error instanceof Problem && !ofCode.has(error.type) ? causes[error.status] : undefined;
      if (act === undefined || cause === undefined || signedIn(request).role !== 'DELIVERY_PARTNER') throw error;
      const detail = (error as Problem).message.slice(0, 300);
      const kept = keep(deps, request, {
        ...{ act, step, cause, detail },
        ...(actedAt === undefined ? {} : { actedAt }),
        ...(reason === undefined ? {} : { reason }),
      }).catch((why: unknown) => request.log.error({ err: why, act }, 'a refused act was not kept'));
      // How long the answer takes must not tell an order that he may not see from one that never was.
      if (cause !== 'other-run') await kept;
      throw error;
    }
  };
}

async function keep(
  { orders, commands }: OrderDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
  refused: Refused,
): Promise<void> {
  const { agency } = signedIn(request);
  const { id } = request.params;
  const { actor } = byOf(request);
  for (let i = 0; i < tries && orders.order(agency, id) !== undefined; i++) {
    const result = await commands.execute(keepRefusedAct(orders, agency, id, refused), { actor });
    if (result.ok || result.kind !== 'stale') return;
  }
}

/** What drivers told and was not taken: looked at and settled by a dispatcher. */
export function refusedActRoutes(deps: OrderDeps) {
  const { world, orders, commands } = deps;
  const tags = ['orders'];
  return async (app: App): Promise<void> => {
    app.get(
      '/api/orders/refused-acts',
      {
        config: { access: { roles: staff } },
        schema: {
          tags,
          summary: 'The orders of which a driver told something that was not taken, and that nobody has settled',
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(OrderAnswer), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const now = deps.now();
        const { cursor, limit = 100 } = request.query;
        reply.header('cache-control', 'no-store');
        const waits = (order: Order) => order.refused !== undefined && seesOrder(world, viewer, order, now);
        const page = pageOf(orders.recent(viewer.agency), { after: readCursor(cursor), limit, keep: waits });
        return { items: page.items.map((order) => orderView(deps, viewer, order, now)), next: page.next };
      },
    );

    app.get(
      '/api/me/settled-acts',
      {
        config: { access: { roles: ['DELIVERY_PARTNER'] } },
        schema: {
          tags: ['me'],
          summary: 'What the caller told, was refused, and has been settled since: by the ids of the acts he made',
          response: { 200: Type.Object({ items: Type.Array(OwnSettledAct) }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const by = `${viewer.role}:${viewer.subject}`;
        const items: Static<typeof OwnSettledAct>[] = [];
        // Of the order nothing is told: it may be on another run by now, or never have been on his.
        for (const { settled = [] } of orders.recent(viewer.agency)) {
          for (const { act, at, taken, ...one } of settled) if (one.by === by) items.push({ act, at, taken });
        }
        reply.header('cache-control', 'no-store');
        return { items };
      },
    );

    app.post(
      '/api/orders/:id/refused-acts/:act/settle',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'What a driver told of it is settled; what is to change on the order is changed by its own routes',
          params: Type.Object({ id: Id, act: Act }),
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = orderFor(world, viewer, request.params.id, deps.now());
        const decide = settleRefusedAct(orders, viewer.agency, id, request.params.act);
        return tagged(reply, orderView(deps, viewer, await carryOut(commands, decide, byOf(request)), deps.now()));
      },
    );
  };
}
