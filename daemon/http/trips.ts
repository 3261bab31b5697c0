import { Type } from 'typebox';
import { Id } from '../../protocol/registry.ts';
import type { MotionView } from '../project/motion.ts';
import type { World } from '../project/world.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { cursorOf, next, type Page, pageQuery, readCursor } from './keyset.ts';
import { DayView, factShown, MotionFactView } from './motion-view.ts';
import { readPeriod } from './period.ts';
import type { App } from './validation.ts';
import { vanFor } from './visible.ts';

/** Not for consumers: where a van stood are the doors of others. */
const access: Access = {
  roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'INTERNAL_SERVICE'],
  scope: 'positions:read',
};
const time = 'UTC ms or ISO 8601';
const period = {
  from: Type.Optional(Type.String({ maxLength: 40, description: `${time}; default: a day before \`to\`` })),
  to: Type.Optional(Type.String({ maxLength: 40, description: `${time}, not included; default: now` })),
};
const params = Type.Object({ id: Id });
const tags = ['trails'];

/** What vans did: their trips and stops, and each day summed up. A driver sees what is his own. */
export function tripRoutes(deps: { world: World; motion: MotionView; now: () => number }) {
  const { world, motion } = deps;
  return async (app: App): Promise<void> => {
    app.get(
      '/api/vans/:id/trips',
      {
        config: { access },
        schema: {
          tags,
          summary: 'The trips, stops and gaps of a van in a period of at most 31 days, oldest first',
          params,
          querystring: Type.Object({ ...period, ...pageQuery(500, 1000) }, { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(MotionFactView), next }) },
        },
      },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { thing: van, rights } = vanFor(world, viewer, request.params.id, now);
        const { from, to } = readPeriod(request.query, now);
        const [start, end] = [Math.max(from, rights.from), Math.min(to, rights.until)];
        const facts = start < end ? motion.trips(viewer.agency, van.id, start, end, now) : [];
        const shown = facts.flatMap((fact) => factShown(fact, rights) ?? []);
        const { cursor, limit = 500 } = request.query;
        reply.header('cache-control', 'no-store');
        return pageBy(shown, (fact) => placeOf(fact.from, fact.kind), readCursor(cursor), limit);
      },
    );

    app.get(
      '/api/vans/:id/days',
      {
        config: { access },
        schema: {
          tags,
          summary: "What a van did, day by day in the agency's time zone; of days at the ends what lies in the period",
          params,
          querystring: Type.Object({ ...period, ...pageQuery(31, 31) }, { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(DayView), next }) },
        },
      },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { thing: van, rights } = vanFor(world, viewer, request.params.id, now);
        const { from, to } = readPeriod(request.query, now);
        const [start, end] = [Math.max(from, rights.from), Math.min(to, rights.until)];
        const days = start < end ? motion.days(viewer.agency, van.id, start, end, now) : [];
        const { cursor, limit = 31 } = request.query;
        reply.header('cache-control', 'no-store');
        return pageBy(days, ({ day }) => day, readCursor(cursor), limit);
      },
    );
  };
}

/** A page of what is in order by `key`. */
function pageBy<T>(things: readonly T[], key: (thing: T) => string, after: string | undefined, limit: number): Page<T> {
  const rest = after === undefined ? things : things.filter((thing) => key(thing) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? cursorOf(key(last)) : null };
}

/** Text in the order of times (UTC ms). */
function placeOf(time: number, kind: string): string {
  return `${String(time).padStart(16, '0')} ${kind}`;
}
