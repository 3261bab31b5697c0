import type { FeatureCollection } from 'geojson';

/** What lies under the vans. */
export type BaseMap =
  | { kind: 'demo'; town: FeatureCollection; attribution: string }
  | { kind: 'style'; style: string; attribution?: string }
  | { kind: 'mapbox'; style: string; token: string }
  /** land outlines built in; `failed` tells why the wanted map is not shown */
  | { kind: 'land'; failed?: string };

const openFreeMap = 'https://tiles.openfreemap.org/styles/liberty';
const mapboxStreets = 'mapbox://styles/mapbox/streets-v12';

/** Styles that come in a light and a dark edition, by their address. */
const darkEditions: Record<string, string> = {
  'https://tiles.openfreemap.org/styles/liberty': 'https://tiles.openfreemap.org/styles/dark',
  'https://tiles.openfreemap.org/styles/bright': 'https://tiles.openfreemap.org/styles/dark',
  'https://tiles.openfreemap.org/styles/positron': 'https://tiles.openfreemap.org/styles/dark',
  'mapbox://styles/mapbox/streets-v12': 'mapbox://styles/mapbox/dark-v11',
  'mapbox://styles/mapbox/light-v11': 'mapbox://styles/mapbox/dark-v11',
};

/** The address of a style in the colours of the screen, where its makers offer such an edition. */
export function styleAddress(style: string, scheme: 'light' | 'dark'): string {
  return scheme === 'dark' ? (darkEditions[style] ?? style) : style;
}

/**
 * Asks the daemon which base map to show: anyone may, so the map loads while the sign-in is under way. Whatever goes
 * wrong, there is land to stand on.
 */
export async function chooseBaseMap(fetch: typeof globalThis.fetch): Promise<BaseMap> {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  try {
    const answer = (await read('/api/map')) as {
      kind?: string;
      style?: string;
      token?: string;
      attribution?: string;
    };
    switch (answer.kind) {
      case 'demo': {
        const town = (await read('/api/map/town')) as FeatureCollection;
        return { kind: 'demo', town, attribution: answer.attribution ?? '' };
      }
      case 'style':
        return {
          kind: 'style',
          style: answer.style ?? openFreeMap,
          ...(answer.attribution === undefined ? {} : { attribution: answer.attribution }),
        };
      case 'mapbox':
        if (answer.token === undefined) return { kind: 'land', failed: 'no Mapbox token is configured' };
        return { kind: 'mapbox', style: answer.style ?? mapboxStreets, token: answer.token };
      default:
        return { kind: 'land' };
    }
  } catch (error) {
    return { kind: 'land', failed: (error as Error).message };
  }
}
