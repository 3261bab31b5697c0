import { Type } from 'typebox';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { signedIn } from './auth.ts';
import { cursorOf, next, pageQuery, readCursor } from './keyset.ts';
import type { PeopleDeps } from './people.ts';
import { timeOf } from './period.ts';
import { badField } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

const Entry = Type.Object({
  id: Type.String({ description: 'of the event' }),
  time: UtcMilliseconds,
  actor: Type.String({ description: 'ROLE:id, or the part of the daemon that did it' }),
  type: Type.String(),
  about: Type.String({ description: 'what it is about first of all, as van:v1' }),
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'ids and numbers; people stand in no event' }),
});
const filter = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }));

/** Who did what when. Whoever decides who has an account reads what the accounts did. */
export function auditRoutes({ audit }: PeopleDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/audit',
      {
        config: { access: { roles: rolesThatManage('accounts') } },
        schema: {
          tags: ['audit'],
          summary: 'Who did what when, newest first',
          querystring: Type.Object(
            {
              ...pageQuery(100, 1000),
              actor: filter('ROLE:id'),
              type: filter('as order-booked'),
              about: filter('as order:O-1'),
              from: filter('UTC ms or ISO 8601'),
              to: filter('UTC ms or ISO 8601'),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ items: Type.Array(Entry), next }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { cursor, limit = 100, actor, type, about, from, to } = request.query;
        const before = numberOf(readCursor(cursor));
        const times = {
          from: from === undefined ? undefined : timeOf('from', from),
          to: to === undefined ? undefined : timeOf('to', to),
        };
        const found = audit.list(agency, { actor, type, about, ...times, before, limit: limit + 1 });
        reply.header('cache-control', 'no-store');
        const items = found.slice(0, limit);
        const last = items.at(-1);
        return {
          items: items.map(({ number: _number, ...entry }) => entry),
          next: found.length > limit && last !== undefined ? cursorOf(String(last.number)) : null,
        };
      },
    );
  };
}

function numberOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined || /^\d{1,15}$/.test(cursor)) return cursor === undefined ? undefined : Number(cursor);
  throw badField('query/cursor', 'format', 'is not one of ours');
}
