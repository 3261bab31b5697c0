import type { CityFields, PincodeFields } from '../domain/city-fields.ts';
import type { Vocabulary } from './columns.ts';
import type { RowError } from './consumer-row.ts';

type Field =
  | 'city_name'
  | 'state'
  | 'district'
  | 'country'
  | 'latitude'
  | 'longitude'
  | 'population'
  | 'area_sq_km'
  | 'is_metro'
  | 'is_capital'
  | 'alternate_names'
  | 'pincodes'
  | 'pincode'
  | 'area_name'
  | 'source_id'
  | 'kind';

/** What the columns of a list of places are called: our own, GeoNames', and India Post's. */
export const placeColumns: Vocabulary<Field> = {
  city_name: { called: ['name', 'city', 'place', 'village', 'town', 'divisionname', 'taluk'] },
  state: { called: ['state name', 'statename', 'admin1', 'province', 'circlename'] },
  district: { called: ['district name', 'districtname', 'admin2'] },
  country: { called: ['country code', 'cc'] },
  latitude: { called: ['lat'] },
  longitude: { called: ['lng', 'lon', 'long'] },
  population: { called: ['pop'] },
  area_sq_km: { called: ['area km2'] },
  is_metro: { called: ['metro'] },
  is_capital: { called: ['capital'] },
  alternate_names: { called: ['alternatenames', 'other names', 'altname', 'alt name'] },
  pincodes: { called: ['pin codes', 'postal codes'] },
  pincode: { called: ['pin', 'pin code', 'postal code', 'postcode'] },
  area_name: { called: ['area', 'office name', 'officename', 'locality'] },
  source_id: { called: ['source', 'key'] },
  kind: { called: ['type'] },
};

export type PlaceRow = { kind: 'city'; fields: CityFields } | { kind: 'pincode'; fields: PincodeFields };

/**
 * A place from the texts of a row: the area of a pincode where it has one, else a city (or a street). What the daemon
 * checks as well is left to it; here only texts become numbers and lists.
 */
export function readPlace(texts: { [F in Field]?: string }): { row: PlaceRow } | { errors: RowError[] } {
  const errors: RowError[] = [];
  const number = (field: Field): number | undefined => {
    const text = texts[field];
    if (text === undefined) return undefined;
    const value = Number(text.replaceAll(',', ''));
    if (Number.isFinite(value)) return value;
    errors.push({ field, message: 'is no number' });
    return undefined;
  };
  const yes = (field: Field) => (texts[field] === undefined ? undefined : /^(true|yes|y|1)$/i.test(texts[field]));
  const list = (field: Field) =>
    texts[field]
      ?.split(/[;|]/)
      .map((one) => one.trim())
      .filter(Boolean)
      .slice(0, 60);
  const { city_name, state, pincode } = texts;
  const latitude = number('latitude');
  const longitude = number('longitude');
  const population = number('population');
  const area = number('area_sq_km');
  for (const [field, value] of Object.entries({ city_name, state, latitude, longitude })) {
    if (value === undefined && !errors.some((error) => error.field === field))
      errors.push({ field, message: 'is missing' });
  }
  if (errors.length > 0 || latitude === undefined || longitude === undefined) return { errors };
  const where = {
    city_name: city_name ?? '',
    state: state ?? '',
    latitude,
    longitude,
    ...given('district', texts.district),
    ...given('country', texts.country?.toUpperCase()),
    ...given('source_id', texts.source_id),
  };
  if (pincode !== undefined) {
    return { row: { kind: 'pincode', fields: { ...where, pincode, ...given('area_name', texts.area_name) } } };
  }
  const fields: CityFields = {
    ...where,
    ...given('population', population === undefined ? undefined : Math.round(population)),
    ...given('area_sq_km', area),
    ...given('is_metro', yes('is_metro')),
    ...given('is_capital', yes('is_capital')),
    ...given('alternate_names', list('alternate_names')),
    ...given('pincodes', list('pincodes')),
    ...given('kind', texts.kind === 'street' ? ('street' as const) : undefined),
  };
  return { row: { kind: 'city', fields } };
}

function given<K extends string, V>(field: K, value: V | undefined): { [F in K]?: V } {
  return value === undefined ? {} : ({ [field]: value } as { [F in K]?: V });
}
