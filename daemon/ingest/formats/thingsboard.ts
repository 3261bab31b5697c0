import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import { fixOf, type Ignored, isObject, type JsonObject, readItems, timeOf } from './fields.ts';
import { fieldsOf, hasPosition, readFields } from './plain.ts';

/**
 * The ThingsBoard device API. https://thingsboard.io/docs/reference/mqtt-api/
 *
 *   {"ts":1451649600512,"values":{"latitude":12.97,"longitude":77.59,"speed":32}}, a list of these, or bare values.
 *
 * ts is in ms. Bare values are dated by their arrival, as ThingsBoard itself does. The keys of values are the user's
 * own; the usual names and units of `plain.ts` are read. Telemetry without a position is rightly there.
 */
export const thingsBoard: Format = {
  name: 'thingsboard',
  reads: (input) => input.door === 'thingsboard' && typeof input.json === 'object' && input.json !== null,
  decode: (input) => readItems(input.json, (item) => read(item, input.receivedAt)),
};

function read(item: JsonObject, receivedAt: number): Fix | Ignored {
  const fields = fieldsOf(isObject(item.values) ? item.values : item);
  if (!hasPosition(fields)) return { ignored: 'telemetry without a position' };
  const fix = readFields(fields);
  const stated = isObject(item.values) ? timeOf(item.ts, 'ts') : undefined;
  return fixOf({ ...fix, fixTime: stated ?? fix.fixTime ?? receivedAt });
}
