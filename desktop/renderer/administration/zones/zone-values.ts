import type { Zone, ZoneShape } from '../../../../protocol/zone.ts';
import { numberGiven, without } from '../parts/form.ts';
import { hoursText, readHours } from '../parts/HoursField.tsx';

interface Corner {
  latitude: number;
  longitude: number;
}

/** The fields of the form; each is named by its path in the body, so that errors find it. */
export interface ZoneValues {
  [name: string]: string | boolean;
  name: string;
  type: string;
  'shape/latitude': string;
  'shape/longitude': string;
  'shape/radius': string;
  /** corners, or the points of a corridor's line: `latitude, longitude`, one a line */
  'shape/corners': string;
  'shape/width': string;
  'rules/enter': boolean;
  'rules/leave': boolean;
  'rules/mayStand': boolean;
  'rules/dwellMinutes': string;
  'rules/speedLimit': string;
  scheduleSet: string;
  schedule: string;
  /** ids, spaces between them; empty: all */
  vans: string;
}

const text = (value: number | undefined): string => String(value ?? '');
/** A tenth of a metre is as exact as anybody points. */
const degrees = (value: number): string => String(Math.round(value * 1e6) / 1e6);
const lineOf = ({ latitude, longitude }: Corner): string => `${degrees(latitude)}, ${degrees(longitude)}`;

export function valuesOf(zone: Zone | undefined): ZoneValues {
  const { shape, rules = {}, schedule, vans = [] } = zone ?? {};
  const corners = shape?.type === 'polygon' ? shape.corners : shape?.type === 'corridor' ? shape.line : [];
  return {
    name: zone?.name ?? '',
    type: shape?.type ?? 'circle',
    'shape/latitude': shape?.type === 'circle' ? degrees(shape.latitude) : '',
    'shape/longitude': shape?.type === 'circle' ? degrees(shape.longitude) : '',
    'shape/radius': shape?.type === 'circle' ? text(shape.radius) : '150',
    'shape/corners': corners.map(lineOf).join('\n'),
    'shape/width': shape?.type === 'corridor' ? text(shape.width) : '60',
    'rules/enter': rules.enter ?? false,
    'rules/leave': rules.leave ?? false,
    'rules/mayStand': rules.mayStand ?? false,
    'rules/dwellMinutes': text(rules.dwellMinutes),
    'rules/speedLimit': text(rules.speedLimit),
    scheduleSet: schedule === undefined ? '' : 'set',
    schedule: hoursText(schedule),
    vans: vans.join(' '),
  };
}

/** The corners that are written; a line that is none goes as it is, so that the daemon names it. */
function cornersOf(values: ZoneValues): Corner[] {
  return values['shape/corners']
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [latitude = '', longitude = ''] = line.split(/[,\s]+/).filter(Boolean);
      return { latitude: numberGiven(latitude) ?? Number.NaN, longitude: numberGiven(longitude) ?? Number.NaN };
    });
}

export function shapeOf(values: ZoneValues): ZoneShape {
  const corners = cornersOf(values);
  if (values.type === 'polygon') return { type: 'polygon', corners };
  if (values.type === 'corridor') {
    return { type: 'corridor', line: corners, width: numberGiven(values['shape/width']) ?? Number.NaN };
  }
  return without({
    type: 'circle' as const,
    latitude: numberGiven(values['shape/latitude']),
    longitude: numberGiven(values['shape/longitude']),
    radius: numberGiven(values['shape/radius']),
  }) as ZoneShape;
}

/** What a click on the map does: it sets the middle of a circle, or adds a corner. */
export function clicked(values: ZoneValues, at: Corner): Partial<ZoneValues> {
  if (values.type === 'circle') {
    return { 'shape/latitude': degrees(at.latitude), 'shape/longitude': degrees(at.longitude) };
  }
  const before = values['shape/corners'].trimEnd();
  return { 'shape/corners': before === '' ? lineOf(at) : `${before}\n${lineOf(at)}` };
}

/** The whole of a zone, as it is put. */
export function bodyOf(values: ZoneValues): object {
  const vans = values.vans.split(/[,\s]+/).filter(Boolean);
  const ticked = (name: 'enter' | 'leave' | 'mayStand') => (values[`rules/${name}`] ? true : undefined);
  return without({
    name: values.name.trim(),
    shape: shapeOf(values),
    rules: without({
      enter: ticked('enter'),
      leave: ticked('leave'),
      mayStand: ticked('mayStand'),
      dwellMinutes: numberGiven(values['rules/dwellMinutes']),
      speedLimit: numberGiven(values['rules/speedLimit']),
    }),
    schedule: values.scheduleSet === 'set' ? readHours(values.schedule) : undefined,
    vans: vans.length === 0 ? undefined : vans,
  });
}
