import { MotionSettings } from '../../../../protocol/motion-settings.ts';
import { givenOrNull, numberGiven, without } from '../parts/form.ts';
import { hoursText, readHours } from '../parts/HoursField.tsx';
import type { AgencySettings } from './AgencyPage.tsx';

export type MotionField = keyof MotionSettings;
export const motionFields = Object.keys(MotionSettings.properties) as MotionField[];

export interface AgencyValues {
  [name: string]: string;
  name: string;
  timeZone: string;
  language: string;
  phone: string;
  units: string;
  workingHours: string;
  /** empty hours are "always closed", no hours "not set": two things */
  workingHoursSet: string;
}

const text = (value: string | number | undefined): string => String(value ?? '');

/** The settings as the fields of the form; the name of a field is its path in the body. */
export function valuesOf(agency: AgencySettings): AgencyValues {
  const { name, timeZone, language, phone, units, workingHours, mapCentre, godown, quietHours, motion } = agency;
  return {
    name,
    timeZone,
    language,
    phone: text(phone),
    units: text(units),
    workingHours: hoursText(workingHours),
    workingHoursSet: workingHours === undefined ? '' : 'set',
    'mapCentre/latitude': text(mapCentre?.latitude),
    'mapCentre/longitude': text(mapCentre?.longitude),
    'mapCentre/zoom': text(mapCentre?.zoom),
    'godown/latitude': text(godown?.latitude),
    'godown/longitude': text(godown?.longitude),
    'quietHours/from': text(quietHours?.from),
    'quietHours/to': text(quietHours?.to),
    ...Object.fromEntries(motionFields.map((field) => [`motion/${field}`, text(motion?.[field])])),
  };
}

/** The change; a group without any value is taken away. */
export function bodyOf(values: AgencyValues): object {
  const numbers = (group: string, fields: readonly string[]) => {
    const found = without(
      Object.fromEntries(fields.map((field) => [field, numberGiven(values[`${group}/${field}`] ?? '')])),
    );
    return Object.keys(found).length === 0 ? null : found;
  };
  const [from, to] = [values['quietHours/from'], values['quietHours/to']];
  return {
    name: values.name.trim(),
    timeZone: values.timeZone,
    language: values.language,
    phone: givenOrNull(values.phone),
    units: givenOrNull(values.units),
    mapCentre: numbers('mapCentre', ['latitude', 'longitude', 'zoom']),
    godown: numbers('godown', ['latitude', 'longitude']),
    workingHours: values.workingHoursSet === 'set' ? readHours(values.workingHours) : null,
    quietHours: from || to ? { from: from ?? '', to: to ?? '' } : null,
    motion: numbers('motion', motionFields),
  };
}
