import Papa from 'papaparse';

/** One row of a list, as text cells; `number` as a spreadsheet shows it: the header is row 1. */
export interface CsvRow {
  number: number;
  cells: string[];
  /** what was wrong with its quotes */
  problem?: string;
}

/** Characters of the longest row that is read; beyond it a quote was not closed. */
const longestRow = 262_144;

/** The file is no list that can be read at all. */
export class UnreadableList extends Error {
  override name = 'UnreadableList';
}

/**
 * Rows of a CSV text, piece by piece (RFC 4180; the separator is the one the first line has most of: comma, semicolon,
 * tab or bar). Never holds more than a piece and a row. Empty rows are left out and counted.
 */
export async function* csvRows(texts: AsyncIterable<string>): AsyncGenerator<CsvRow[]> {
  let parser: { delimiter: string; newline: '\r' | '\n' | '\r\n' } | undefined;
  let rest = '';
  let number = 0;
  const rowsOf = (text: string, last: boolean): CsvRow[] => {
    const { data, errors, meta } = new Papa.Parser(parser ?? {}).parse(text, 0, !last) as Papa.ParseResult<string[]>;
    // The position after the last whole row; what comes behind it is a row that goes on in the next piece.
    rest = last ? '' : text.slice(meta.cursor);
    const problems = new Map(errors.map((error) => [error.row, error.message]));
    const rows: CsvRow[] = [];
    for (const [i, cells] of data.entries()) {
      number++;
      if (cells.every((cell) => cell.trim() === '')) continue;
      const problem = problems.get(i);
      if (problem === undefined) rows.push({ number, cells });
      else {
        // What looks like one row may have swallowed others, up to the next quote.
        const lines = cells.join('\n').split(/\r\n|\r|\n/).length - cells.length + 1;
        rows.push({ number, cells, problem: lines > 1 ? `${problem}; it goes on over ${lines} lines` : problem });
      }
    }
    return rows;
  };
  for await (const text of texts) {
    const all = rest + text;
    rest = all;
    // The first line says how the others are written.
    parser ??= /[\r\n][\s\S]/.test(all) ? { delimiter: delimiterOf(all), newline: newlineOf(all) } : undefined;
    if (parser !== undefined) yield rowsOf(all, false);
    if (rest.length > longestRow) {
      throw new UnreadableList(`row ${number + 1} is longer than ${longestRow} characters: a quote is not closed`);
    }
  }
  parser ??= { delimiter: delimiterOf(rest), newline: '\n' };
  if (rest !== '') yield rowsOf(rest, true);
}

function newlineOf(text: string): '\r' | '\n' | '\r\n' {
  const at = text.search(/[\r\n]/);
  if (text.startsWith('\r\n', at)) return '\r\n';
  return text.charAt(at) === '\r' ? '\r' : '\n';
}

function delimiterOf(text: string): string {
  const [line = ''] = text.replace(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, one) => (count(one) > count(best) ? one : best));
}
