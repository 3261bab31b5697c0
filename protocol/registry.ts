import { type Static, Type } from 'typebox';
import { settings } from './agency-settings.ts';
import { Latitude, Longitude, UtcMilliseconds } from './position.ts';

/** Ids that people choose: letters, digits, dot, dash, underscore. Safe in MQTT topics, URLs and file names. */
export const Id = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  description: 'letters, digits, dot, dash, underscore; starts with a letter or digit',
});
export const AgencyId = Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9][a-z0-9-]*$' });
const Name = Type.String({ minLength: 1, maxLength: 120 });

export const DeviceType = Type.Union(
  [Type.Literal('tracker'), Type.Literal('phone'), Type.Literal('gateway'), Type.Literal('replay')],
  { description: 'replay: recorded or foreign data, no speed limit between fixes' },
);
export type DeviceType = Static<typeof DeviceType>;
export const VanKind = Type.Union([Type.Literal('van'), Type.Literal('aircraft')]);
export type VanKind = Static<typeof VanKind>;

export const Agency = Type.Object(
  {
    id: AgencyId,
    name: Name,
    timeZone: Type.String({ default: 'Asia/Kolkata', maxLength: 64, description: 'IANA time zone' }),
    language: Type.Union([Type.Literal('en'), Type.Literal('hi')], { default: 'en' }),
    latitude: Type.Optional(Latitude),
    longitude: Type.Optional(Longitude),
    ...settings,
  },
  { additionalProperties: false, $id: 'Agency' },
);
export type Agency = Static<typeof Agency>;

/** What a van carries at a time. */
export const VanCapacity = Type.Object(
  {
    full: Type.Integer({ minimum: 0, maximum: 1000, description: 'full cylinders' }),
    empties: Type.Integer({ minimum: 0, maximum: 1000, description: 'empty cylinders' }),
  },
  { additionalProperties: false },
);
export type VanCapacity = Static<typeof VanCapacity>;

export const Van = Type.Object(
  {
    id: Id,
    name: Name,
    kind: VanKind,
    driverId: Type.Optional(Id),
    driverSince: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms; since when this driver drives it' })),
    capacity: Type.Optional(VanCapacity),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Van' },
);
export type Van = Static<typeof Van>;

/** From when a device was on a van (or on none); the newest entry is the present one. */
export const Assignment = Type.Object({ from: UtcMilliseconds, vanId: Type.Union([Id, Type.Null()]) });
export type Assignment = Static<typeof Assignment>;

export const Device = Type.Object(
  {
    id: Id,
    username: Type.String({ minLength: 1, maxLength: 100 }),
    type: DeviceType,
    gatewayId: Type.Optional(Id),
    enabled: Type.Boolean(),
    assignments: Type.Array(Assignment, { description: 'oldest first; empty: never on a van' }),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Device' },
);
export type Device = Static<typeof Device>;

/** Where a consumer's position is from. What a person has pinned, no import and no look-up moves. */
const PinSource = Type.Union(
  [Type.Literal('import'), Type.Literal('geocoded'), Type.Literal('pinned'), Type.Literal('learnt')],
  { description: 'a list, an address look-up, a person, or deliveries' },
);

/** Personal fields: kept in the people topic alone (newest value, erasable), never in an event. */
export const Consumer = Type.Object(
  {
    id: Id,
    number: Type.Optional(
      Type.String({ minLength: 1, maxLength: 32, description: 'consumer number, as on the connection and the bill' }),
    ),
    name: Name,
    phone: Type.Optional(Type.String({ maxLength: 32 })),
    address: Type.Optional(Type.String({ maxLength: 300 })),
    pincode: Type.Optional(Type.String({ maxLength: 12 })),
    latitude: Type.Optional(Latitude),
    longitude: Type.Optional(Longitude),
    pinSource: Type.Optional(PinSource),
    suggestedPin: Type.Optional(
      Type.Object(
        { latitude: Latitude, longitude: Longitude, at: UtcMilliseconds },
        { additionalProperties: false, description: 'where the consumer says the door is; a dispatcher decides' },
      ),
    ),
    language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('hi')])),
    notes: Type.Optional(Type.String({ maxLength: 500, description: 'for the driver: third floor, no lift' })),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Consumer' },
);
export type Consumer = Static<typeof Consumer>;
