import { Type } from 'typebox';
import { distance } from '../../protocol/geo.ts';
import { Act, CylinderCount, type Order, OrderReason } from '../../protocol/order.ts';
import { Latitude, Longitude, UtcMilliseconds } from '../../protocol/position.ts';
import { type Why, why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import { confirmOrder, deliverOrder, type HandOver } from '../domain/decide-order-delivery.ts';
import type { CodeCheck } from '../domain/delivery-code.ts';
import { signedIn } from './auth.ts';
import { type By, byOf, carryOut, tagged } from './change.ts';
import { doers } from './order-acts.ts';
import { OrderAnswer, type OrderDeps } from './orders.ts';
import { Problem } from './problem.ts';
import { toldBy } from './refused-acts.ts';
import type { App } from './validation.ts';
import { orderToCarryOut, orderView } from './visible.ts';

const Deliver = Type.Object(
  {
    code: Type.Optional(
      Type.String({ minLength: 1, maxLength: 16, description: "the consumer's delivery code; spaces do not count" }),
    ),
    reason: Type.Optional(OrderReason),
    full: Type.Optional(CylinderCount),
    empties: Type.Optional(CylinderCount),
    actedAt: Type.Optional(UtcMilliseconds),
    latitude: Type.Optional(Latitude),
    longitude: Type.Optional(Longitude),
    act: Type.Optional(Act),
  },
  {
    additionalProperties: false,
    description:
      'with `code`, or with a `reason` why there is none (the order stays flagged). `full`, `empties`: cylinders handed ' +
      'over and taken back. A hand-over without network is told later with `actedAt` (UTC ms), `latitude` and ' +
      '`longitude` of the act: it counts at once, and a wrong code flags the order',
  },
);

interface Told {
  code?: string;
  reason?: string;
  full?: number;
  empties?: number;
  actedAt?: number;
  latitude?: number;
  longitude?: number;
  act?: string;
}

/** The hand-over. A code ends here: it is checked, and nothing of it goes on. */
export function deliveryRoutes(deps: OrderDeps) {
  const { world, orders, commands, codes } = deps;

  /** With network: a wrong code delivers nothing. */
  const atOnce = async (agency: string, order: Order, told: Told, by: By): Promise<Order> => {
    const act: HandOver = { ...counted(told), confirmation: told.code === undefined ? 'none' : 'code' };
    if (told.act !== undefined && order.acts?.includes(told.act) === true) return order;
    // What cannot be delivered is no place to try codes.
    if (told.code !== undefined && order.state === 'out-for-delivery') {
      const check = codes.check(agency, order, digits(told.code), deps.now());
      if (check.is !== 'right') throw refusalOf(check, deps.now());
    }
    return carryOut(commands, deliverOrder(orders, agency, order.id, act), by);
  };

  /**
   * Told after the act: it happened, so it is kept first and its code is checked then. Telling it again (the answer was
   * lost, or the code was locked) goes on where it stopped.
   */
  const afterwards = async (agency: string, order: Order, told: Told & { actedAt: number }, by: By): Promise<Order> => {
    const metresFromDoor = fromDoor(agency, order, told);
    const act: HandOver = {
      ...counted(told),
      confirmation: told.code === undefined ? 'none' : 'unconfirmed',
      actedAt: told.actedAt,
      ...(metresFromDoor === undefined ? {} : { metresFromDoor }),
    };
    const known = told.act !== undefined && order.acts?.includes(told.act) === true;
    const again = known || (order.state === 'delivered' && order.delivery?.actedAt === told.actedAt);
    const kept = again ? order : await carryOut(commands, deliverOrder(orders, agency, order.id, act), by);
    if (told.code === undefined || kept.delivery?.confirmation !== 'unconfirmed') return kept;
    const check = codes.check(agency, kept, digits(told.code), deps.now());
    if (check.is === 'locked') return kept;
    const { actor } = by;
    return carryOut(commands, confirmOrder(orders, agency, order.id, check.is === 'right'), { actor });
  };

  const fromDoor = (agency: string, order: Order, { latitude, longitude }: Told): number | undefined => {
    const door = world.registry.consumer(agency, order.consumerId);
    if (latitude === undefined || longitude === undefined) return undefined;
    if (door?.latitude === undefined || door.longitude === undefined) return undefined;
    return distance({ latitude, longitude }, { latitude: door.latitude, longitude: door.longitude });
  };

  const tells = toldBy(deps);

  return async (app: App): Promise<void> => {
    app.post(
      '/api/orders/:id/deliver',
      {
        config: { access: doers },
        schema: {
          tags: ['orders'],
          summary: 'Hand an order over, by the delivery code of its consumer',
          params: Type.Object({ id: Id }),
          body: Deliver,
          response: { 200: OrderAnswer },
        },
      },
      async (request, reply) =>
        tells(request, 'deliver', request.body, async () => {
          const viewer = signedIn(request);
          const order = orderToCarryOut(world, viewer, request.params.id, deps.now());
          const { actedAt, ...told } = request.body;
          const delivered =
            actedAt === undefined
              ? await atOnce(viewer.agency, order, told, byOf(request))
              : await afterwards(viewer.agency, order, { ...told, actedAt }, byOf(request));
          return tagged(reply, orderView(deps, viewer, delivered, deps.now()));
        }),
    );
  };
}

function counted({ reason, full, empties, act }: Told) {
  return {
    ...(act === undefined ? {} : { act }),
    ...(reason === undefined ? {} : { reason }),
    ...(full === undefined ? {} : { full }),
    ...(empties === undefined ? {} : { empties }),
  };
}

/** As people read six digits out: with spaces or dashes between them. */
function digits(code: string): string {
  return code.replace(/[\s-]/g, '');
}

function refusalOf(check: Exclude<CodeCheck, { is: 'right' }>, now: number): Problem {
  switch (check.is) {
    case 'mistyped':
      return wrong('mistyped-code', why('code-mistyped'));
    case 'wrong':
      return wrong('wrong-code', why('code-wrong', { left: check.triesLeft }));
    case 'locked': {
      const seconds = Math.ceil((check.until - now) / 1000);
      const reason = why('code-locked', { minutes: Math.ceil(seconds / 60) });
      return new Problem(429, 'code-locked', reason, { headers: { 'retry-after': String(seconds) } });
    }
  }
}

function wrong(type: string, reason: Why): Problem {
  const { message } = new Problem(422, type, reason);
  return new Problem(422, type, reason, { errors: [{ path: '/code', rule: 'code', message, ...reason }] });
}
