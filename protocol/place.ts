import { type Static, Type } from 'typebox';
import { Latitude, Longitude, UtcMilliseconds } from './position.ts';

/**
 * The gazetteer: cities, villages, pincode areas and streets with their coordinates. It has layers. The base is the
 * operator's and everybody sees it; what an agency changes lies above it, for that agency alone.
 */
export const PlaceKind = Type.Union([Type.Literal('city'), Type.Literal('pincode'), Type.Literal('street')]);
export type PlaceKind = Static<typeof PlaceKind>;

/** The layer everybody sees: the world of an agency that can never be added. Only the operator makes tokens for it. */
export const baseGazetteer = 'gazetteer';

/** Room is left for `place:` in the subject of an expectation. */
const longestKey = 190;
export const PlaceKey = Type.String({
  minLength: 1,
  maxLength: longestKey,
  description: 'id at the source (`geonames:1264733`), else country/state/district/name: village names repeat',
});

const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' });
const Region = Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' });
export const Pincode = Type.String({ minLength: 3, maxLength: 12, pattern: '^[0-9A-Za-z][0-9A-Za-z -]*$' });

export const Place = Type.Object(
  {
    key: PlaceKey,
    kind: PlaceKind,
    name: Name,
    country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
    state: Region,
    district: Type.Optional(Region),
    city: Type.Optional(Name),
    pincode: Type.Optional(Pincode),
    latitude: Latitude,
    longitude: Longitude,
    population: Type.Optional(Type.Integer({ minimum: 0 })),
    area: Type.Optional(Type.Number({ minimum: 0, description: 'km²' })),
    metro: Type.Optional(Type.Boolean()),
    capital: Type.Optional(Type.Boolean()),
    names: Type.Optional(Type.Array(Name, { maxItems: 60, description: 'other names, in any script' })),
    pincodes: Type.Optional(Type.Array(Pincode, { maxItems: 400 })),
    metadata: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 60 }),
        Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean(), Type.Null()]),
        { maxProperties: 40 },
      ),
    ),
  },
  { additionalProperties: false, $id: 'Place' },
);
export type Place = Static<typeof Place>;

/** Optimistic concurrency, as in events: the version of the place in this layer. 0: the layer says nothing of it yet. */
const Expectation = Type.Object({ subject: Type.String({ maxLength: 200 }), version: Type.Integer({ minimum: 0 }) });

const change = <T extends string, S extends import('typebox').TProperties>(type: T, data: S) =>
  Type.Object(
    {
      id: Type.String({ format: 'uuid', description: 'of this event; also the idempotency key' }),
      time: UtcMilliseconds,
      actor: Type.String({ maxLength: 120, description: 'who: role:subject' }),
      type: Type.Literal(type),
      expects: Type.Array(Expectation, { maxItems: 8 }),
      data: Type.Object(data, { additionalProperties: false }),
    },
    { additionalProperties: false },
  );

/** What happens to a place of one layer. Topic `places`; the record's id, and its key in Kafka, is the place's key. */
export const PlaceEvent = Type.Union(
  [
    change('place-put', { key: PlaceKey, place: Place }),
    change('place-removed', { key: PlaceKey }),
    change('place-restored', { key: PlaceKey }),
  ],
  { $id: 'PlaceEvent' },
);
export type PlaceEvent = Static<typeof PlaceEvent>;

/** A place as a reader gets it. */
export const SeenPlace = Type.Object(
  {
    ...Place.properties,
    version: Type.Integer({ minimum: 1, description: 'for If-Match' }),
    layer: Type.Union([Type.Literal('base'), Type.Literal('own')]),
    distance: Type.Optional(Type.Number({ description: 'm from the point that was asked for' })),
  },
  { additionalProperties: false },
);
export type SeenPlace = Static<typeof SeenPlace>;

/** An address that was found for a text or for a point. */
export const Address = Type.Object(
  {
    text: Type.String({ description: 'the address in one line' }),
    latitude: Latitude,
    longitude: Longitude,
    source: Type.Union(
      [Type.Literal('consumer'), Type.Literal('street'), Type.Literal('place'), Type.Literal('outside')],
      { description: 'own consumers, own streets, the gazetteer, or a service outside' },
    ),
    id: Type.Optional(Type.String({ description: 'of the consumer, or key of the place' })),
    pincode: Type.Optional(Type.String()),
    distance: Type.Optional(Type.Number({ description: 'm from the point that was asked for' })),
    attribution: Type.Optional(Type.String({ description: 'to be shown beside it' })),
  },
  { additionalProperties: false },
);
export type Address = Static<typeof Address>;

/** What is to be shown where places of this source are shown. */
export function attributionOf(key: string): string | undefined {
  return key.startsWith('geonames:') ? 'GeoNames (geonames.org), CC BY 4.0' : undefined;
}
