import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import { OrderState } from '../../protocol/order.ts';
import { Id } from '../../protocol/registry.ts';
import type { NormEntry } from '../domain/norm-clock.ts';
import type { Norm } from '../project/norm.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { cursorOf, next, pageQuery, readCursor } from './keyset.ts';
import { badField, notFound } from './problem.ts';
import type { App } from './validation.ts';

export interface NormRoutesDeps {
  norm: Pick<Norm, 'clock'>;
  /** UTC ms */
  now: () => number;
}

const states = ['broken', 'lost', 'at-risk', 'on-time'] as const;
const count = Type.Integer({ minimum: 0 });
const time = Type.Integer({ minimum: 0, description: 'UTC ms' });
const Entry = Type.Object({
  orderId: Id,
  consumerId: Id,
  vanId: Type.Optional(Id),
  order: OrderState,
  age: Type.Integer({ description: 'ms since the booking' }),
  dueAt: time,
  place: Type.Integer({ minimum: 1, description: 'in the queue of the agency' }),
  forecast: Type.Optional(Type.Integer({ description: 'UTC ms; when it is likely to come; absent: nobody can say' })),
  helpBy: Type.Optional(Type.Integer({ description: 'UTC ms; until then it helps to put it first' })),
  state: Type.Enum([...states], {
    description: 'broken: too late; lost: will be, and nobody can help it; at-risk: will be unless it is put forward',
  }),
});
const Answer = Type.Object({
  now: time,
  pace: Type.Object(
    {
      delivered: count,
      worked: Type.Number({ description: 'working hours of today so far' }),
      usual: Type.Optional(Type.Number()),
      used: Type.Optional(Type.Number({ description: 'what forecasts go by; absent: nothing was delivered yet' })),
    },
    { description: 'deliveries per working hour: of today, usually' },
  ),
  counts: Type.Object({ open: count, broken: count, lost: count, atRisk: count, onTime: count }),
  hours: Type.Array(Type.Object({ from: time, due: count, breaking: count }), {
    description: 'the hours in which open orders fall due, soonest first; those without are left out',
  }),
  items: Type.Array(Entry, { description: 'soonest due first' }),
  next,
});

/** The clock of the 48-hour norm. */
export function normRoutes({ norm, now }: NormRoutesDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/norm',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['orders'],
          summary: 'How the open orders stand against the 48-hour norm, soonest due first',
          querystring: Type.Object(
            { ...pageQuery(100, 1000), state: Type.Optional(Type.Enum([...states])) },
            { additionalProperties: false },
          ),
          response: { 200: Answer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        if (!rightsOn(viewer, { kind: 'events', agency: viewer.agency }, now()).see) throw notFound();
        const { cursor, limit = 100, state } = request.query;
        const after = placeOf(cursor);
        const { entries, ...clock } = norm.clock(viewer.agency, now());
        reply.header('cache-control', 'no-store');
        const left = entries.filter(
          (entry) => (state === undefined || entry.state === state) && (after === undefined || isAfter(entry, after)),
        );
        const items = left.slice(0, limit);
        const last = items.at(-1);
        const more = left.length > limit && last !== undefined;
        return { ...clock, items, next: more ? cursorOf(`${last.dueAt} ${last.orderId}`) : null };
      },
    );
  };
}

interface ListPlace {
  dueAt: number;
  orderId: string;
}

function isAfter(entry: NormEntry, place: ListPlace): boolean {
  return entry.dueAt > place.dueAt || (entry.dueAt === place.dueAt && entry.orderId > place.orderId);
}

/** The place that a cursor stands for. Throws a 400 for one that is none. */
function placeOf(cursor: string | undefined): ListPlace | undefined {
  const text = readCursor(cursor);
  if (text === undefined) return undefined;
  const [, dueAt, orderId] = /^(\d{1,16}) (\S+)$/.exec(text) ?? [];
  if (dueAt !== undefined && orderId !== undefined) return { dueAt: Number(dueAt), orderId };
  throw badField('query/cursor', 'format', 'is not one of ours');
}
