import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Role } from '../../protocol/claims.ts';
import { attributionOf, PlaceKind, type SeenPlace, SeenPlace as SeenPlaceSchema } from '../../protocol/place.ts';
import { Latitude, Longitude } from '../../protocol/position.ts';
import type { PlaceFinder } from '../project/places.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { badField } from './problem.ts';
import type { App } from './validation.ts';

const isLatitude = Compile(Latitude);
const isLongitude = Compile(Longitude);

/** Everybody who belongs to an agency: access.ts shows the gazetteer to all of them. */
export const everybody: Access = { roles: Role.anyOf.map((role) => role.const) };

const PlacesAnswer = Type.Object({
  items: Type.Array(SeenPlaceSchema),
  next: Type.Null(),
  attributions: Type.Array(Type.String(), { description: 'to be shown beside them' }),
});

/** Reading the gazetteer, as the agency sees it. */
export function placeRoutes({ finder }: { finder: PlaceFinder }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/places',
      {
        config: { access: everybody },
        schema: {
          tags: ['places'],
          summary: 'Places by name (with typing errors, in any script), by pincode, or nearest to a point',
          querystring: Type.Object(
            {
              query: Type.Optional(
                Type.String({
                  minLength: 1,
                  maxLength: 100,
                  description: 'name, may be followed by district or state',
                }),
              ),
              near: Type.Optional(
                Type.String({ pattern: '^-?[0-9.]+,-?[0-9.]+$', description: '`latitude,longitude`, degrees' }),
              ),
              pincode: Type.Optional(Type.String({ minLength: 2, maxLength: 12, description: 'or its beginning' })),
              kind: Type.Optional(PlaceKind),
              limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
            },
            { additionalProperties: false, description: 'one of query, near and pincode; near may go with query' },
          ),
          response: { 200: PlacesAnswer },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { query, near, pincode, kind, limit = 10 } = request.query;
        const point = near === undefined ? undefined : pointOf(near);
        const of = kind === undefined ? {} : { kind };
        const from = point === undefined ? {} : { near: point };
        reply.header('cache-control', 'no-store');
        if (query !== undefined) return answered(await finder.search(agency, query, { limit, ...of, ...from }));
        if (pincode !== undefined) return answered(await finder.byPincode(agency, pincode, limit));
        if (point === undefined) {
          const message = 'is missing: one of query, near and pincode says what is looked for';
          throw badField('query/query', 'required', message);
        }
        const kinds = kind === undefined ? {} : { kinds: [kind] };
        return answered(await finder.near(agency, point, { limit, ...kinds }));
      },
    );
  };
}

function answered(items: SeenPlace[]) {
  const attributions = new Set(items.flatMap(({ key }) => attributionOf(key) ?? []));
  return { items, next: null, attributions: [...attributions] };
}

/** Reads `latitude,longitude`. */
function pointOf(text: string): { latitude: number; longitude: number } {
  const [latitude = Number.NaN, longitude = Number.NaN] = text.split(',').map(Number);
  if (isLatitude.Check(latitude) && isLongitude.Check(longitude)) return { latitude, longitude };
  throw badField('query/near', 'format', 'must be latitude,longitude in degrees');
}
