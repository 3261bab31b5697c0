import type { LatLon } from '../../protocol/geo.ts';
import { degreesOf, getJson, type RemoteAddress, type RemoteGeocoder, type RemoteOptions, textOf } from './remote.ts';

/** Degrees around a point in which matches are preferred: about 50 km. */
const around = 0.5;
/** The answer to a question; more of them are never shown. */
const limit = '5';

/**
 * Nominatim (https://nominatim.org/release-docs/latest/api/Overview/), format jsonv2. Positions are texts, an error is
 * an object with `error`.
 */
export class Nominatim implements RemoteGeocoder {
  readonly attribution = '© OpenStreetMap contributors';
  readonly #options: RemoteOptions;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async search(text: string, near: LatLon | undefined, signal: AbortSignal): Promise<RemoteAddress[]> {
    const url = new URL('/search', this.#options.url);
    url.search = new URLSearchParams({ q: text, format: 'jsonv2', addressdetails: '1', limit }).toString();
    if (near !== undefined) {
      const { latitude, longitude } = near;
      const box = [longitude - around, latitude + around, longitude + around, latitude - around];
      url.searchParams.set('viewbox', box.join(','));
    }
    const found = await getJson(url, this.#options, signal);
    if (!Array.isArray(found)) throw new Error(`${url.host} answered no list`);
    return found.flatMap((one) => addressOf(one) ?? []);
  }

  async reverse({ latitude, longitude }: LatLon, signal: AbortSignal): Promise<RemoteAddress | null> {
    const url = new URL('/reverse', this.#options.url);
    const point = { lat: String(latitude), lon: String(longitude) };
    url.search = new URLSearchParams({ ...point, format: 'jsonv2', addressdetails: '1', zoom: '18' }).toString();
    return addressOf(await getJson(url, this.#options, signal)) ?? null;
  }
}

function addressOf(value: unknown): RemoteAddress | undefined {
  const found = value as {
    lat?: unknown;
    lon?: unknown;
    display_name?: unknown;
    address?: { postcode?: unknown };
  } | null;
  const latitude = degreesOf(found?.lat, 90);
  const longitude = degreesOf(found?.lon, 180);
  const text = textOf(found?.display_name);
  if (latitude === undefined || longitude === undefined || text === undefined) return undefined;
  const pincode = textOf(found?.address?.postcode);
  return { text, latitude, longitude, ...(pincode === undefined ? {} : { pincode }) };
}
