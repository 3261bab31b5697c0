import { type CsvRow, csvRows, UnreadableList } from './csv.ts';
import { type JsonItem, jsonItems } from './json-items.ts';

export type ListFormat = 'csv' | 'json';

/** A row of a list; its cells stand in the order of the header. */
export interface ListRow {
  /** as a spreadsheet counts (the header is row 1), or of the item in a JSON list */
  number: number;
  cells: readonly (string | undefined)[];
  problem?: string;
}

/** The parts of a list: first its columns, then its rows in pieces. */
export interface List {
  header: string[];
  rows: AsyncIterable<ListRow[]>;
}

/** Items of a JSON list that are looked at to learn its columns. */
const mostColumns = 200;

/** Begins to read a list of either format from its bytes. Throws UnreadableList when it has no header. */
export async function readList(bytes: AsyncIterable<Uint8Array>, format: ListFormat): Promise<List> {
  return format === 'csv' ? readCsv(textsOf(bytes)) : readJson(textsOf(bytes));
}

async function readCsv(texts: AsyncIterable<string>): Promise<List> {
  const pieces = csvRows(texts);
  let first: CsvRow[] = [];
  while (first.length === 0) {
    const piece = await pieces.next();
    if (piece.done) throw new UnreadableList('the list is empty: its first row must name the columns');
    first = piece.value;
  }
  const [head, ...others] = first;
  const header = namesOf(head?.cells ?? []);
  const checked = (rows: readonly CsvRow[]) => rows.map((row) => checkedRow(header, row));
  async function* rows(): AsyncGenerator<ListRow[]> {
    if (others.length > 0) yield checked(others);
    for await (const piece of pieces) if (piece.length > 0) yield checked(piece);
  }
  return { header, rows: rows() };
}

function checkedRow(header: readonly string[], row: CsvRow): ListRow {
  const { cells, problem } = row;
  if (problem !== undefined || cells.length <= header.length) return row;
  if (cells.slice(header.length).every((cell) => cell.trim() === '')) return row;
  return { ...row, problem: `has ${cells.length} cells, the header ${header.length}` };
}

/** Two columns of one name are told apart by a number. */
function namesOf(cells: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return cells.slice(0, mostColumns).map((cell) => {
    const name = cell.trim();
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

async function readJson(texts: AsyncIterable<string>): Promise<List> {
  const pieces = jsonItems(texts);
  const first = await pieces.next();
  if (first.done) throw new UnreadableList('the list is empty');
  const header = new Set<string>();
  for (const { value } of first.value) {
    if (!isObject(value)) continue;
    for (const name of Object.keys(value)) if (header.size < mostColumns) header.add(name);
  }
  const columns = [...header];
  const items = (piece: readonly JsonItem[]) => piece.map(({ number, value }) => itemRow(columns, number, value));
  async function* rows(): AsyncGenerator<ListRow[]> {
    yield items(first.value);
    for await (const piece of pieces) yield items(piece);
  }
  return { header: columns, rows: rows() };
}

function itemRow(columns: readonly string[], number: number, value: unknown): ListRow {
  if (!isObject(value)) return { number, cells: [], problem: 'is not JSON' };
  const cells = columns.map((column) => {
    const cell = Object.hasOwn(value, column) ? value[column] : undefined;
    if (cell === null || cell === undefined) return undefined;
    return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
  });
  return { number, cells };
}

/** The cells with the names of their columns, for whoever is told of a row. */
export function namedCells(header: readonly string[], { cells }: ListRow): Record<string, string> {
  return Object.fromEntries(header.flatMap((name, i) => (cells[i] === undefined ? [] : [[name, cells[i]]])));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text from UTF-8, or from what Excel calls Unicode (UTF-16); anything else is refused and not guessed. */
async function* textsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  try {
    for await (const piece of bytes) {
      decoder ??= new TextDecoder(piece[0] === 0xff && piece[1] === 0xfe ? 'utf-16le' : 'utf-8', { fatal: true });
      yield decoder.decode(piece, { stream: true });
    }
    const last = decoder?.decode();
    if (last) yield last;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UnreadableList('the list is not in UTF-8; save it as "CSV UTF-8"');
  }
}
