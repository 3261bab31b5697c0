import { Type } from 'typebox';
import type { Order } from '../../protocol/order.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { Id } from '../../protocol/registry.ts';
import { ofOrder, ofRun } from '../domain/order.ts';
import type { AuditEntry, AuditView } from '../project/audit.ts';
import type { World } from '../project/world.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import type { App } from './validation.ts';
import { orderFor } from './visible.ts';

export interface StoryDeps {
  world: World;
  audit: AuditView;
  /** UTC ms */
  now: () => number;
}

const Step = Type.Object(
  {
    time: UtcMilliseconds,
    actor: Type.String({ description: 'ROLE:id, or the part of the daemon that did it' }),
    type: Type.String({ description: 'of the event, as order-assigned' }),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'ids and numbers; people stand in no event' }),
  },
  { $id: 'StoryStep' },
);
/** An order has some ten events; a driver's phone that repeats itself adds none. */
const mostSteps = 200;

/** What happened to an order and who did it: of its own events, so that whoever lost a race hears who won. */
export function orderStoryRoutes({ world, audit, now }: StoryDeps) {
  /** A run that was planned as a whole put the order on its van; that event is about the run. */
  const planOf = (agency: string, { id, vanId, day, assignedAt }: Order): AuditEntry[] => {
    if (vanId === undefined || day === undefined || assignedAt === undefined) return [];
    const about = ofRun(vanId, day);
    const plans = audit.list(agency, { about, type: 'run-planned', from: assignedAt, to: assignedAt + 1, limit: 5 });
    return plans.filter(({ data }) => Array.isArray(data.stops) && data.stops.includes(id)).slice(0, 1);
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/orders/:id/story',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['orders'],
          summary: 'What happened to an order, and who did it; oldest first',
          params: Type.Object({ id: Id }),
          response: { 200: Type.Object({ items: Type.Array(Step) }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const order = orderFor(world, viewer, request.params.id, now());
        const own = audit.list(viewer.agency, { about: ofOrder(order.id), limit: mostSteps });
        const isAssigned = own.some(({ type, time }) => type === 'order-assigned' && time === order.assignedAt);
        const steps = isAssigned ? own : [...own, ...planOf(viewer.agency, order)];
        reply.header('cache-control', 'no-store');
        return {
          items: steps
            .toSorted((a, b) => a.number - b.number)
            .map(({ time, actor, type, data }) => ({
              time,
              actor,
              type,
              data: type === 'run-planned' ? on(order) : data,
            })),
        };
      },
    );
  };
}

/** Of a plan only where this order went; the other stops are another story. */
function on({ id, vanId, day }: Order): Record<string, unknown> {
  return { id, vanId, day };
}
