import { createReadStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { BadRows } from './bad-rows.ts';
import { fieldReader, guessColumns, type Mapping, wrongMapping } from './columns.ts';
import type { DaemonClient } from './daemon-client.ts';
import type { ImportCounts } from './import-report.ts';
import { type PlaceRow, placeColumns, readPlace } from './place-row.ts';
import { type ListFormat, type ListRow, namedCells, readList } from './read-list.ts';

/** Places that are sent at a time; so many hold up the daemon's other work for some ms. */
const together = 250;
const path = '/api/v1/location-updates';

export interface SendPlaces {
  file: string;
  format: ListFormat;
  dryRun: boolean;
  mapping: Record<string, string[]>;
  /** of the layer they go into; a file that goes into another one begins anew */
  layer: string;
  client: DaemonClient;
  bad: BadRows;
  onColumns: (columns: { mapping: Record<string, string[]>; unused: string[] }) => void;
  /** `share`: of the file, 0 to 1 */
  onProgress: (counts: ImportCounts, share: number) => void;
}

interface Saved extends ImportCounts {
  /** the file as it was, and the layer */
  of: string;
}

interface Answer {
  items: { index: number; status: number; detail?: string }[];
}

/**
 * Sends a list of places to the daemon, part by part, in memory that does not grow with it. After each part that is
 * durable it notes beside the file how far it has come, and goes on from there when it is called again; a part that is
 * sent twice changes nothing.
 */
export async function sendPlaces(order: SendPlaces): Promise<ImportCounts> {
  const { file, format, bad } = order;
  const { size, mtimeMs } = await stat(file);
  const notes = `${file}.import`;
  const of = `${size} ${mtimeMs} ${order.layer}`;
  const counts = order.dryRun ? none(of) : await savedCounts(notes, of);
  const already = counts.rows;
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(file)) {
      read += piece.length;
      yield piece;
    }
  }
  const list = await readList(bytes(), format);
  const fieldsOf = fieldReader(list.header, mappingOf(list.header, order));
  let seen = 0;
  let part: { row: ListRow; place: PlaceRow }[] = [];
  const send = async () => {
    if (!order.dryRun) await sendPart(part, list.header, order, counts);
    part = [];
    counts.rows = seen;
    if (!order.dryRun) await save(notes, counts);
    order.onProgress(counts, size === 0 ? 1 : read / size);
  };
  for await (const rows of list.rows) {
    for (const row of rows) {
      if (++seen <= already) continue;
      const result = row.problem === undefined ? readPlace(fieldsOf(row.cells)) : undefined;
      if (result === undefined || 'errors' in result) {
        counts.bad++;
        await bad.add(
          row.number,
          result?.errors ?? [{ field: '', message: row.problem ?? '' }],
          namedCells(list.header, row),
        );
      } else part.push({ row, place: result.row });
      if (part.length >= together) await send();
    }
  }
  await send();
  if (!order.dryRun) await rm(notes, { force: true });
  const { of: _of, ...done } = counts;
  return done;
}

function mappingOf(header: string[], { mapping: given, onColumns }: SendPlaces): Mapping<keyof typeof placeColumns> {
  const wrong = wrongMapping(given, header, placeColumns);
  if (wrong !== undefined) throw new Error(wrong);
  const claimed = new Set(Object.values(given).flat());
  const free = header.filter((column) => !claimed.has(column));
  const { mapping: guessed, unused } = guessColumns(free, placeColumns);
  const mapping = { ...guessed, ...given };
  onColumns({ mapping: mapping as Record<string, string[]>, unused });
  for (const field of ['city_name', 'state', 'latitude', 'longitude'] as const) {
    if (mapping[field] === undefined) throw new Error(`no column is the ${field}; there are ${header.join(', ')}`);
  }
  return mapping;
}

/** Cities and pincodes go to different routes; the order within each is kept. */
async function sendPart(
  part: readonly { row: ListRow; place: PlaceRow }[],
  header: readonly string[],
  { client, bad }: SendPlaces,
  counts: ImportCounts,
): Promise<void> {
  for (const [kind, route] of [
    ['city', 'cities/bulk'],
    ['pincode', 'pincodes'],
  ] as const) {
    const some = part.filter(({ place }) => place.kind === kind);
    if (some.length === 0) continue;
    const body = JSON.stringify(some.map(({ place }) => place.fields));
    const response = await client.post(`${path}/${route}?existing=update`, 'application/json', () => body);
    const { items } = (await response.json()) as Answer;
    for (const { index, status, detail = `status ${status}` } of items) {
      const row = some[index]?.row;
      if (status === 201) counts.added++;
      else if (status === 200) counts.changed++;
      else if (row !== undefined) {
        counts.bad++;
        await bad.add(row.number, [{ field: '', message: detail }], namedCells(header, row));
      }
    }
  }
}

function none(of: string): Saved {
  return { of, rows: 0, added: 0, changed: 0, same: 0, bad: 0 };
}

async function savedCounts(notes: string, of: string): Promise<Saved> {
  try {
    const saved = JSON.parse(await readFile(notes, 'utf8')) as Saved;
    return saved.of === of && Number.isInteger(saved.rows) ? saved : none(of);
  } catch {
    // There are none, or they are cut: everything is sent once more.
    return none(of);
  }
}

/** Whole or not at all, so that a crash leaves the notes before it. */
async function save(notes: string, counts: Saved): Promise<void> {
  await writeFile(`${notes}.new`, JSON.stringify(counts));
  await rename(`${notes}.new`, notes);
}
