import { Type } from 'typebox';
import type { Viewer } from '../../protocol/claims.ts';
import { Latitude, Longitude, UtcMilliseconds } from '../../protocol/position.ts';
import { Consumer, Id } from '../../protocol/registry.ts';
import { settlePin, suggestPin } from '../domain/decide-consumer.ts';
import { awayFromHome } from '../domain/decide-order.ts';
import { dayAt } from '../domain/order-day.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { OrderAnswer, type OrderDeps } from './orders.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';
import { consumerFor, orderFor, orderView, rolesThatManage } from './visible.ts';

const Place = Type.Object({ latitude: Latitude, longitude: Longitude }, { additionalProperties: false });
const Suggested = Type.Object({
  consumer: Consumer,
  suggested: Type.Object({ ...Place.properties, at: UtcMilliseconds }),
});
const params = Type.Object({ id: Id });
const consumers = { roles: ['CUSTOMER'] } as const;

/** What a consumer tells the agency, and what becomes of it: not at home today; the door is elsewhere. */
export function consumerActRoutes(deps: OrderDeps) {
  const { world, orders, commands } = deps;

  /** A share link that was not sent to the consumer does not speak for him. */
  const himself = (viewer: Viewer) => {
    if (viewer.link?.own === false || world.registry.consumer(viewer.agency, viewer.subject) === undefined) {
      throw notFound();
    }
    return viewer;
  };

  return async (app: App): Promise<void> => {
    app.post(
      '/api/me/orders/:id/away',
      {
        config: { access: consumers },
        schema: {
          tags: ['me'],
          summary: 'Not at home today: the agency and the driver see it, and decide',
          params,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const now = deps.now();
        const order = orderFor(world, viewer, request.params.id, now);
        himself(viewer);
        const today = dayAt(now, world.registry.agency(viewer.agency)?.timeZone ?? 'UTC');
        const told = await carryOut(commands, awayFromHome(orders, viewer.agency, order.id, today), byOf(request));
        return tagged(reply, orderView(deps, viewer, told, now));
      },
    );

    app.post(
      '/api/me/pin',
      {
        config: { access: consumers },
        schema: {
          tags: ['me'],
          summary: 'The door is elsewhere: a dispatcher looks at it, and nothing moves before',
          body: Place,
          response: { 202: Type.Null() },
        },
      },
      async (request, reply) => {
        const { agency, subject } = himself(signedIn(request));
        await carryOut(commands, suggestPin(agency, subject, request.body), { actor: byOf(request).actor });
        return reply.code(202).header('cache-control', 'no-store').send(null);
      },
    );

    app.get(
      '/api/consumers/suggested-pins',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['consumers'],
          summary: 'Where consumers say their doors are, to be looked at',
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(Suggested), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { cursor, limit = 100 } = request.query;
        const after = readCursor(cursor);
        reply.header('cache-control', 'no-store');
        const page = pageOf(world.registry.consumers(viewer.agency), {
          after,
          limit,
          keep: ({ suggestedPin }) => suggestedPin !== undefined,
        });
        const items = page.items.flatMap((consumer) =>
          consumer.suggestedPin === undefined ? [] : [{ consumer, suggested: consumer.suggestedPin }],
        );
        return { items, next: page.next };
      },
    );

    app.post(
      '/api/consumers/:id/suggested-pin',
      {
        config: { access: { roles: rolesThatManage('consumers') } },
        schema: {
          tags: ['consumers'],
          summary: 'Take the place a consumer suggested, or leave the door where it is',
          params,
          body: Type.Object({ approve: Type.Boolean() }, { additionalProperties: false }),
          response: { 200: Consumer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = consumerFor(world, viewer, request.params.id, deps.now()).thing;
        return tagged(
          reply,
          await carryOut(commands, settlePin(viewer.agency, id, request.body.approve), byOf(request)),
        );
      },
    );
  };
}
