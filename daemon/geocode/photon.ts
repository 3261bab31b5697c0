import type { LatLon } from '../../protocol/geo.ts';
import { degreesOf, getJson, type RemoteAddress, type RemoteGeocoder, type RemoteOptions, textOf } from './remote.ts';

/** Photon (https://github.com/komoot/photon): GeoJSON, an address in parts. */
export class Photon implements RemoteGeocoder {
  readonly attribution = '© OpenStreetMap contributors';
  readonly #options: RemoteOptions;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async search(text: string, near: LatLon | undefined, signal: AbortSignal): Promise<RemoteAddress[]> {
    const url = new URL('/api', this.#options.url);
    url.search = new URLSearchParams({ q: text, limit: '5' }).toString();
    if (near !== undefined) {
      url.searchParams.set('lat', String(near.latitude));
      url.searchParams.set('lon', String(near.longitude));
    }
    return this.#features(url, signal);
  }

  async reverse({ latitude, longitude }: LatLon, signal: AbortSignal): Promise<RemoteAddress | null> {
    const url = new URL('/reverse', this.#options.url);
    url.search = new URLSearchParams({ lat: String(latitude), lon: String(longitude), limit: '1' }).toString();
    return (await this.#features(url, signal))[0] ?? null;
  }

  async #features(url: URL, signal: AbortSignal): Promise<RemoteAddress[]> {
    const found = (await getJson(url, this.#options, signal)) as { features?: unknown } | null;
    if (!Array.isArray(found?.features)) throw new Error(`${url.host} answered no features`);
    return found.features.flatMap((feature) => addressOf(feature) ?? []);
  }
}

function addressOf(value: unknown): RemoteAddress | undefined {
  const feature = value as { geometry?: { coordinates?: unknown[] }; properties?: Record<string, unknown> } | null;
  const longitude = degreesOf(feature?.geometry?.coordinates?.[0], 180);
  const latitude = degreesOf(feature?.geometry?.coordinates?.[1], 90);
  const parts = feature?.properties ?? {};
  const street = [textOf(parts.housenumber), textOf(parts.street)].filter(Boolean).join(' ');
  const where = [textOf(parts.name), street, textOf(parts.district), textOf(parts.city), textOf(parts.state)];
  const text = [...new Set(where.filter((part) => part !== undefined && part !== ''))].join(', ');
  if (latitude === undefined || longitude === undefined || text === '') return undefined;
  const pincode = textOf(parts.postcode);
  return { text, latitude, longitude, ...(pincode === undefined ? {} : { pincode }) };
}
