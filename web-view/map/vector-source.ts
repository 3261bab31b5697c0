/** Where the vector tiles of a style come from. */
export interface VectorSource {
  /** address with {z}, {x} and {y} */
  tiles: string;
  /** deepest zoom that has tiles of its own; below it they are drawn larger */
  maxZoom: number;
  /** what the source wants to be said, without markup */
  attribution: string | undefined;
}

interface TileJson {
  tiles?: string[];
  maxzoom?: number;
  attribution?: string;
}

/** A style as far as it matters here (Mapbox style specification, version 8). */
export interface StyleSources {
  sources?: Record<string, TileJson & { type: string; url?: string }>;
}

/**
 * The first vector source of a style; undefined: it has none. `read` fetches a TileJSON. Rejects when that cannot be had.
 */
export async function vectorSource(
  style: StyleSources,
  address: string,
  read: (address: string) => Promise<unknown>,
): Promise<VectorSource | undefined> {
  const source = Object.values(style.sources ?? {}).find(({ type }) => type === 'vector');
  if (source === undefined) return undefined;
  const base = source.url === undefined ? address : new URL(source.url, address).href;
  const json = source.url === undefined ? source : { ...source, ...((await read(base)) as TileJson) };
  const [tiles] = json.tiles ?? [];
  if (tiles === undefined) return undefined;
  const { attribution } = json;
  return {
    // `new URL` would take the braces for characters to be encoded.
    tiles: /^https?:/.test(tiles) ? tiles : new URL(base).origin + tiles,
    maxZoom: json.maxzoom ?? 14,
    attribution: attribution === undefined ? undefined : plain(attribution),
  };
}

/** The text of a piece of HTML; nothing in it is run or fetched. */
function plain(html: string): string {
  return (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').trim();
}
