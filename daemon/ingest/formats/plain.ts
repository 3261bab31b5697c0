import type { Fix } from '../../../protocol/position.ts';
import type { Format } from '../format.ts';
import {
  firstObject,
  fixOf,
  isObject,
  type JsonObject,
  knownNumber,
  nameOf,
  numberOf,
  Refusal,
  readItems,
  requiredNumber,
  switchOf,
  timeOf,
} from './fields.ts';
import { knots, metresPerSecond, milesPerHour } from './units.ts';

/**
 * JSON with the usual names, as people write it on an ESP32 or in a script: an object or a list of them.
 *
 *   {"lat":"12.9716","lng":"77.5946","timestamp":"2026-01-27T18:55:47Z","speed_kmh":32,"heading":271}
 *   {"device":"van-7","gps":{"latitude":12.9716,"longitude":77.5946},"ts":1769540147}
 *
 * Names count without case, "_", "-" and spaces. The position may stand in an object `location`, `position`, `coords`
 * or `gps`. Numbers may be text. Times: s, ms or ISO, told apart as `times.ts` says. The speed's unit is in its name;
 * a bare `speed` is km/h. `acc` is not read: half the world means accuracy by it, the other half ignition.
 * A time is required: were it the time of arrival, a tracker's backlog would land on one moment.
 */
export const plain: Format = {
  name: 'plain',
  reads: (input) => {
    const first = firstObject(input.json);
    return first !== undefined && firstOf(fieldsOf(first), names.latitude) !== undefined;
  },
  decode: (input) =>
    readItems(input.json, (item) => {
      const fields = fieldsOf(item);
      const fix = readFields(fields);
      if (fix.fixTime === undefined)
        throw new Refusal('bad-field', 'a time is missing (fixTime, timestamp, time or ts)');
      const named = firstOf(fields, names.deviceId)?.value;
      const deviceId = input.door === 'gateway' ? nameOf(named) : undefined;
      return fixOf({ ...fix, fixTime: fix.fixTime, deviceId });
    }),
};

const names = {
  deviceId: ['deviceid', 'device', 'ident', 'imei', 'uniqueid', 'trackerid', 'id'],
  fixTime: ['fixtime', 'timestamp', 'time', 'ts', 'tst', 'datetime', 'gpstime'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lng', 'lon', 'long'],
  course: ['course', 'heading', 'bearing', 'direction', 'cog', 'angle'],
  altitude: ['altitude', 'alt', 'elevation', 'ele'],
  accuracy: ['accuracy', 'horizontalaccuracy', 'hacc'],
  battery: ['battery', 'batterylevel', 'batterypercent', 'batt', 'bat'],
  ignition: ['ignition', 'ign'],
} as const;

/** The first that is there is taken. */
const speeds: readonly { names: readonly string[]; kmh: (speed: number) => number }[] = [
  { names: ['speedkmh', 'speedkph', 'kmh', 'kph'], kmh: (speed) => speed },
  { names: ['speedmps', 'speedms', 'mps'], kmh: metresPerSecond },
  { names: ['speedknots', 'speedknot', 'speedkn', 'speedkt', 'speedkts', 'knots'], kmh: knots },
  { names: ['speedmph', 'mph'], kmh: milesPerHour },
  { names: ['speed', 'velocity', 'vel'], kmh: (speed) => speed },
];

interface Field {
  /** as the payload writes it, for messages */
  name: string;
  value: unknown;
}
type Fields = ReadonlyMap<string, Field>;

const nests: ReadonlySet<string> = new Set(['location', 'position', 'coords', 'gps']);

/** The fields of an item by their bare names; those of a nested position too, where the item itself has none such. */
export function fieldsOf(item: JsonObject): Fields {
  const fields = new Map<string, Field>();
  const nested: JsonObject[] = [];
  for (const [name, value] of Object.entries(item)) {
    const bare = name.toLowerCase().replace(/[_\-\s]/g, '');
    if (isObject(value) && nests.has(bare)) nested.push(value);
    else fields.set(bare, { name, value });
  }
  for (const inner of nested) {
    for (const [name, value] of Object.entries(inner)) {
      const bare = name.toLowerCase().replace(/[_\-\s]/g, '');
      if (!fields.has(bare)) fields.set(bare, { name, value });
    }
  }
  return fields;
}

function firstOf(fields: Fields, candidates: readonly string[]): Field | undefined {
  for (const name of candidates) {
    const field = fields.get(name);
    if (field !== undefined && field.value !== null && field.value !== '') return field;
  }
  return undefined;
}

/** Whether there is anything of a position in it. */
export const hasPosition = (fields: Fields): boolean =>
  firstOf(fields, names.latitude) !== undefined || firstOf(fields, names.longitude) !== undefined;

/** A fix from the usual names; its time is left to the caller, because formats differ in what its absence means. */
export function readFields(fields: Fields): Omit<Parameters<typeof fixOf>[0], 'fixTime'> & { fixTime?: number } {
  const read = <T>(key: keyof typeof names, as: (value: unknown, name: string) => T): T => {
    const field = firstOf(fields, names[key]);
    return as(field?.value, field?.name ?? names[key][0]);
  };
  const fixTime = read('fixTime', timeOf);
  return {
    ...(fixTime === undefined ? {} : { fixTime }),
    deviceId: undefined,
    latitude: read('latitude', requiredNumber),
    longitude: read('longitude', requiredNumber),
    speed: speedOf(fields),
    course: read('course', knownNumber),
    altitude: read('altitude', numberOf),
    accuracy: read('accuracy', knownNumber),
    battery: read('battery', knownNumber),
    ignition: read('ignition', switchOf),
  };
}

function speedOf(fields: Fields): Fix['speed'] {
  for (const { names: candidates, kmh } of speeds) {
    const field = firstOf(fields, candidates);
    if (field === undefined) continue;
    const speed = knownNumber(field.value, field.name);
    return speed === undefined ? undefined : kmh(speed);
  }
  return undefined;
}
