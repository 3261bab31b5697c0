import { Type } from 'typebox';
import { Fix, Latitude, Longitude } from '../../protocol/position.ts';
import type { UpdateNames } from './intake-update.ts';

const time = Type.Union([Type.Number(), Type.String()], { description: 'UTC s, ms or ISO 8601; absent: now' });
const fixBody = Type.Object(Fix.properties);
export const positionsBody = Type.Union([Type.Array(fixBody, { maxItems: 1000 }), fixBody]);
const text = Type.String();

/** Routes by which other systems tell where a driver is, each in its own words. */
export const updates: readonly { path: string; summary: string; names: UpdateNames; body: object }[] = [
  {
    path: '/location',
    summary: 'Position of a driver',
    names: { driver: 'partner_id', latitude: 'lat', longitude: 'lng', order: 'order_id' },
    body: Type.Object({
      partner_id: text,
      order_id: Type.Optional(text),
      lat: Latitude,
      lng: Longitude,
      timestamp: Type.Optional(time),
    }),
  },
  {
    path: '/api/shipments/update',
    summary: 'Position of a driver, as shipment trackers send it',
    names: { driver: 'driverId', latitude: 'latitude', longitude: 'longitude', order: 'shipmentId' },
    body: Type.Object({
      driverId: text,
      shipmentId: Type.Optional(text),
      latitude: Latitude,
      longitude: Longitude,
      timestamp: Type.Optional(time),
    }),
  },
];

export const osmandQuery = Type.Object({
  id: Type.Optional(Type.String({ description: 'the token of the device' })),
  lat: Type.Optional(text),
  lon: Type.Optional(text),
  timestamp: Type.Optional(Type.String({ description: 's, ms or ISO 8601' })),
  speed: Type.Optional(Type.String({ description: 'knots' })),
  bearing: Type.Optional(text),
  altitude: Type.Optional(text),
  accuracy: Type.Optional(text),
  batt: Type.Optional(text),
});

const answer = Type.Object({
  accepted: Type.Integer(),
  duplicates: Type.Integer({ description: 'kept already: same device, same fixTime' }),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), reason: text, detail: text })),
  ignored: Type.Optional(Type.String({ description: 'what the message was, when it rightly had no position' })),
});
/** OwnTracks looks for a list of friends and commands. */
export const emptyList = Type.Array(Type.Object({}), { maxItems: 0 });

/** The schema of a route, for its documentation and the form of its answer. */
export function documented(summary: string, more: { body?: object; querystring?: object; answer?: object } = {}) {
  const { answer: answered = answer, ...input } = more;
  return { tags: ['intake'], summary, ...input, response: { 202: answered } };
}
