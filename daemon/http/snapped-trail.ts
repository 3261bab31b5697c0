import { setImmediate } from 'node:timers/promises';
import { Type } from 'typebox';
import { shows } from '../../protocol/access.ts';
import type { LatLon } from '../../protocol/geo.ts';
import { Latitude, Longitude, UtcMilliseconds } from '../../protocol/position.ts';
import { Id } from '../../protocol/registry.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { World } from '../project/world.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { readPeriod } from './period.ts';
import type { Problem } from './problem.ts';
import { badField } from './problem.ts';
import type { App } from './validation.ts';
import { vanFor } from './visible.ts';

/** Puts a trail on the road (`daemon/route/roads.ts`): within seconds, and as it was driven where it cannot. */
export interface TrailSnapper {
  snapped(
    points: readonly TrailPoint[],
  ): Promise<{ parts: readonly (readonly LatLon[])[]; by: 'road' | 'trail' | 'mixed'; why?: string }>;
}

/** Longest period, ms: a day's work is put on the road for people to look at, not a month's. */
const longest = 86_400_000;
const time = 'UTC ms or ISO 8601';

/** The trail of a van for the map, on the road. What was measured is `/trail`; this is how it looks best. */
export function snappedTrailRoutes({
  world,
  snapper,
  now,
}: {
  world: World;
  snapper: TrailSnapper;
  now: () => number;
}) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/vans/:id/snapped-trail',
      {
        config: { access: { roles: [...staff, 'DELIVERY_PARTNER', 'INTERNAL_SERVICE'], scope: 'positions:read' } },
        // A HEAD would ask the router for nothing.
        exposeHeadRoute: false,
        schema: {
          tags: ['trails'],
          summary: 'The trail of a van on the road, as far as one is found under it',
          params: Type.Object({ id: Id }),
          querystring: Type.Object(
            {
              from: Type.Optional(Type.String({ maxLength: 40, description: `${time}; default: a day before \`to\`` })),
              to: Type.Optional(Type.String({ maxLength: 40, description: `${time}, not included; default: now` })),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              vanId: Id,
              from: UtcMilliseconds,
              to: UtcMilliseconds,
              by: Type.Union([Type.Literal('road'), Type.Literal('trail'), Type.Literal('mixed')], {
                description: 'trail: the fixes themselves',
              }),
              why: Type.Optional(Type.String({ description: 'why not all of it is on the road' })),
              line: Type.Object({
                type: Type.Literal('MultiLineString'),
                coordinates: Type.Array(Type.Array(Type.Tuple([Longitude, Latitude]))),
              }),
            }),
          },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { thing: van, rights } = vanFor(world, viewer, request.params.id, now());
        const { from, to } = readPeriod(request.query, now());
        if (to - from > longest) throw tooLong();
        const points: TrailPoint[] = [];
        const [start, end] = [Math.max(from, rights.from), Math.min(to, rights.until)];
        for (const page of start < end ? world.trails.van(viewer.agency, van.id, start, end) : []) {
          for (const point of page) if (shows(rights, point.fixTime)) points.push(point);
          await setImmediate();
        }
        const { parts, by, why } = await snapper.snapped(points);
        const coordinates = parts.map((part) =>
          part.map(({ latitude, longitude }): [number, number] => [longitude, latitude]),
        );
        reply.header('cache-control', 'no-store');
        return {
          vanId: van.id,
          from,
          to,
          by,
          ...(why === undefined ? {} : { why }),
          line: { type: 'MultiLineString' as const, coordinates },
        };
      },
    );
  };
}

function tooLong(): Problem {
  return badField('query/to', 'maximum', 'must be at most a day after from');
}
