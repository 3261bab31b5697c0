import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { LatLon } from '../../protocol/geo.ts';
import { Address } from '../../protocol/place.ts';
import { Latitude, Longitude } from '../../protocol/position.ts';
import { signedIn } from './auth.ts';
import { everybody } from './places.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

/** Addresses both ways (`daemon/geocode/addresses.ts`). */
export interface AddressLookup {
  search(
    by: { agency: string; seesConsumers: boolean },
    text: string,
    limit: number,
    near?: LatLon,
  ): Promise<Address[]>;
  reverse(by: { agency: string; seesConsumers: boolean }, point: LatLon): Promise<Address | null>;
}

const tags = ['places'];
const position = { latitude: Latitude, longitude: Longitude };

/** Where an address is, and what address a point has: own consumers, streets and places first. */
export function geocodeRoutes({ addresses, now }: { addresses: AddressLookup; now: () => number }) {
  /** Who sees consumers of whom nothing is known sees every one; no registered id is empty. */
  const by = (viewer: Viewer) => {
    const { agency } = viewer;
    return { agency, seesConsumers: rightsOn(viewer, { kind: 'consumer', agency, id: '' }, now()).see };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/geocode',
      {
        config: { access: everybody },
        schema: {
          tags,
          summary: 'Where an address is',
          querystring: Type.Object(
            {
              q: Type.String({ minLength: 1, maxLength: 200 }),
              latitude: Type.Optional(Latitude),
              longitude: Type.Optional(Longitude),
              limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5 })),
            },
            { additionalProperties: false, description: 'what is near the point comes first' },
          ),
          response: { 200: Type.Object({ items: Type.Array(Address), next: Type.Null() }) },
        },
      },
      async (request, reply) => {
        const { q, latitude, longitude, limit = 5 } = request.query;
        const near = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
        reply.header('cache-control', 'no-store');
        return { items: await addresses.search(by(signedIn(request)), q, limit, near), next: null };
      },
    );

    app.get(
      '/api/geocode/reverse',
      {
        config: { access: everybody },
        schema: {
          tags,
          summary: 'What address a point has',
          querystring: Type.Object(position, { additionalProperties: false }),
          response: { 200: Address },
        },
      },
      async (request, reply) => {
        const found = await addresses.reverse(by(signedIn(request)), request.query);
        if (found === null) throw notFound();
        reply.header('cache-control', 'no-store');
        return found;
      },
    );
  };
}
