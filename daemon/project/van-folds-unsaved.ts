import type { Checkpoint, KeptFact, VanFold } from './van-folds-state.ts';
import type { VanFoldsTable } from './van-folds-table.ts';

/* What the file says of a van, with what is not written yet over it. */

/** Facts that were found at `after` < fixTime ≤ `until`, in the order in which they were found. */
export function foundIn(table: VanFoldsTable, fold: VanFold, after: number, until: number): KeptFact[] {
  const { unsaved } = fold;
  const saved = table.foundIn(fold.key, after, until);
  if (unsaved === undefined) return saved;
  const inside = unsaved.facts.filter(({ at }) => at > after && at <= until);
  return [...saved.filter(({ at }) => at <= unsaved.after || at > unsaved.until), ...inside].sort(
    (a, b) => a.at - b.at,
  );
}

/** The newest checkpoint before a time. */
export function checkpointBefore(table: VanFoldsTable, fold: VanFold, time: number): Checkpoint | undefined {
  const { unsaved } = fold;
  if (unsaved === undefined) return table.checkpointBefore(fold.key, time);
  const { after, until, checkpoints } = unsaved;
  const later = time > until + 1 ? table.checkpointBefore(fold.key, time) : undefined;
  if (later !== undefined && later.time > until) return later;
  return (
    checkpoints.findLast((checkpoint) => checkpoint.time < time) ??
    table.checkpointBefore(fold.key, Math.min(time, after + 1))
  );
}

/** The states of the checkpoint of exactly this time as JSON. */
export function checkpointAt(table: VanFoldsTable, fold: VanFold, time: number): string | undefined {
  const { unsaved } = fold;
  if (unsaved === undefined || time <= unsaved.after || time > unsaved.until) return table.checkpointAt(fold.key, time);
  const found = unsaved.checkpoints.find((checkpoint) => checkpoint.time === time);
  return found && JSON.stringify(found.states);
}

/** Puts these in the place of all facts and checkpoints of `after` < time ≤ `until`. */
export function replace(
  table: VanFoldsTable,
  fold: VanFold,
  after: number,
  until: number,
  facts: readonly KeptFact[],
  checkpoints: readonly Checkpoint[],
): void {
  const { unsaved } = fold;
  if (unsaved === undefined) {
    // Of a van that is not read yet the file may have found more than up to its newest checkpoint.
    const replaces = after < fold.end || fold.states.length === 0;
    fold.unsaved = { after, until, replaces, facts: [...facts], checkpoints: [...checkpoints] };
    return;
  }
  if (after >= (unsaved.checkpoints.at(-1)?.time ?? -1) && after >= lastAt(unsaved.facts) && unsaved.until === until) {
    // The usual case: something new at the end.
    unsaved.after = Math.min(unsaved.after, after);
    unsaved.facts.push(...facts);
    unsaved.checkpoints.push(...checkpoints);
    return;
  }
  const [first, last] = [Math.min(after, unsaved.after), Math.max(until, unsaved.until)];
  const kept = foundIn(table, fold, first, last).filter(({ at }) => at <= after || at > until);
  // Between two stretches checkpoints are given up; only the facts must be whole.
  const still = unsaved.checkpoints.filter(({ time }) => time <= after || time > until);
  fold.unsaved = {
    after: first,
    until: last,
    replaces: true,
    facts: [...kept, ...facts].sort((a, b) => a.at - b.at),
    checkpoints: [...still, ...checkpoints].sort((a, b) => a.time - b.time),
  };
}

function lastAt(facts: readonly KeptFact[]): number {
  return facts.at(-1)?.at ?? -1;
}
