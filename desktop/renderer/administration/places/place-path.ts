import type { SeenPlace } from '../../../../protocol/place.ts';
import { queryOf } from '../parts/kept.ts';

export const citiesPath = '/api/v1/location-updates/cities';

/** Where a city is changed: by its name, as the routes of the gazetteer have it. */
export function placePath({ name, state, district }: Pick<SeenPlace, 'name' | 'state' | 'district'>): string {
  return `${citiesPath}/${encodeURIComponent(name)}/${encodeURIComponent(state)}${queryOf({ district })}`;
}
