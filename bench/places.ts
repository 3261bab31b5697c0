import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { PlaceIndex } from '../daemon/project/place-index.ts';
import { PlacesProjection } from '../daemon/project/places.ts';
import { baseGazetteer, type PlaceEvent } from '../protocol/place.ts';
import { seededRandom } from '../test/random.ts';
import { forComparison, lessIsBetter, type Row } from './row.ts';

/** As many as there are populated places of India in GeoNames. */
const villages = 600_000;
const together = 250;
const asked = 2000;

/** The gazetteer of a whole country: how long a search for a name takes (half of them mistyped), and for the nearest. */
export async function placesBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-places-'));
  const truth = join(folder, 'projections.sqlite');
  const db = new Database(truth);
  // As the file of the projections is opened.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('secure_delete = ON');
  db.pragma('cache_size = -32000');
  const places = new PlacesProjection();
  places.open(db);
  const index = new PlaceIndex({ places, truth, logger: pino({ level: 'error' }) });
  await index.start();
  try {
    const random = seededRandom(7);
    const { names, steps } = fill(places, db, random);
    const begun = performance.now();
    while (index.status().behind > 0) await index.search('demo', 'nagpur', { limit: 1 });
    const indexing = performance.now() - begun;
    const some = () => names[Math.floor(random() * names.length)] ?? '';
    const right = await times(() => index.search('demo', some(), { limit: 10 }));
    const beginnings = await times(() => index.search('demo', some().slice(0, 4), { limit: 10 }));
    let missed = 0;
    const wrong = await times(async () => {
      const name = some();
      const hits = await index.search('demo', mistyped(name, random), { limit: 20 });
      if (!hits.some((hit) => hit.name === name)) missed++;
    });
    const near = await times(() =>
      index.near('demo', { latitude: 8 + random() * 25, longitude: 69 + random() * 25 }, { limit: 1 }),
    );
    const rows = [
      lessIsBetter('places: search by name, p99 of 600,000', share(right, 0.99), 20, 1, 'ms'),
      lessIsBetter('places: search by the first four letters, p99', share(beginnings, 0.99), 20, 1, 'ms'),
      lessIsBetter('places: search by a mistyped name, p99', share(wrong, 0.99), 20, 1, 'ms'),
      forComparison('places: mistyped names among the first 20, of all', 100 - (100 * missed) / asked, 100, '%'),
      lessIsBetter('places: nearest, median with the way to the thread', share(near, 0.5), 1, 1, 'ms'),
      forComparison(`places: main thread for ${together} imported, median, beside 20`, share(steps, 0.5), 20, 'ms'),
      forComparison('places: indexing of 600,000 in the thread, after the import, beside 60', indexing / 1000, 60, 's'),
    ];
    return rows;
  } finally {
    await index.stop();
    db.close();
    rmSync(folder, { recursive: true });
  }
}

/** Takes the villages over as from the log, and answers their names and the ms of each step. */
function fill(places: PlacesProjection, db: Database.Database, random: () => number) {
  const names: string[] = [];
  const steps: number[] = [];
  for (let first = 0; first < villages; first += together) {
    const events = Array.from({ length: together }, (_, i) => village(first + i, random));
    const start = performance.now();
    for (const value of events) {
      places.apply({ topic: 'places', agency: baseGazetteer, id: value.data.key, value });
      if (value.type === 'place-put') names.push(value.data.place.name);
    }
    db.transaction(() => places.save(db, null))();
    places.saved();
    steps.push(performance.now() - start);
  }
  return { names, steps };
}

async function times(work: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < asked; i++) {
    const start = performance.now();
    await work();
    took.push(performance.now() - start);
  }
  return took;
}

function share(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

const starts =
  'a ba bha cha da dha e ga gha ha i ja jha ka kha la ma na o pa pha ra sa sha ta tha u va ya ban bar bel chan dar dev gan gop har jag jam kal kan kar kot kri lal mad man mir mor nag nan par pat pra raj ram rup sar shri sin son sur tri vin vish'.split(
    ' ',
  );
const middles =
  'ba da dar di ga ka kha la li lo ma mi na ni pa ra ri ru sa ta ti va ya ndi nga rka lla mba nda tta'.split(' ');
const ends =
  'pur pura nagar ganj abad gaon garh wadi wada palli puram khera kheda li la da ra di ri ta ti nar kot wal tola chak dih ur am i a u'.split(
    ' ',
  );

function village(index: number, random: () => number): PlaceEvent {
  const of = (parts: readonly string[]) => parts[Math.floor(random() * parts.length)] ?? '';
  const inner = random() < 0.6 ? of(middles) : '';
  const one = `${of(starts)}${inner}${of(ends)}`;
  const name = `${one.charAt(0).toUpperCase()}${one.slice(1)}${random() < 0.15 ? [' Khurd', ' Kalan', ' Bk', ' Tanda'][index % 4] : ''}`;
  const key = `bench:${index}`;
  const place = {
    key,
    kind: 'city' as const,
    name,
    country: 'IN',
    state: `State ${index % 36}`,
    district: `District ${index % 766}`,
    latitude: Math.round((8 + random() * 25) * 1e5) / 1e5,
    longitude: Math.round((69 + random() * 25) * 1e5) / 1e5,
    population: Math.floor(2000 * random() ** -0.7),
  };
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    time: 0,
    actor: 'ADMIN:operator',
    type: 'place-put',
    expects: [{ subject: `place:${key}`, version: 0 }],
    data: { key, place },
  };
}

/** One letter left out, doubled, changed or swapped. */
function mistyped(name: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (name.length - 2));
  const [before, after] = [name.slice(0, at), name.slice(at)];
  switch (Math.floor(random() * 4)) {
    case 0:
      return before + after.slice(1);
    case 1:
      return before + after.charAt(0) + after;
    case 2:
      return `${before}e${after.slice(1)}`;
    default:
      return before + after.charAt(1) + after.charAt(0) + after.slice(2);
  }
}
