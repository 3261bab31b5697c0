import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  firstObject,
  fixOf,
  type Ignored,
  type JsonObject,
  knownNumber,
  nameOf,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  requiredTime,
  switchOf,
  timeOf,
} from './fields.ts';

/**
 * flespi messages: one flat object with dotted names, or a list of them. https://flespi.com/kb/messages-basic-information-units
 *
 *   {"ident":"352625333222111","timestamp":1756000123.965264,"position.latitude":5.316,"position.longitude":-4.033,
 *    "position.speed":45,"position.direction":180,"position.altitude":12,"position.valid":true,
 *    "engine.ignition.status":true,"battery.level":87}
 *
 * Units: timestamp s with fractions, speed km/h, direction degrees, altitude m, battery.level %. A message may carry
 * telemetry alone. `position.timestamp` is there when the place is older than the message, and is the fix's time.
 */
export const flespi: Format = {
  name: 'flespi',
  reads: (input) => {
    const first = firstObject(input.json);
    if (first === undefined) return false;
    // dotted names are the mark; an `ident` alone other plain JSON has too
    return 'position.latitude' in first || ('ident' in first && Object.keys(first).some((name) => name.includes('.')));
  },
  decode: (input) => readItems(input.json, (message) => read(message, input.door === 'gateway')),
};

function read(message: JsonObject, behindGateway: boolean): Fix | Ignored {
  const latitude = message['position.latitude'];
  const longitude = message['position.longitude'];
  if (latitude === undefined && longitude === undefined) return { ignored: 'flespi message without a position' };
  if (message['position.valid'] === false) throw new Refusal('no-fix', 'position.valid is false');
  return fixOf({
    deviceId: behindGateway ? nameOf(message.ident) : undefined,
    fixTime:
      timeOf(message['position.timestamp'], 'position.timestamp') ?? requiredTime(message.timestamp, 'timestamp'),
    latitude: requiredNumber(latitude, 'position.latitude'),
    longitude: requiredNumber(longitude, 'position.longitude'),
    speed: knownNumber(message['position.speed'], 'position.speed'),
    course: knownNumber(message['position.direction'], 'position.direction'),
    altitude: numberOf(message['position.altitude'], 'position.altitude'),
    accuracy: undefined,
    battery: knownNumber(message['battery.level'], 'battery.level'),
    ignition: switchOf(message['engine.ignition.status']),
  });
}
