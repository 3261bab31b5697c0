import { type FileHandle, open } from 'node:fs/promises';
import type { RowError } from './consumer-row.ts';

/**
 * The file of the rows that were refused: row number, what is wrong, and the row itself, to be mended and imported. It
 * is made when the first one comes.
 */
export class BadRows {
  readonly file: string;
  readonly #csvText: (text: string) => string;
  #handle: FileHandle | undefined;
  #header: readonly string[] = [];
  count = 0;

  /** `csvText`: writes a cell so that no spreadsheet runs it */
  constructor(file: string, csvText: (text: string) => string) {
    this.file = file;
    this.#csvText = csvText;
  }

  async add(row: number, errors: readonly RowError[], cells: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#handle === undefined) {
      this.#handle = await open(this.file, 'w', 0o600);
      this.#header = Object.keys(cells);
      await this.#line('row', 'problem', ...this.#header);
    }
    this.count++;
    const problem = errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
    await this.#line(String(row), problem, ...this.#header.map((column) => String(cells[column] ?? '')));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #line(...cells: string[]): Promise<void> {
    await this.#handle?.write(`${cells.map(this.#csvText).join(',')}\r\n`);
  }
}
