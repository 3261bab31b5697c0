import { Type } from 'typebox';
import type { Viewer } from '../../protocol/claims.ts';
import { Day, mostStops } from '../../protocol/order.ts';
import { Consumer, Id, VanCapacity } from '../../protocol/registry.ts';
import { loadOf, planRun, stopsOf } from '../domain/decide-run.ts';
import { isOpen } from '../domain/order.ts';
import { dayAt } from '../domain/order-day.ts';
import { consumerShown } from '../domain/order-shown.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { OrderAnswer, type OrderDeps } from './orders.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';
import { consumerRights, orderView, rolesThatManage, seesOrder, vanFor } from './visible.ts';

const RunAnswer = Type.Object(
  {
    vanId: Id,
    day: Day,
    version: Type.Integer({ description: 'for If-Match; 0: nobody has planned it' }),
    stops: Type.Array(Type.Object({ order: OrderAnswer, consumer: Type.Union([Consumer, Type.Null()]) }), {
      description: 'in the order in which they are to be driven; null: a consumer whom the caller may not see',
    }),
    load: Type.Object({
      full: Type.Integer({ description: 'cylinders still to be delivered' }),
      delivered: Type.Integer({ description: 'full cylinders handed over' }),
      empties: Type.Integer({ description: 'empty cylinders taken back' }),
    }),
    capacity: Type.Optional(VanCapacity),
  },
  { $id: 'RunAnswer' },
);

const readers: Access = { roles: [...staff, 'DELIVERY_PARTNER'] };
const params = Type.Object({ id: Id });
const onDay = Type.Object(
  { day: Type.Optional(Day) },
  { additionalProperties: false, description: 'without a day: today' },
);
const tags = ['runs'];

/** The runs: which van goes where today, in which order. */
export function runRoutes(deps: OrderDeps) {
  const { world, orders, commands } = deps;

  const today = (agency: string) => dayAt(deps.now(), world.registry.agency(agency)?.timeZone ?? 'UTC');

  const runOf = (viewer: Viewer, vanId: string, day: string, alsoOpen: boolean) => {
    const { agency } = viewer;
    const now = deps.now();
    const run = orders.run(agency, vanId, day);
    const stops = stopsOf(orders, agency, run);
    const earlier = alsoOpen
      ? [...orders.recentOf(agency, { vanId })].filter((order) => (order.day ?? day) < day && isOpen(order))
      : [];
    const shown = [...earlier, ...stops].filter((order) => seesOrder(world, viewer, order, now));
    const capacity = world.registry.van(agency, vanId)?.capacity;
    return {
      vanId,
      day,
      version: run.version,
      stops: shown.map((order) => {
        const consumer = world.registry.consumer(agency, order.consumerId);
        const seen = consumer !== undefined && consumerRights(world, viewer, consumer.id, now).see;
        return {
          order: orderView(deps, viewer, order, now),
          consumer: seen ? consumerShown(viewer, consumer) : null,
        };
      }),
      load: loadOf(shown),
      ...(capacity === undefined ? {} : { capacity }),
    };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/vans/:id/run',
      {
        config: { access: readers },
        schema: { tags, summary: 'The run of a van', params, querystring: onDay, response: { 200: RunAnswer } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = vanFor(world, viewer, request.params.id, deps.now()).thing;
        return tagged(reply, runOf(viewer, id, request.query.day ?? today(viewer.agency), false));
      },
    );

    app.put(
      '/api/vans/:id/run',
      {
        config: { access: { roles: rolesThatManage('runs') } },
        schema: {
          tags,
          summary: 'Plan a run: its stops in their order. Those not named leave it; those named come from anywhere',
          params,
          querystring: onDay,
          body: Type.Array(Id, { maxItems: mostStops, uniqueItems: true, description: 'ids of orders' }),
          response: { 200: RunAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id: vanId } = vanFor(world, viewer, request.params.id, deps.now()).thing;
        const plan = { vanId, day: request.query.day ?? today(viewer.agency), stops: request.body };
        const { day } = await carryOut(commands, planRun(orders, viewer.agency, plan), byOf(request));
        return tagged(reply, runOf(viewer, vanId, day, false));
      },
    );

    app.get(
      '/api/me/run',
      {
        config: { access: { roles: ['DELIVERY_PARTNER'] } },
        schema: {
          tags: ['me'],
          summary: "The caller's stops: those of today's run, after any of earlier days that are still to be delivered",
          response: { 200: RunAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const van = world.registry.vanOfDriver(viewer.agency, viewer.subject);
        if (van === undefined) throw notFound();
        return tagged(reply, runOf(viewer, van.id, today(viewer.agency), true));
      },
    );
  };
}
