import type { RefusalCode } from '../../protocol/refusal-text.ts';
import type { RowError } from './consumer-row.ts';

export interface ImportCounts {
  rows: number;
  added: number;
  changed: number;
  /** as they were already */
  same: number;
  bad: number;
}

/** What an import says while it runs; each is one line of the answer. */
export type ImportReport =
  | { type: 'columns'; header: string[]; mapping: Record<string, string[]>; unused: string[]; dryRun: boolean }
  | { type: 'bad'; row: number; errors: RowError[]; cells: Record<string, string> }
  | ({ type: 'progress' } & ImportCounts)
  | ({ type: 'done' } & ImportCounts)
  | ({ type: 'failed'; detail: string; code: RefusalCode } & ImportCounts);
