import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  fixOf,
  type Ignored,
  isObject,
  type JsonObject,
  knownNumber,
  nameOf,
  numberOf,
  readItems,
  requiredNumber,
  timeOf,
} from './fields.ts';
import { metresPerSecond } from './units.ts';

/**
 * OpenSky state vectors. https://openskynetwork.github.io/opensky-api/rest.html#all-state-vectors
 *
 *   answer  {"time":1767587400,"states":[vector, …]}          states: null when nothing flies there
 *   vector  ["800c8b","IGO6254 ","India",1767587399,1767587399,78.99,21.22,10972.8,false,231.5,274.4,…]
 *   object  {"icao24":"800c8b","time_position":1767587399,"longitude":78.99,"latitude":21.22,"velocity":231.5,…}
 *
 * or a list of vectors or objects. Units: time_position s, velocity M/S, true_track degrees, altitudes m: above the
 * ellipsoid (geo_altitude) where known, else by air pressure. icao24, in lower case, names the device. A state without
 * a place or without the time of it is rightly there: the aircraft was heard and not seen.
 */
export const openSky: Format = {
  name: 'opensky',
  reads: ({ json }) => {
    if (isObject(json) && 'states' in json) return true;
    const first: unknown = Array.isArray(json) ? json[0] : json;
    return isObject(first) ? 'icao24' in first : isVector(first) || isVector(json);
  },
  decode: ({ json }) => {
    const found: unknown = isObject(json) && 'states' in json ? (json.states ?? []) : json;
    const states: readonly unknown[] = isVector(found) || !Array.isArray(found) ? [found] : found;
    return readItems(
      states.map((state) => (Array.isArray(state) ? named(state) : state)),
      read,
    );
  },
};

/** The places of a vector that are used; what stands at the others is left alone. */
const places = {
  icao24: 0,
  time_position: 3,
  longitude: 5,
  latitude: 6,
  baro_altitude: 7,
  velocity: 9,
  true_track: 10,
  geo_altitude: 13,
} as const;

const isVector = (value: unknown): boolean =>
  Array.isArray(value) && typeof value[0] === 'string' && /^[0-9a-f]{6}$/i.test(value[0]);

const named = (vector: readonly unknown[]): JsonObject =>
  Object.fromEntries(Object.entries(places).map(([name, at]) => [name, vector[at]]));

function read(state: JsonObject): Fix | Ignored {
  const fixTime = timeOf(state.time_position, 'time_position');
  const { latitude, longitude } = state;
  const placeless = (latitude ?? null) === null && (longitude ?? null) === null;
  if (fixTime === undefined || placeless) return { ignored: 'state without a position' };
  const speed = knownNumber(state.velocity, 'velocity');
  return fixOf({
    deviceId: nameOf(state.icao24)?.toLowerCase(),
    fixTime,
    latitude: requiredNumber(latitude, 'latitude'),
    longitude: requiredNumber(longitude, 'longitude'),
    speed: speed === undefined ? undefined : metresPerSecond(speed),
    course: knownNumber(state.true_track, 'true_track'),
    altitude: numberOf(state.geo_altitude, 'geo_altitude') ?? numberOf(state.baro_altitude, 'baro_altitude'),
    accuracy: undefined,
    battery: undefined,
    ignition: undefined,
  });
}
