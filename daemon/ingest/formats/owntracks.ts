import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  firstObject,
  fixOf,
  type Ignored,
  type JsonObject,
  knownNumber,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  requiredTime,
  shown,
  switchOf,
} from './fields.ts';

/**
 * OwnTracks JSON, from the phone apps and from the gateways that speak it (qtripp for Queclink trackers).
 * https://owntracks.org/booklet/tech/json/
 *
 *   {"_type":"location","lat":46.068,"lon":11.151,"tst":1551874878,"vel":61,"cog":271,"acc":15,"alt":440,"batt":46}
 *
 * Units: tst s, vel km/h, cog degrees, acc and alt m, batt %. `ign` (on or off) is qtripp's.
 *
 * What an absent field means: "not known", never 0. The booklet says that zero acc, alt, cog, vac and vel are left out,
 * but the iOS app also leaves out what its receiver does not know (it sends only vel ≥ 0), sends none of them unless
 * "extended data" is on, and the Android app writes a zero as 0. So absence cannot be told from ignorance: read as 0,
 * it would claim that a driving van stands still and points north, and that a fix is exact to the metre. Nothing is
 * lost the other way round, because a van without a speed counts as standing already. Older apps write -1: not known.
 */
export const ownTracks: Format = {
  name: 'owntracks',
  reads: (input) => typeof firstObject(input.json)?._type === 'string',
  decode: (input) => readItems(input.json, read),
};

const withPosition: ReadonlySet<string> = new Set(['location', 'transition']);

function read(message: JsonObject): Fix | Ignored {
  const type = message._type;
  if (typeof type !== 'string') throw new Refusal('unknown-format', `_type must be text, is ${shown(type)}`);
  if (type === 'encrypted') {
    throw new Refusal('unknown-format', 'the message is encrypted: switch off payload encryption in the app, use TLS');
  }
  if (!withPosition.has(type)) return { ignored: `OwnTracks ${type.slice(0, 40)}` };
  // A transition says where the phone was when it entered or left a region; by beacon it may have no coordinates.
  if (type === 'transition' && message.lat === undefined && message.lon === undefined) {
    return { ignored: 'OwnTracks transition without a position' };
  }
  return fixOf({
    deviceId: undefined,
    fixTime: requiredTime(message.tst, 'tst'),
    latitude: requiredNumber(message.lat, 'lat'),
    longitude: requiredNumber(message.lon, 'lon'),
    speed: knownNumber(message.vel, 'vel'),
    course: knownNumber(message.cog, 'cog'),
    altitude: numberOf(message.alt, 'alt'),
    accuracy: knownNumber(message.acc, 'acc'),
    battery: knownNumber(message.batt, 'batt'),
    ignition: switchOf(message.ign),
  });
}
