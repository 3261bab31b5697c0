import type { Fix } from '../../../protocol/position.ts';
import type { Format, Input } from '../format.ts';
import {
  fixOf,
  type Ignored,
  isObject,
  type JsonObject,
  knownNumber,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  requiredTime,
  shown,
  switchOf,
  timeOf,
} from './fields.ts';
import { knots, metresPerSecond } from './units.ts';

/**
 * The OsmAnd protocol, as OsmAnd, Traccar Client and many loggers speak it. https://www.traccar.org/osmand/
 *
 *   query  ?id=TOKEN&lat=60.0&lon=30.0&timestamp=1377177267&speed=10.5&bearing=7.2&altitude=12&accuracy=5&batt=87
 *          also location=lat,lon, heading for bearing, deviceid for id; the same names in a form body.
 *          Units: timestamp s, ms or ISO (absent: when it came), speed KNOTS, altitude and accuracy m, batt %.
 *   JSON   {"device_id":"TOKEN","location":{"timestamp":"2025-06-15T13:45:12.862Z","coords":{"latitude":37.4,
 *          "longitude":-122.1,"accuracy":5,"speed":18.67,"heading":63,"altitude":5},
 *          "battery":{"level":0.79,"is_charging":false}}}      (Traccar Client 9 and newer)
 *          also a list of these, and `location` as a list. Units: speed M/S, battery level 0 to 1; below zero: unknown.
 *
 * `id` is the sender's credential and is read by the door, not here. `hdop` is no radius in metres and is left out.
 */
export const osmAnd: Format = {
  name: 'osmand',
  reads: (input) => input.door === 'osmand',
  decode(input) {
    if (input.json !== undefined) return readItems(spread(input.json), readJson);
    return readItems(queryOf(input), (query) => readQuery(query, input.receivedAt));
  },
};

/** The fields of the query; of the bytes where there is none (a form body, or a dead letter read again). */
function queryOf(input: Input): JsonObject {
  if (input.query !== undefined && Object.keys(input.query).length > 0) return input.query;
  return Object.fromEntries(new URLSearchParams(Buffer.from(input.bytes).toString('utf8')));
}

function readQuery(query: JsonObject, receivedAt: number): Fix | Ignored {
  const pair = typeof query.location === 'string' ? query.location.split(',') : undefined;
  if (pair !== undefined && pair.length !== 2) {
    throw new Refusal('bad-field', `location must be "latitude,longitude", is ${shown(query.location)}`);
  }
  const [latitude, longitude] = pair ?? [query.lat, query.lon];
  // Phones may send only the cells and access points they see; to place them is not our business.
  if (latitude === undefined && longitude === undefined) return { ignored: 'OsmAnd message without a position' };
  if (switchOf(query.valid) === false) throw new Refusal('no-fix', 'valid is false: the receiver had no fix');
  const speed = knownNumber(query.speed, 'speed');
  return fixOf({
    deviceId: undefined,
    fixTime: timeOf(query.timestamp, 'timestamp') ?? receivedAt,
    latitude: requiredNumber(latitude, 'lat'),
    longitude: requiredNumber(longitude, 'lon'),
    speed: speed === undefined ? undefined : knots(speed),
    course: knownNumber(query.bearing, 'bearing') ?? knownNumber(query.heading, 'heading'),
    altitude: numberOf(query.altitude, 'altitude'),
    accuracy: knownNumber(query.accuracy, 'accuracy'),
    battery: knownNumber(query.batt, 'batt'),
    ignition: switchOf(query.ignition),
  });
}

/** One entry per location, whether the messages or their locations are a list. */
function spread(json: unknown): readonly unknown[] {
  return (Array.isArray(json) ? json : [json]).flatMap((message: unknown) =>
    isObject(message) && Array.isArray(message.location) ? message.location : [message],
  );
}

function readJson(message: JsonObject): Fix | Ignored {
  const location = isObject(message.location) ? message.location : message;
  const { coords } = location;
  if (!isObject(coords)) throw new Refusal('bad-field', 'location.coords is missing');
  const battery = isObject(location.battery) ? knownNumber(location.battery.level, 'battery.level') : undefined;
  const speed = knownNumber(coords.speed, 'speed');
  return fixOf({
    deviceId: undefined,
    fixTime: requiredTime(location.timestamp, 'timestamp'),
    latitude: requiredNumber(coords.latitude, 'latitude'),
    longitude: requiredNumber(coords.longitude, 'longitude'),
    speed: speed === undefined ? undefined : metresPerSecond(speed),
    course: knownNumber(coords.heading, 'heading'),
    altitude: numberOf(coords.altitude, 'altitude'),
    accuracy: knownNumber(coords.accuracy, 'accuracy'),
    battery: battery === undefined ? undefined : battery * 100,
    ignition: undefined,
  });
}
