import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Type } from 'typebox';
import { notFound } from './problem.ts';
import { TownTiles } from './town-tiles.ts';
import type { App } from './validation.ts';

export interface MapDeps {
  baseMap: 'style' | 'mapbox' | 'demo' | 'land';
  mapStyle: string;
  mapboxToken?: string | undefined;
  townFile?: string | undefined;
}

const BaseMap = Type.Object({
  kind: Type.Union([Type.Literal('style'), Type.Literal('mapbox'), Type.Literal('demo'), Type.Literal('land')]),
  style: Type.Optional(Type.String({ description: 'address of the style, or of the GeoJSON of the demo town' })),
  token: Type.Optional(Type.String({ description: 'public Mapbox token' })),
  attribution: Type.String({ description: 'to be shown when the style names none' }),
});

const attributions = {
  style: '© OpenStreetMap contributors',
  mapbox: '© Mapbox © OpenStreetMap',
  demo: 'Demo town, made from a seed',
  land: 'Made with Natural Earth',
} as const;

/** Which map the console is to draw. Nothing in it is secret: the page needs it before anyone has signed in. */
export function mapRoutes(deps: MapDeps) {
  const { baseMap: kind, mapStyle, mapboxToken, townFile } = deps;
  const mapboxStyle = mapStyle.startsWith('mapbox://') ? mapStyle : 'mapbox://styles/mapbox/streets-v12';
  const tiles = kind === 'demo' && townFile !== undefined ? new TownTiles(townFile) : undefined;
  const styles = { style: mapStyle, mapbox: mapboxStyle, demo: '/api/map/town', land: undefined } as const;
  return async (app: App): Promise<void> => {
    app.get(
      '/api/map',
      {
        config: { access: 'public' },
        schema: { tags: ['map'], summary: 'The base map to draw', response: { 200: BaseMap } },
      },
      async () => ({
        kind,
        attribution: attributions[kind],
        ...(styles[kind] === undefined ? {} : { style: styles[kind] }),
        ...(kind === 'mapbox' && mapboxToken !== undefined ? { token: mapboxToken } : {}),
      }),
    );

    app.get(
      '/api/map/town',
      {
        config: { access: 'public' },
        schema: {
          tags: ['map'],
          summary: 'The demo town as GeoJSON (with --base-map demo)',
          produces: ['application/geo+json'],
          response: { 200: { content: { 'application/geo+json': { schema: Type.Object({}) } } } },
        },
      },
      async (_request, reply) => {
        if (kind !== 'demo' || townFile === undefined) throw notFound();
        const { size } = await stat(townFile);
        reply.type('application/geo+json; charset=utf-8').header('cache-control', 'no-cache');
        reply.header('content-length', size);
        return reply.send(createReadStream(townFile));
      },
    );

    app.get(
      '/api/map/tiles/:scheme/:z/:x/:y',
      {
        config: { access: 'public' },
        schema: {
          tags: ['map'],
          summary: 'A piece of the demo town as a picture of 256 pixels (with --base-map demo)',
          params: Type.Object({
            scheme: Type.Union([Type.Literal('light'), Type.Literal('dark')]),
            z: Type.Integer(),
            x: Type.Integer(),
            y: Type.Integer(),
          }),
          produces: ['image/svg+xml'],
          response: { 200: { content: { 'image/svg+xml': { schema: Type.Object({}) } } } },
        },
      },
      async (request, reply) => {
        const { scheme, z, x, y } = request.params;
        const tile = await tiles?.tile(scheme, z, x, y);
        if (tile === undefined) throw notFound();
        reply.type('image/svg+xml').header('content-encoding', 'gzip').header('cache-control', 'public, max-age=86400');
        return reply.send(tile as never);
      },
    );
  };
}
