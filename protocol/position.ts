import { type Static, Type } from 'typebox';

/**
 * The Position: one fix of one device. This schema is its only definition; the type, the check at every door, the
 * published JSON Schema and the OpenAPI page all come from it.
 *
 * Units: degrees WGS84, metres, km/h, percent, UTC milliseconds. Every payload format converts to these.
 */
export const Latitude = Type.Number({ minimum: -90, maximum: 90, description: 'WGS84 degrees' });
export const Longitude = Type.Number({ minimum: -180, maximum: 180, description: 'WGS84 degrees' });
export const UtcMilliseconds = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, description: 'UTC ms' });

/** What a fix says beyond where and when. Absent means the device did not say; it never means zero. */
const measured = {
  speed: Type.Optional(Type.Number({ minimum: 0, maximum: 2000, description: 'km/h over ground' })),
  course: Type.Optional(Type.Number({ minimum: 0, maximum: 360, description: 'degrees clockwise from true north' })),
  altitude: Type.Optional(Type.Number({ minimum: -1000, maximum: 50_000, description: 'm above sea level' })),
  accuracy: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000_000, description: 'm, radius' })),
  battery: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: '%' })),
  ignition: Type.Optional(Type.Boolean()),
};

/** A fix as a device states it, in our units, before the daemon has admitted it. */
export const Fix = Type.Object(
  {
    deviceId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    fixTime: UtcMilliseconds,
    latitude: Latitude,
    longitude: Longitude,
    ...measured,
  },
  { additionalProperties: false, $id: 'Fix' },
);
export type Fix = Static<typeof Fix>;

/** A fix the daemon has admitted: what the log keeps under the topic `positions`. */
export const Position = Type.Object(
  {
    device: Type.String({
      minLength: 1,
      maxLength: 80,
      description: 'id of the device within its agency; `consumer:ID`: the location a consumer shares',
    }),
    fixTime: UtcMilliseconds,
    receivedAt: UtcMilliseconds,
    latitude: Latitude,
    longitude: Longitude,
    ...measured,
  },
  { additionalProperties: false, $id: 'Position' },
);
export type Position = Static<typeof Position>;

/**
 * The resolution at which a fix is kept everywhere (log, live state, trail, feed), so that every copy is equal:
 * 1e-6 degrees (0.11 m), 0.1 km/h, 0.1 degree, 1 m, 1 %. A GPS fix is metres off; nothing is lost.
 */
export function atResolution<T extends Omit<Fix, 'deviceId'>>(fix: T): T {
  const kept: T = {
    ...fix,
    latitude: Math.round(fix.latitude * 1e6) / 1e6,
    longitude: Math.round(fix.longitude * 1e6) / 1e6,
  };
  if (fix.speed !== undefined) kept.speed = Math.round(fix.speed * 10) / 10;
  if (fix.course !== undefined) kept.course = (Math.round(fix.course * 10) / 10) % 360;
  if (fix.altitude !== undefined) kept.altitude = Math.round(fix.altitude);
  if (fix.accuracy !== undefined) kept.accuracy = Math.round(fix.accuracy);
  if (fix.battery !== undefined) kept.battery = Math.round(fix.battery);
  return kept;
}
