import { Type } from 'typebox';
import { Id } from '../../protocol/registry.ts';
import { consumerOfDoor, godownZone, ZoneVisit } from '../../protocol/zone.ts';
import type { VisitKey, ZonesView } from '../domain/zone-view.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { cursorOf, next, pageQuery, readCursor } from './keyset.ts';
import { readPeriod } from './period.ts';
import { badField, notFound } from './problem.ts';
import type { App } from './validation.ts';

const time = 'UTC ms or ISO 8601';
const VisitAnswer = Type.Object(
  {
    ...ZoneVisit.properties,
    duration: Type.Integer({ minimum: 0, description: 'ms; of a van that is inside, until now' }),
  },
  { $id: 'ZoneVisitAnswer' },
);

/** Who was in a zone and when. Also of zones that were removed since, of `:godown`, and of doors (`:door:CONSUMER`). */
export function zoneVisitRoutes({ zones, now }: { zones: ZonesView; now: () => number }) {
  return (app: App): void => {
    app.get(
      '/api/zones/:id/visits',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['zones'],
          summary: 'The visits of vans in a zone that touch a period of at most 31 days, oldest first',
          params: Type.Object({
            id: Type.String({ minLength: 1, maxLength: 80, description: 'a zone, `:godown`, or `:door:CONSUMER`' }),
          }),
          querystring: Type.Object(
            {
              ...pageQuery(100, 1000),
              from: Type.Optional(Type.String({ maxLength: 40, description: `${time}; default: a day before \`to\`` })),
              to: Type.Optional(Type.String({ maxLength: 40, description: `${time}, not included; default: now` })),
              vanId: Type.Optional(Id),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ items: Type.Array(VisitAnswer), next }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { id: zoneId } = request.params;
        const { limit = 100, cursor, vanId } = request.query;
        const period = readPeriod(request.query, now());
        const after = readVisitCursor(cursor);
        const query = { zoneId, ...period, ...(vanId === undefined ? {} : { vanId }) };
        const page = { limit: limit + 1, ...(after === undefined ? {} : { after }) };
        const found = zones.visits(agency, query, page);
        // A zone that never was is none; one that was removed has had visits, or may have.
        if (found.length === 0 && !isKnown(zones, agency, zoneId)) throw notFound();
        const items = found.slice(0, limit).map((visit) => ({ ...visit, duration: durationOf(visit, now()) }));
        const last = items.at(-1);
        reply.header('cache-control', 'no-store');
        return {
          items,
          next: found.length > limit && last !== undefined ? cursorOf(`${last.entered} ${last.vanId}`) : null,
        };
      },
    );
  };
}

function isKnown(zones: ZonesView, agency: string, zoneId: string): boolean {
  return zoneId === godownZone || consumerOfDoor(zoneId) !== undefined || zones.count(agency, `zone:${zoneId}`) > 0;
}

function durationOf({ entered, left }: ZoneVisit, now: number): number {
  return Math.max(0, (left ?? now) - entered);
}

function readVisitCursor(cursor: string | undefined): VisitKey | undefined {
  const text = readCursor(cursor);
  if (text === undefined) return undefined;
  const [, entered, vanId] = /^(\d{1,16}) (\S{1,64})$/.exec(text) ?? [];
  if (entered !== undefined && vanId !== undefined) return { entered: Number(entered), vanId };
  throw badField('query/cursor', 'format', 'is not one of ours');
}
