import { guessColumns, type Mapping, wrongMapping } from './columns.ts';
import { consumerColumns } from './consumer-row.ts';
import { UnreadableList } from './csv.ts';
import type { ImportCounts, ImportReport } from './import-report.ts';
import { type ImportDeps, type ImportOrder, ImportRun } from './import-run.ts';
import { type List, readList } from './read-list.ts';

/** Rows that are decided and appended together: a few ms of the event loop, in which nobody else has a turn. */
export const rowsTogether = 100;
/** ms between two reports */
const reportEvery = 500;

/**
 * Imports a list of consumers, in memory that does not grow with it. Who has the same consumer number is the same
 * consumer: brought up to date where he differs, left alone where not. So an import that was cut off may simply be
 * repeated: what was done is found done.
 */
export async function* importConsumers(
  bytes: AsyncIterable<Uint8Array>,
  order: ImportOrder,
  deps: ImportDeps,
): AsyncGenerator<ImportReport> {
  const list = await readList(bytes, order.format);
  const mapping = mappingOf(list, order);
  const used = new Set(Object.values(mapping).flat());
  const unused = list.header.filter((column) => column !== '' && !used.has(column));
  yield {
    type: 'columns',
    header: list.header,
    mapping: mapping as Record<string, string[]>,
    unused,
    dryRun: order.dryRun,
  };
  const counts: ImportCounts = { rows: 0, added: 0, changed: 0, same: 0, bad: 0 };
  const run = new ImportRun(order, deps, counts, list.header, mapping);
  let reported = performance.now();
  try {
    for await (const rows of list.rows) {
      for (let first = 0; first < rows.length; first += rowsTogether) {
        yield* await run.take(rows.slice(first, first + rowsTogether));
        if (performance.now() - reported < reportEvery) continue;
        reported = performance.now();
        yield { type: 'progress', ...counts };
      }
    }
    yield* await run.end();
  } catch (error) {
    const code = error instanceof UnreadableList ? 'list-unreadable' : 'cannot-go-on';
    yield { type: 'failed', detail: (error as Error).message, code, ...counts };
    return;
  }
  yield { type: 'done', ...counts };
}

function mappingOf(list: List, { mapping: given = {} }: ImportOrder): Mapping<keyof typeof consumerColumns> {
  const wrong = wrongMapping(given, list.header, consumerColumns);
  if (wrong !== undefined) throw new UnreadableList(wrong);
  const claimed = new Set(Object.values(given).flat());
  const guessed = guessColumns(
    list.header.filter((column) => !claimed.has(column)),
    consumerColumns,
  ).mapping;
  const mapping = { ...guessed, ...given };
  if (mapping.number !== undefined || mapping.id !== undefined) return mapping;
  throw new UnreadableList(`no column is the consumer number; there are ${list.header.join(', ')}`);
}
