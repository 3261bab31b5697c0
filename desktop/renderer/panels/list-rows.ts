import type { Selection } from '../store.ts';
import type { ConsumerEntry, VanEntry } from '../world/entries.ts';

/** One line of the list: a heading, a van or a consumer. */
export type ListRow =
  | { kind: 'heading'; id: string; text: string; count: number }
  | { kind: 'van'; id: string; entry: VanEntry }
  | { kind: 'consumer'; id: string; entry: ConsumerEntry };

/** The lines to show. Headings appear only when there are consumers beside the vans: else they would say nothing. */
export function listRows(
  vans: readonly VanEntry[],
  consumers: readonly ConsumerEntry[],
  headings: { vans: string; consumers: string },
): ListRow[] {
  const rows: ListRow[] = [];
  if (consumers.length > 0 && vans.length > 0) {
    rows.push({ kind: 'heading', id: 'heading-vans', text: headings.vans, count: vans.length });
  }
  for (const entry of vans) rows.push({ kind: 'van', id: `row-van-${entry.van.id}`, entry });
  if (consumers.length > 0) {
    rows.push({ kind: 'heading', id: 'heading-consumers', text: headings.consumers, count: consumers.length });
    for (const entry of consumers) rows.push({ kind: 'consumer', id: `row-consumer-${entry.consumer.id}`, entry });
  }
  return rows;
}

/** What choosing a line selects. */
export function selectionOf(row: ListRow | undefined): Selection | undefined {
  if (row === undefined || row.kind === 'heading') return undefined;
  return row.kind === 'van' ? { kind: 'van', id: row.entry.van.id } : { kind: 'consumer', id: row.entry.consumer.id };
}

/**
 * The line the keys lead to, headings passed over. `from` undefined: nothing is active yet. Undefined when there is
 * no line to stand on.
 */
export function nextRow(rows: readonly ListRow[], from: number | undefined, key: string): number | undefined {
  const stands = rows.flatMap((row, i) => (row.kind === 'heading' ? [] : [i]));
  const first = stands[0];
  const last = stands[stands.length - 1];
  const at = from === undefined ? -1 : stands.indexOf(from);
  const page = 8;
  switch (key) {
    case 'ArrowDown':
      return stands[Math.min(at + 1, stands.length - 1)];
    case 'ArrowUp':
      return at < 0 ? last : stands[Math.max(at - 1, 0)];
    case 'PageDown':
      return stands[Math.min(Math.max(at, 0) + page, stands.length - 1)];
    case 'PageUp':
      return stands[Math.max(at - page, 0)];
    case 'Home':
      return first;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
