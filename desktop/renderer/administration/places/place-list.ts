import Papa from 'papaparse';

/** Columns by the names that the gazetteer's routes have for them. */
const called: Readonly<Record<string, string>> = {
  name: 'city_name',
  city: 'city_name',
  place: 'city_name',
  village: 'city_name',
  town: 'city_name',
  statename: 'state',
  lat: 'latitude',
  lng: 'longitude',
  lon: 'longitude',
  pin: 'pincode',
  postcode: 'pincode',
  area: 'area_name',
  officename: 'area_name',
  districtname: 'district',
};
const numbers: ReadonlySet<string> = new Set(['latitude', 'longitude', 'population', 'area_sq_km']);
const ticks: ReadonlySet<string> = new Set(['is_metro', 'is_capital']);
const lists: ReadonlySet<string> = new Set(['alternate_names', 'pincodes']);
const texts: ReadonlySet<string> = new Set([
  ...['city_name', 'state', 'district', 'country', 'pincode', 'area_name', 'source_id', 'kind'],
]);

export interface PlaceItem {
  /** as a spreadsheet numbers it: the header is 1 */
  row: number;
  kind: 'city' | 'pincode';
  body: Record<string, unknown>;
}

/** The places of a list: the area of a pincode where a row has one, else a city. The daemon checks what stands in it. */
export function readPlaces(text: string): PlaceItem[] {
  const { data } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (header) => {
      const plain = header
        .trim()
        .toLowerCase()
        .replaceAll(/[ _-]+/g, '_');
      return called[plain.replaceAll('_', '')] ?? plain;
    },
  });
  return data.map((cells, index) => {
    const body: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(cells)) {
      const cell = typeof value === 'string' ? value.trim() : '';
      if (cell === '') continue;
      if (numbers.has(field)) body[field] = Number.isFinite(Number(cell)) ? Number(cell) : cell;
      else if (ticks.has(field)) body[field] = /^(true|yes|y|1)$/i.test(cell);
      else if (lists.has(field)) body[field] = cell.split(/[,;|]/).map((each) => each.trim());
      else if (texts.has(field)) body[field] = cell;
    }
    const kind = body.pincode === undefined ? 'city' : 'pincode';
    return { row: index + 2, kind, body };
  });
}

/** Parts of a list that are sent at a time, each of one kind. */
export function partsOf(items: readonly PlaceItem[], most: number): PlaceItem[][] {
  const parts: PlaceItem[][] = [];
  for (const kind of ['city', 'pincode'] as const) {
    const of = items.filter((item) => item.kind === kind);
    for (let at = 0; at < of.length; at += most) parts.push(of.slice(at, at + most));
  }
  return parts;
}
