import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Arrival } from '../../protocol/arrival.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { Cylinders, Day, Order, OrderState } from '../../protocol/order.ts';
import { Id } from '../../protocol/registry.ts';
import { type BookOrder, bookOrder } from '../domain/decide-order.ts';
import type { DeliveryCodes } from '../domain/delivery-code.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { type By, byOf, carryOut, tagged } from './change.ts';
import { answerItem, ItemAnswer, mostItems } from './item-answers.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import type { Problem } from './problem.ts';
import { badField } from './problem.ts';
import { type App, invalid } from './validation.ts';
import { orderFor, orderView, rolesThatManage, seesOrder } from './visible.ts';

export interface OrderDeps {
  world: World;
  orders: OrdersView;
  commands: Pick<Commands, 'execute'>;
  codes: DeliveryCodes;
  /** UTC ms */
  now: () => number;
}

/** An order as answers show it. */
export const OrderAnswer = Type.Object(
  {
    ...Order.properties,
    age: Type.Integer({ description: 'ms since the booking, until its end' }),
    late: Type.Boolean({ description: 'later than 48 hours after the booking' }),
    arrival: Type.Optional(Arrival),
    code: Type.Optional(
      Type.String({ description: 'the delivery code: for its consumer alone, while it is out for delivery' }),
    ),
  },
  { $id: 'OrderAnswer' },
);
const NewOrder = Type.Object(
  { id: Type.Optional(Id), consumerId: Id, cylinders: Type.Optional(Cylinders) },
  { additionalProperties: false },
);
const check = Compile(NewOrder);

const states = OrderState.anyOf.map((one) => one.const);
const query = Type.Object(
  {
    ...pageQuery(100, 1000),
    state: Type.Optional(
      Type.String({
        maxLength: 100,
        pattern: `^(${states.join('|')})(,(${states.join('|')}))*$`,
        description: `one or more of ${states.join(', ')}, separated by commas`,
      }),
    ),
    vanId: Type.Optional(Id),
    consumerId: Type.Optional(Id),
    day: Type.Optional(Day),
    late: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const orderWriters: Access = { roles: rolesThatManage('orders') };
const readers: Access = { roles: [...staff, 'DELIVERY_PARTNER', 'CUSTOMER'] };
const params = Type.Object({ id: Id });
const tags = ['orders'];

/** The refill orders: booking them, and looking at them. */
export function orderRoutes(deps: OrderDeps) {
  const { world, orders, commands } = deps;

  const listOf = (
    viewer: Viewer,
    { cursor, limit = 100, state, ...rest }: { cursor?: string; limit?: number; state?: string; consumerId?: string },
  ) => {
    const now = deps.now();
    const after = readCursor(cursor);
    const wanted = state === undefined ? {} : { states: states.filter((one) => state.split(',').includes(one)) };
    const found = orders.find(
      viewer.agency,
      { ...rest, ...wanted },
      { ...(after === undefined ? {} : { after }), atLeast: limit + 1, now },
    );
    const page = pageOf(found, { after, limit, keep: (order) => seesOrder(world, viewer, order, now) });
    return { items: page.items.map((order) => orderView(deps, viewer, order, now)), next: page.next };
  };

  const book = async (viewer: Viewer, by: By, item: unknown) => {
    if (!check.Check(item)) throw invalid('', check.Errors(item));
    const command: BookOrder = item;
    return carryOut(commands, bookOrder(orders, viewer.agency, command), by);
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/orders',
      {
        config: { access: { roles: staff } },
        schema: {
          tags,
          summary: 'The orders of the agency',
          querystring: query,
          response: { 200: Type.Object({ items: Type.Array(OrderAnswer), next }) },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        return listOf(signedIn(request), request.query);
      },
    );

    app.get(
      '/api/me/orders',
      {
        config: { access: { roles: ['CUSTOMER'] } },
        schema: {
          tags: ['me'],
          summary: "The caller's own orders; by a share link, the one it is for",
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(OrderAnswer), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        reply.header('cache-control', 'no-store');
        return listOf(viewer, { ...request.query, consumerId: viewer.subject });
      },
    );

    app.get(
      '/api/orders/:id',
      { config: { access: readers }, schema: { tags, summary: 'One order', params, response: { 200: OrderAnswer } } },
      async (request, reply) => {
        const viewer = signedIn(request);
        const now = deps.now();
        return tagged(reply, orderView(deps, viewer, orderFor(world, viewer, request.params.id, now), now));
      },
    );

    app.post(
      '/api/orders',
      {
        config: { access: orderWriters },
        // Checked item by item below: one wrong line must not turn away the others.
        validatorCompiler: () => (data: unknown) => ({ value: data }),
        schema: {
          tags,
          summary: `Book a refill, or a list of up to ${mostItems} that is answered item by item`,
          body: Type.Union([NewOrder, Type.Array(NewOrder, { maxItems: mostItems })]),
          response: {
            201: OrderAnswer,
            200: Type.Object({ items: Type.Array(ItemAnswer) }, { description: 'the answer to a list' }),
          },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const by = byOf(request);
        const body: unknown = request.body;
        reply.header('cache-control', 'no-store');
        if (!Array.isArray(body)) {
          const order = orderView(deps, viewer, await book(viewer, by, body), deps.now());
          return reply.code(201).header('location', `/api/orders/${order.id}`).send(tagged(reply, order));
        }
        if (body.length > mostItems) throw tooMany();
        const items = body.map((item: unknown, index) =>
          answerItem({ index, id: idOf(item) }, 201, () => book(viewer, by, item)),
        );
        return { items: await Promise.all(items) };
      },
    );
  };
}

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' ? id.slice(0, 64) : undefined;
}

function tooMany(): Problem {
  return badField('', 'maxItems', `must NOT have more than ${mostItems} items`);
}
