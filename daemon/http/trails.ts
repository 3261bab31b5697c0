import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { type Rights, shows } from '../../protocol/access.ts';
import { consumerDevice } from '../../protocol/order.ts';
import { Position } from '../../protocol/position.ts';
import { Id } from '../../protocol/registry.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { World } from '../project/world.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { next } from './keyset.ts';
import { readPeriod } from './period.ts';
import { notFound } from './problem.ts';
import { type TrailFormatName, trailFormats } from './trail-formats.ts';
import type { App } from './validation.ts';
import { consumerFor, vanFor } from './visible.ts';

const Point = Type.Object(
  {
    ...Type.Omit(Position, ['device']).properties,
    mark: Type.Optional(
      Type.Union([Type.Literal('jump'), Type.Literal('inaccurate')], { description: 'why it is not believed' }),
    ),
  },
  { $id: 'TrailPoint' },
);

const access: Access = {
  roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'],
  scope: 'positions:read',
};

const time = 'UTC ms or ISO 8601';
const schema = {
  tags: ['trails'],
  params: Type.Object({ id: Id }),
  querystring: Type.Object(
    {
      from: Type.Optional(Type.String({ maxLength: 40, description: `${time}; default: a day before \`to\`` })),
      to: Type.Optional(Type.String({ maxLength: 40, description: `${time}, not included; default: now` })),
      format: Type.Optional(
        Type.Union(
          [
            Type.Literal('json'),
            Type.Literal('geojson'),
            Type.Literal('gpx'),
            Type.Literal('csv'),
            Type.Literal('chunks'),
          ],
          { default: 'json', description: 'chunks: (length u32 little-endian, trail chunk)*' },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: {
      description: 'oldest first, streamed; a period of at most 31 days',
      content: {
        'application/json': { schema: Type.Object({ items: Type.Array(Point), next }) },
        'application/geo+json': { schema: Type.Object({}, { additionalProperties: true }) },
        'application/gpx+xml': { schema: Type.String() },
        'text/csv': { schema: Type.String() },
        'application/vnd.vantrail.trail': { schema: Type.String({ format: 'binary' }) },
      },
    },
  },
} as const;

/** Trails, streamed page by page: what a slow reader has not taken is not read from the disk yet. */
export function trailRoutes(deps: { world: World; now: () => number }) {
  const { world } = deps;
  return async (app: App): Promise<void> => {
    // A HEAD would have to read the whole trail to say how long it is.
    const route = { config: { access }, exposeHeadRoute: false };

    app.get(
      '/api/vans/:id/trail',
      { ...route, schema: { ...schema, summary: 'The trail of a van' } },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { thing: van, rights } = vanFor(world, viewer, request.params.id, now);
        const { from, to } = readPeriod(request.query, now);
        const start = Math.max(from, rights.from);
        const end = Math.min(to, rights.until);
        const pages = () => world.trails.van(viewer.agency, van.id, start, end);
        return stream(reply, van.id, request.query.format, from, () => shown(pages(), rights));
      },
    );

    app.get(
      '/api/consumers/:id/trail',
      { ...route, schema: { ...schema, summary: 'The trail of a location that a consumer shared' } },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { thing: consumer, rights } = consumerFor(world, viewer, request.params.id, now);
        // A location that is not shared now is to others as one that never was.
        if (rights.from === Number.POSITIVE_INFINITY) throw notFound();
        const { from, to } = readPeriod(request.query, now);
        // What was shared under the same id by somebody who has been erased since is nobody's.
        const first = world.sharing?.of(viewer.agency, consumer.id)?.first ?? Number.POSITIVE_INFINITY;
        const start = Math.max(from, rights.from, first);
        const end = Math.min(to, rights.until);
        const pages = () =>
          start < end ? world.trails.device(viewer.agency, consumerDevice(consumer.id), start, end) : [];
        return stream(reply, consumer.id, request.query.format, from, () => shown(pages(), rights));
      },
    );
  };
}

/** Only what the rights show, whatever the pages hold. */
function* shown(pages: Iterable<readonly TrailPoint[]>, rights: Rights): Generator<readonly TrailPoint[]> {
  for (const page of pages) yield page.filter((point) => shows(rights, point.fixTime));
}

function stream(
  reply: FastifyReply,
  subject: string,
  formatName: TrailFormatName = 'json',
  from: number,
  pages: () => Iterable<readonly TrailPoint[]>,
): FastifyReply {
  const format = trailFormats[formatName];
  reply.header('cache-control', 'no-store').type(format.type);
  if (formatName !== 'json') {
    // Ids are letters, digits, dot, dash and underscore, so the name needs no quoting rules.
    const name = `${subject}-${new Date(from).toISOString().slice(0, 10)}.${format.extension}`;
    reply.header('content-disposition', `attachment; filename="${name}"`);
  }
  return reply.send(Readable.from(format.write({ subject, pages }), { objectMode: false }));
}
