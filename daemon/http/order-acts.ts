import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, type TProperties, Type } from 'typebox';
import { Act, Day, mostStops, type Order, OrderReason } from '../../protocol/order.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { Id } from '../../protocol/registry.ts';
import { arriveOrder, cancelOrder, failOrder, reattemptOrder, startOrder } from '../domain/decide-order.ts';
import { assignOrder, unassignOrder } from '../domain/decide-run.ts';
import type { Decide } from '../domain/decision.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { answerItem, ItemAnswer, mostItems } from './item-answers.ts';
import { OrderAnswer, type OrderDeps, orderWriters } from './orders.ts';
import { toldBy } from './refused-acts.ts';
import type { App } from './validation.ts';
import { orderFor, orderToCarryOut, orderView } from './visible.ts';

/** Those who carry orders out; which ones, `mayCarryOut` says. */
export const doers: Access = { roles: [...staff, 'DELIVERY_PARTNER'] };
const params = Type.Object({ id: Id });
const tags = ['orders'];
const list = { 200: Type.Object({ items: Type.Array(ItemAnswer) }) };

const to = {
  vanId: Id,
  day: Type.Optional(Day),
  at: Type.Optional(Type.Integer({ minimum: 0, maximum: mostStops, description: 'place among the stops, from 0' })),
};
const object = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const onAny = { vanId: Type.Union([Id, Type.Null()], { description: 'null: on no run any more' }) };
const seen = Type.Optional(Type.Integer({ minimum: 1, description: 'the version seen, as If-Match of a single one' }));
const Assign = object({ ...to, ...onAny });
const AssignMany = object({
  items: Type.Array(object({ ...to, ...onAny, orderId: Id, version: seen }), { minItems: 1, maxItems: mostItems }),
});
const StartMany = object({ orderIds: Type.Array(Id, { minItems: 1, maxItems: mostItems }) });
const done = { actedAt: Type.Optional(UtcMilliseconds), act: Type.Optional(Act) };
const Done = object(done);
const Failed = object({ reason: OrderReason, ...done });
const MaybeReason = object({ reason: Type.Optional(OrderReason) });

/** What happens to an order between its booking and its end, but for the hand-over itself. */
export function orderActRoutes(deps: OrderDeps) {
  const { world, orders, commands } = deps;

  const told = toldBy(deps);

  const act = async (request: FastifyRequest, reply: FastifyReply, decide: Decide<Order>) =>
    tagged(reply, orderView(deps, signedIn(request), await carryOut(commands, decide, byOf(request)), deps.now()));

  const assignment = (agency: string, id: string, { vanId, ...where }: Static<typeof Assign>): Decide<Order> =>
    vanId === null ? unassignOrder(orders, agency, id) : assignOrder(orders, agency, id, { vanId, ...where });

  return async (app: App): Promise<void> => {
    app.post(
      '/api/orders/:id/assign',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'Put an order on the run of a van (today, unless another day is named), or on none',
          params,
          body: Assign,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const order = orderFor(world, signedIn(request), request.params.id, deps.now());
        return act(request, reply, assignment(agency, order.id, request.body));
      },
    );

    app.post(
      '/api/orders/assign',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'Put many orders on runs, or on none; the stops of a run come in the order of the list',
          body: AssignMany,
          response: list,
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const { actor } = byOf(request);
        const viewer = signedIn(request);
        const { items } = request.body;
        const one = ({ orderId, version, ...where }: Static<typeof AssignMany>['items'][number]) => {
          const { id } = orderFor(world, viewer, orderId, deps.now());
          const by = version === undefined ? { actor } : { actor, ifMatch: version };
          return carryOut(commands, assignment(viewer.agency, id, where), by);
        };
        return {
          items: await byTurns(
            items,
            ({ vanId, orderId }) => vanId ?? `order:${orderId}`,
            one,
            ({ orderId }) => orderId,
          ),
        };
      },
    );

    app.post(
      '/api/orders/:id/start',
      {
        config: { access: doers },
        preValidation: orNothing,
        schema: {
          tags,
          summary: 'Out for delivery: its consumer sees the van and has a delivery code',
          params,
          body: Done,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) =>
        told(request, 'start', request.body, async () => {
          const order = orderToCarryOut(world, signedIn(request), request.params.id, deps.now());
          return act(request, reply, startOrder(orders, signedIn(request).agency, order.id, request.body));
        }),
    );

    app.post(
      '/api/orders/:id/arrive',
      {
        config: { access: doers },
        preValidation: orNothing,
        schema: {
          tags,
          summary: 'The driver stands at the door; its consumer is told',
          params,
          body: Done,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) =>
        told(request, 'arrive', request.body, async () => {
          const order = orderToCarryOut(world, signedIn(request), request.params.id, deps.now());
          return act(request, reply, arriveOrder(orders, signedIn(request).agency, order.id, request.body));
        }),
    );

    app.post(
      '/api/orders/start',
      {
        config: { access: doers },
        schema: { tags, summary: 'Many orders out for delivery', body: StartMany, response: list },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const { actor } = byOf(request);
        const viewer = signedIn(request);
        const one = (orderId: string) => {
          const { id } = orderToCarryOut(world, viewer, orderId, deps.now());
          return carryOut(commands, startOrder(orders, viewer.agency, id), { actor });
        };
        return {
          items: await byTurns(
            request.body.orderIds,
            (id) => id,
            one,
            (id) => id,
          ),
        };
      },
    );

    app.post(
      '/api/orders/:id/fail',
      {
        config: { access: doers },
        schema: { tags, summary: 'It could not be handed over', params, body: Failed, response: { 200: OrderAnswer } },
      },
      async (request, reply) =>
        told(request, 'fail', request.body, async () => {
          const order = orderToCarryOut(world, signedIn(request), request.params.id, deps.now());
          const { agency } = signedIn(request);
          const { reason, ...done } = request.body;
          return act(request, reply, failOrder(orders, agency, order.id, reason, done));
        }),
    );

    app.post(
      '/api/orders/:id/cancel',
      {
        config: { access: orderWriters },
        preValidation: orNothing,
        schema: {
          tags,
          summary: 'Nobody wants it any more',
          params,
          body: MaybeReason,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) => {
        const order = orderFor(world, signedIn(request), request.params.id, deps.now());
        const { agency } = signedIn(request);
        return act(request, reply, cancelOrder(orders, agency, order.id, request.body.reason));
      },
    );

    app.post(
      '/api/orders/:id/reattempt',
      {
        config: { access: orderWriters },
        schema: {
          tags,
          summary: 'A failed order is booked again; its deadline stays',
          params,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) => {
        const order = orderFor(world, signedIn(request), request.params.id, deps.now());
        return act(request, reply, reattemptOrder(orders, signedIn(request).agency, order.id));
      },
    );
  };
}

/** No body is as good as an empty one. */
async function orNothing(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

/**
 * Carries out a list: what has the same `turn` one after the other in the order of the list (each changes the run that
 * the next is decided on), the rest beside one another. The answers are in the order of the list.
 */
async function byTurns<T>(
  items: readonly T[],
  turn: (item: T) => string,
  carryOutOne: (item: T) => Promise<Order>,
  idOf: (item: T) => string,
) {
  const last = new Map<string, Promise<unknown>>();
  const answers = items.map((item, index) => {
    const before = last.get(turn(item)) ?? Promise.resolve();
    const answer = before.then(() => answerItem({ index, id: idOf(item) }, 200, async () => carryOutOne(item)));
    last.set(turn(item), answer);
    return answer;
  });
  return Promise.all(answers);
}
