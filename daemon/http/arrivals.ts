import { Type } from 'typebox';
import { Arrival, RunProgress } from '../../protocol/arrival.ts';
import { Id } from '../../protocol/registry.ts';
import { dayAt } from '../domain/order-day.ts';
import type { ArrivalsView } from '../project/arrivals.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import type { App } from './validation.ts';
import { seesOrder, vanFor } from './visible.ts';

export interface ArrivalDeps {
  world: World;
  arrivals: ArrivalsView;
  /** UTC ms */
  now: () => number;
}

/** Of a van without a run. */
const nothingToDo = { state: 'planned' as const, done: 0, left: 0, outOfOrder: false, stops: [] };
const readers: Access = { roles: [...staff, 'DELIVERY_PARTNER'] };

/** A run in one line, for a list of vans. */
const RunLine = Type.Object(
  {
    ...Type.Pick(RunProgress, ['vanId', 'state', 'next', 'done', 'left', 'outOfOrder']).properties,
    lateBy: Type.Optional(
      Type.Integer({ description: 'ms after what was planned at the next stop, as is likely; negative: early' }),
    ),
    arrival: Type.Optional(Arrival),
  },
  { $id: 'RunLine' },
);

/** How far a van has come on its run of today, and when it comes to the stops that are left. */
export function arrivalRoutes({ world, arrivals, now }: ArrivalDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/runs',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['runs'],
          summary: 'The runs of today in a line each: the next stop, what is left, how late',
          response: { 200: Type.Object({ items: Type.Array(RunLine) }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        reply.header('cache-control', 'no-store');
        const runs = [...world.registry.vans(agency)].flatMap(({ id }) => arrivals.run(agency, id) ?? []);
        return {
          items: runs.map(({ day: _day, startedAt: _at, basedOn: _on, stops, ...run }) => {
            const stop = stops.find(({ orderId }) => orderId === run.next);
            return {
              ...run,
              ...(stop?.lateBy === undefined ? {} : { lateBy: stop.lateBy }),
              ...(stop?.arrival === undefined ? {} : { arrival: stop.arrival }),
            };
          }),
        };
      },
    );

    app.get(
      '/api/vans/:id/progress',
      {
        config: { access: readers },
        schema: {
          tags: ['runs'],
          summary: "Progress along the van's run of today: what was planned, what happened, what is expected",
          params: Type.Object({ id: Id }),
          response: { 200: RunProgress },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        const { id } = vanFor(world, viewer, request.params.id, now()).thing;
        const day = dayAt(now(), world.registry.agency(agency)?.timeZone ?? 'UTC');
        const progress = arrivals.run(agency, id) ?? { vanId: id, day, ...nothingToDo };
        reply.header('cache-control', 'no-store');
        const stops = progress.stops.filter(({ orderId }) => {
          const order = world.orders?.order(agency, orderId);
          return order !== undefined && seesOrder(world, viewer, order, now());
        });
        return { ...progress, stops };
      },
    );
  };
}
