import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  firstObject,
  fixOf,
  type Ignored,
  isObject,
  type JsonObject,
  knownNumber,
  nameOf,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  requiredTime,
  switchOf,
} from './fields.ts';
import { knots } from './units.ts';

/**
 * What a Traccar server forwards (`forward.type` json, mqtt or kafka): a position with its device, or in older
 * versions the bare position. https://www.traccar.org/forward/
 *
 *   {"position":{"fixTime":"2024-06-03T09:48:15.000+00:00","latitude":21.14,"longitude":79.08,"speed":21.6,"course":90,
 *    "altitude":310,"accuracy":0,"valid":true,"outdated":false,"attributes":{"batteryLevel":53,"ignition":true}},
 *    "device":{"uniqueId":"865284041968706","name":"Van 7","status":"online"}}
 *
 * Units: speed KNOTS, times ISO 8601 or ms, batteryLevel %. Traccar's numbers default to 0 when a tracker does not send
 * them; an accuracy of 0 m cannot be meant and is "not known". The device's uniqueId matters behind a gateway alone.
 */
export const traccar: Format = {
  name: 'traccar',
  reads: (input) => {
    const first = firstObject(input.json);
    if (first === undefined) return false;
    const { position, device, event } = first;
    if (isObject(position)) return isObject(device) || isObject(position.attributes);
    return isObject(event) || isBarePosition(first);
  },
  decode: (input) => readItems(input.json, (item) => read(item, input.door === 'gateway')),
};

/** Told from plain JSON by fields nobody else has: read as plain, its knots would become km/h. */
const isBarePosition = (item: JsonObject): boolean =>
  isObject(item.attributes) && item.fixTime !== undefined && item.protocol !== undefined;

function read(item: JsonObject, behindGateway: boolean): Fix | Ignored {
  if (isObject(item.event)) return { ignored: `Traccar event ${nameOf(item.event.type)?.slice(0, 40) ?? ''}`.trim() };
  const position = isObject(item.position) ? item.position : item;
  // Traccar sends the last known place again when a tracker reports without one.
  if (position.outdated === true) return { ignored: 'repetition of the last known place (outdated)' };
  if (position.valid === false) throw new Refusal('no-fix', 'valid is false: the receiver had no fix');
  const attributes = isObject(position.attributes) ? position.attributes : {};
  const speed = knownNumber(position.speed, 'speed');
  const accuracy = knownNumber(position.accuracy, 'accuracy');
  return fixOf({
    deviceId: behindGateway && isObject(item.device) ? nameOf(item.device.uniqueId) : undefined,
    fixTime: requiredTime(position.fixTime, 'fixTime'),
    latitude: requiredNumber(position.latitude, 'latitude'),
    longitude: requiredNumber(position.longitude, 'longitude'),
    speed: speed === undefined ? undefined : knots(speed),
    course: knownNumber(position.course, 'course'),
    altitude: numberOf(position.altitude, 'altitude'),
    accuracy: accuracy === 0 ? undefined : accuracy,
    battery: knownNumber(attributes.batteryLevel, 'batteryLevel'),
    ignition: switchOf(attributes.ignition),
  });
}
