import { type Static, Type } from 'typebox';
import { Pincode, Place, PlaceKey } from '../../protocol/place.ts';
import { placeKey } from './place.ts';

const { name, state, district, country, latitude, longitude, population, area, names, pincodes, metadata } =
  Place.properties;
const orNone = <S extends import('typebox').TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

/** A city as other systems send and read it. `null` is as good as left out. */
export const CityFields = Type.Object(
  {
    city_name: name,
    state,
    latitude,
    longitude,
    district: orNone(Type.Union([district, Type.Literal('')])),
    country: orNone(country),
    is_metro: orNone(Type.Boolean()),
    is_capital: orNone(Type.Boolean()),
    population: orNone(population),
    area_sq_km: orNone(area),
    alternate_names: orNone(names),
    pincodes: orNone(pincodes),
    metadata: orNone(metadata),
    kind: orNone(Type.Union([Type.Literal('city'), Type.Literal('street')], { default: 'city' })),
    source_id: orNone({ ...PlaceKey, pattern: '^[a-z0-9-]+:.+$' } as typeof PlaceKey),
  },
  { additionalProperties: false, $id: 'City' },
);
export type CityFields = Static<typeof CityFields>;

/** A change of a city: what is left out stays, `null` takes it away. Name and state stand in the address. */
export const CityChange = Type.Partial(CityFields, { additionalProperties: false, $id: 'CityChange' });
export type CityChange = Static<typeof CityChange>;

/** The area of a pincode, as other systems send it. */
export const PincodeFields = Type.Object(
  {
    pincode: Pincode,
    city_name: name,
    state,
    area_name: orNone(name),
    latitude,
    longitude,
    district: orNone(district),
    country: orNone(country),
    source_id: orNone({ ...PlaceKey, pattern: '^[a-z0-9-]+:.+$' } as typeof PlaceKey),
  },
  { additionalProperties: false, $id: 'PincodeArea' },
);
export type PincodeFields = Static<typeof PincodeFields>;

/** The place that a city's fields describe. Without an id at its source its key says where it lies. */
export function placeOfCity(city: CityFields): Place {
  const where = {
    name: city.city_name.trim(),
    state: city.state.trim(),
    country: city.country ?? 'IN',
    ...given('district', city.district?.trim() || null),
  };
  return {
    key: city.source_id ?? placeKey(where),
    kind: city.kind ?? 'city',
    ...where,
    latitude: city.latitude,
    longitude: city.longitude,
    ...given('population', city.population),
    ...given('area', city.area_sq_km),
    ...given('metro', city.is_metro),
    ...given('capital', city.is_capital),
    ...given('names', city.alternate_names),
    ...given('pincodes', city.pincodes),
    ...given('metadata', city.metadata),
  };
}

/** The fields of a city that is there, to be changed; its key stays. */
export function cityOf(place: Place): CityFields {
  const { district = null, area = null, metro = null, capital = null, population = null } = place;
  return {
    city_name: place.name,
    state: place.state,
    latitude: place.latitude,
    longitude: place.longitude,
    district,
    country: place.country,
    is_metro: metro,
    is_capital: capital,
    population,
    area_sq_km: area,
    alternate_names: place.names ?? null,
    pincodes: place.pincodes ?? null,
    metadata: place.metadata ?? null,
    kind: place.kind === 'street' ? 'street' : null,
  };
}

export function placeOfPincode(area: PincodeFields): Place {
  const name = (area.area_name ?? area.city_name).trim();
  const where = {
    name,
    state: area.state.trim(),
    country: area.country ?? 'IN',
    pincode: area.pincode.trim(),
    ...given('district', area.district?.trim() || null),
  };
  return {
    key: area.source_id ?? placeKey({ ...where, district: area.district ?? area.city_name }),
    kind: 'pincode',
    ...where,
    city: area.city_name.trim(),
    latitude: area.latitude,
    longitude: area.longitude,
  };
}

function given<K extends string, V>(field: K, value: V | null | undefined): { [F in K]?: V } {
  return value === null || value === undefined ? {} : ({ [field]: value } as { [F in K]?: V });
}
