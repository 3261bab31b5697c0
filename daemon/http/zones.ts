import { type TSchema, Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { Id } from '../../protocol/registry.ts';
import { Zone, type ZoneChange } from '../../protocol/zone.ts';
import { addZone, changeZone, removeZone } from '../domain/decide-zone.ts';
import { featureOf } from '../domain/zone-geojson.ts';
import type { ZonesView } from '../domain/zone-view.ts';
import type { Commands } from '../project/commands.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';
import {
  Change,
  checkedInBody,
  closed,
  Feature,
  NewZone,
  readNewZone,
  readWholeZone,
  readZoneChange,
  WholeZone,
} from './zones-body.ts';
import { zoneVisitRoutes } from './zones-visits.ts';

export interface ZoneDeps {
  zones: ZonesView;
  commands: Pick<Commands, 'execute'>;
  /** UTC ms */
  now: () => number;
}

const format = Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('geojson')], { default: 'json' }));

const writers = { roles: rolesThatManage('zones') };
const params = Type.Object({ id: Id });
const tags = ['zones'];
const geojson = 'application/geo+json; charset=utf-8';
const answers = (schema: TSchema) => ({
  description:
    'a zone; with format=geojson a Feature: a circle is a Point with a radius, a corridor a line with a width',
  content: {
    'application/json': { schema },
    'application/geo+json': { schema: Type.Object({}, { additionalProperties: true }) },
  },
});

/** The zones that people draw. The godown and the doors follow from settings and orders; they have visits alone. */
export function zoneRoutes(deps: ZoneDeps) {
  const { zones, commands, now } = deps;

  const zoneFor = (viewer: Viewer, id: string): Zone => {
    const zone = zones.zone(viewer.agency, id);
    if (zone === undefined || !rightsOn(viewer, { kind: 'zone', agency: viewer.agency, id }, now()).see) {
      throw notFound();
    }
    return zone;
  };

  return async (app: App): Promise<void> => {
    app.addContentTypeParser('application/geo+json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));

    app.get(
      '/api/zones',
      {
        config: { access: { roles: staff } },
        schema: {
          tags,
          summary: 'The zones of the agency',
          querystring: Type.Object({ ...pageQuery(100, 1000), format }, closed),
          response: { 200: answers(Type.Object({ items: Type.Array(Zone), next })) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { cursor, limit = 100, format: form } = request.query;
        reply.header('cache-control', 'no-store');
        if (form === 'geojson') {
          // Programs that read GeoJSON know no pages.
          const features = Array.from(zones.zones(agency), featureOf).sort((a, b) => (a.id < b.id ? -1 : 1));
          return reply.type(geojson).send({ type: 'FeatureCollection', features });
        }
        return pageOf(zones.zones(agency), { after: readCursor(cursor), limit });
      },
    );

    app.get(
      '/api/zones/:id',
      {
        config: { access: { roles: staff } },
        schema: {
          tags,
          summary: 'One zone',
          params,
          querystring: Type.Object({ format }, closed),
          response: { 200: answers(Zone) },
        },
      },
      async (request, reply) => {
        const zone = zoneFor(signedIn(request), request.params.id);
        tagged(reply, zone);
        return request.query.format === 'geojson' ? reply.type(geojson).send(featureOf(zone)) : zone;
      },
    );

    app.post(
      '/api/zones',
      {
        config: { access: writers },
        validatorCompiler: checkedInBody,
        schema: {
          tags,
          summary: 'Draw a zone: as JSON, or as a GeoJSON Feature. Edges may not cross',
          body: Type.Union([NewZone, Feature]),
          response: { 201: Zone },
        },
      },
      async (request, reply) => {
        const fields = readNewZone(request.body);
        const zone = await carryOut(commands, addZone(zones, signedIn(request).agency, fields), byOf(request));
        return reply.code(201).header('location', `/api/zones/${zone.id}`).send(tagged(reply, zone));
      },
    );

    app.put(
      '/api/zones/:id',
      {
        config: { access: writers },
        validatorCompiler: checkedInBody,
        schema: {
          tags,
          summary: 'Say anew what a zone is: what is left out, it has no longer. Counts for fixes from now on',
          params,
          body: Type.Union([WholeZone, Feature]),
          response: { 200: Zone },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = zoneFor(viewer, request.params.id);
        const whole = readWholeZone(request.body);
        const change: ZoneChange = { schedule: null, vans: null, kinds: null, ...whole };
        return tagged(reply, await carryOut(commands, changeZone(zones, viewer.agency, id, change), byOf(request)));
      },
    );

    app.patch(
      '/api/zones/:id',
      {
        config: { access: writers },
        validatorCompiler: checkedInBody,
        schema: {
          tags,
          summary: 'Change a zone: what is not named stays, null takes it away. Counts for fixes from now on',
          params,
          body: Change,
          response: { 200: Zone },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = zoneFor(viewer, request.params.id);
        const fields = readZoneChange(request.body);
        const change = changeZone(zones, viewer.agency, id, fields);
        return tagged(reply, await carryOut(commands, change, byOf(request)));
      },
    );

    app.delete(
      '/api/zones/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Remove a zone; vans that are inside leave it with this. Its visits stay',
          params,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = zoneFor(viewer, request.params.id);
        await carryOut(commands, removeZone(zones, viewer.agency, id), byOf(request));
        return reply.code(204).send(null);
      },
    );

    zoneVisitRoutes(deps)(app);
  };
}
