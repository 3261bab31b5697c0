import type { RefusalParams } from '../../../../protocol/refusal-text.ts';

/** What an import of consumers says while it runs, one line each (`POST /api/consumers/import`). */
interface ImportCounts {
  rows: number;
  added: number;
  changed: number;
  same: number;
  bad: number;
}
export interface BadRow {
  /** as a spreadsheet numbers it: the header is 1 */
  row: number;
  errors: { field: string; message: string; code?: string; params?: RefusalParams }[];
  cells: Record<string, string>;
}
export type ImportReport =
  | { type: 'columns'; header: string[]; mapping: Record<string, string[]>; unused: string[]; dryRun: boolean }
  | ({ type: 'bad' } & BadRow)
  | ({ type: 'progress' } & ImportCounts)
  | ({ type: 'done' } & ImportCounts)
  | ({ type: 'failed'; detail: string; code?: string } & ImportCounts);

/** Fields a column may be; parts of an address may stand in several columns. */
export const importFields = [
  'number',
  'name',
  'phone',
  'address',
  'pincode',
  'latitude',
  'longitude',
  'language',
  'notes',
  'id',
] as const;
export type ImportField = (typeof importFields)[number];
const joined: ReadonlySet<string> = new Set<ImportField>(['address']);

export type Mapping = Readonly<Record<string, readonly string[]>>;

export interface ImportState {
  header: readonly string[];
  mapping: Mapping;
  counts: ImportCounts;
  bad: readonly BadRow[];
  end: 'running' | 'done' | { failed: string; code?: string };
  /** the mapping was changed after this check */
  isStale: boolean;
}

const none: ImportCounts = { rows: 0, added: 0, changed: 0, same: 0, bad: 0 };
export const begun: ImportState = { header: [], mapping: {}, counts: none, bad: [], end: 'running', isStale: false };

export function told(state: ImportState, report: ImportReport): ImportState {
  switch (report.type) {
    case 'columns':
      return { ...state, header: report.header, mapping: report.mapping };
    case 'bad': {
      const { type: _type, ...row } = report;
      return { ...state, bad: [...state.bad, row] };
    }
    case 'progress':
      return { ...state, counts: countsOf(report) };
    case 'done':
      return { ...state, counts: countsOf(report), end: 'done' };
    case 'failed':
      return {
        ...state,
        counts: countsOf(report),
        end: { failed: report.detail, ...(report.code === undefined ? {} : { code: report.code }) },
      };
  }
}

const countsOf = ({ rows, added, changed, same, bad }: ImportCounts): ImportCounts => ({
  rows,
  added,
  changed,
  same,
  bad,
});

/** The field a column holds; empty: none. */
export function fieldOf(mapping: Mapping, column: string): string {
  return Object.entries(mapping).find(([, columns]) => columns.includes(column))?.[0] ?? '';
}

/** Another field for a column. A field has one column, but for those that are joined; the list's order is kept. */
export function withField(state: ImportState, column: string, field: string): ImportState {
  const mapping: Record<string, string[]> = {};
  for (const [each, columns] of Object.entries(state.mapping)) {
    const left = columns.filter((one) => one !== column && (each !== field || joined.has(each)));
    // A field without a column is said to have none: what is left out the daemon would guess again.
    mapping[each] = left;
  }
  if (field !== '') {
    const columns = new Set([...(mapping[field] ?? []), column]);
    mapping[field] = state.header.filter((each) => columns.has(each));
  }
  return { ...state, mapping, isStale: true };
}

/** Whether there is enough to import by: who it is, and what he is called. */
export const isEnough = (mapping: Mapping): boolean => {
  const has = (field: ImportField) => (mapping[field]?.length ?? 0) > 0;
  return (has('number') || has('id')) && has('name');
};

/** Lines of JSON, as they come. */
export async function* linesOf(answer: Response): AsyncGenerator<ImportReport> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as ImportReport;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as ImportReport;
}
