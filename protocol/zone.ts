import { type Static, Type } from 'typebox';
import { settings } from './agency-settings.ts';
import { Latitude, Longitude } from './position.ts';
import { Id, VanKind } from './registry.ts';

/**
 * Zones (geofences): places on the map with an inside, which vans enter and leave. Beside those that people draw there
 * are two kinds that follow from other things and have ids that nobody can choose:
 *
 *   :godown            the store of the agency, from its settings
 *   :door:CONSUMER     the door of a consumer with an open order on a van's run, for this van alone
 */

/** Zones of one agency at most. */
export const mostZones = 10_000;
/** Corners of a polygon, or points of a corridor's line, at most. */
export const mostCorners = 1000;

export const godownZone = ':godown';

/** The id of the zone at a consumer's door. */
export function doorZone(consumerId: string): string {
  return `:door:${consumerId}`;
}

/** The consumer whose door this zone is; undefined: it is another zone. */
export function consumerOfDoor(zoneId: string): string | undefined {
  return zoneId.startsWith(':door:') ? zoneId.slice(':door:'.length) : undefined;
}

const Corner = Type.Object({ latitude: Latitude, longitude: Longitude }, { additionalProperties: false });

export const ZoneShape = Type.Union([
  Type.Object(
    {
      type: Type.Literal('circle'),
      latitude: Latitude,
      longitude: Longitude,
      radius: Type.Number({ minimum: 10, maximum: 100_000, description: 'm' }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('polygon'),
      corners: Type.Array(Corner, {
        minItems: 3,
        maxItems: mostCorners,
        description: 'one after the other; the last is joined to the first. Edges may not cross',
      }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('corridor'),
      line: Type.Array(Corner, { minItems: 2, maxItems: mostCorners }),
      width: Type.Number({ minimum: 10, maximum: 20_000, description: 'm, from side to side' }),
    },
    { additionalProperties: false },
  ),
]);
export type ZoneShape = Static<typeof ZoneShape>;

export const ZoneRules = Type.Object(
  {
    enter: Type.Optional(Type.Boolean({ description: 'tell when a van enters' })),
    leave: Type.Optional(Type.Boolean({ description: 'tell when a van leaves' })),
    dwellMinutes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1440, description: 'tell when a van has been inside for so long' }),
    ),
    speedLimit: Type.Optional(
      Type.Number({ minimum: 5, maximum: 200, description: 'km/h; tell when a van is faster inside' }),
    ),
    mayStand: Type.Optional(Type.Boolean({ description: 'a van may stand here as long as it likes' })),
  },
  { additionalProperties: false },
);
export type ZoneRules = Static<typeof ZoneRules>;

/** As working hours are written: `to` at or before `from` is a time of the next day. */
const Schedule = Type.Array(settings.workingHours.items, {
  minItems: 1,
  maxItems: 14,
  description:
    "when the zone counts, in the agency's time zone; `to` at or before `from` is a time of the next day. " +
    'Absent: always',
});
export type ZoneSchedule = Static<typeof Schedule>;

const Vans = Type.Array(Id, {
  minItems: 1,
  maxItems: 500,
  uniqueItems: true,
  description: 'ids of the vans it is for; absent: all',
});
const Kinds = Type.Array(VanKind, { minItems: 1, maxItems: 2, uniqueItems: true, description: 'absent: all' });

/** Short enough for an expectation to name it. */
const Name = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S', description: 'unique in its agency' });

/** What people say of a zone. */
export const zoneFields = {
  name: Name,
  shape: ZoneShape,
  rules: ZoneRules,
  schedule: Type.Optional(Schedule),
  vans: Type.Optional(Vans),
  kinds: Type.Optional(Kinds),
};

export const Zone = Type.Object(
  { id: Id, ...zoneFields, version: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false, $id: 'Zone' },
);
export type Zone = Static<typeof Zone>;

/** What a change of a zone may say; null: no longer. */
export const zoneChangeFields = {
  name: Type.Optional(Name),
  shape: Type.Optional(ZoneShape),
  rules: Type.Optional(ZoneRules),
  schedule: Type.Optional(Type.Union([Schedule, Type.Null()])),
  vans: Type.Optional(Type.Union([Vans, Type.Null()])),
  kinds: Type.Optional(Type.Union([Kinds, Type.Null()])),
};
const ZoneChange = Type.Object(zoneChangeFields, { additionalProperties: false });
export type ZoneChange = Static<typeof ZoneChange>;

/** The fields of the events; `record.ts` puts the envelope around them. */
export const zoneEvents = {
  'zone-added': { id: Id, ...zoneFields },
  'zone-changed': { id: Id, ...zoneChangeFields },
  'zone-removed': { id: Id },
} as const;

/** One stay of a van in a zone. */
export const ZoneVisit = Type.Object(
  {
    zoneId: Type.String({ description: 'a zone, `:godown`, or `:door:CONSUMER`' }),
    vanId: Id,
    entered: Type.Integer({ minimum: 0, description: 'UTC ms of fix time' }),
    left: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms of fix time; absent: it is inside' })),
    enteredBy: Type.Optional(
      Type.Union([Type.Literal('start'), Type.Literal('zone'), Type.Literal('schedule')], {
        description:
          'absent: it came over the edge; start: it was inside when it was first heard of; zone: the zone was drawn ' +
          'around it; schedule: its hours began',
      }),
    ),
    leftBy: Type.Optional(
      Type.Union([Type.Literal('zone'), Type.Literal('schedule')], {
        description: 'absent: it went over the edge; zone: the zone was changed or removed; schedule: its hours ended',
      }),
    ),
    dwelt: Type.Optional(
      Type.Integer({ minimum: 0, description: "UTC ms; when it had been inside for the zone's dwell minutes" }),
    ),
    topSpeed: Type.Optional(Type.Number({ description: 'km/h; the fastest above the limit of the zone' })),
  },
  { additionalProperties: false, $id: 'ZoneVisit' },
);
export type ZoneVisit = Static<typeof ZoneVisit>;
