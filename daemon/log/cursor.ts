import { type Cursor, UnknownCursor } from './log.ts';

/**
 * cursor = epoch "-" commit          letters, digits and one dash: safe in URLs and frames
 *
 * The epoch is a random word made with the log. A restored copy gets a new one, and keeps the old as a `Branch`: up to
 * the place where it was copied both lives of the log are the same, so cursors from before stay good, and those from
 * after, which speak of records the copy does not have, are refused.
 */
export interface Branch {
  epoch: string;
  /** the last commit both have */
  upTo: number;
}

export interface Lineage {
  epoch: string;
  earlier: readonly Branch[];
}

export function cursorOf(epoch: string, commit: number): Cursor {
  return `${epoch}-${commit}`;
}

/** The commit a cursor stands behind. Throws UnknownCursor for a place this log does not have. */
export function commitOf(cursor: Cursor, { epoch, earlier }: Lineage, head: number): number {
  const [, name, digits] = /^([a-z0-9]+)-(\d{1,15})$/.exec(cursor) ?? [];
  if (name === undefined) throw new UnknownCursor('this is no cursor of this log');
  const commit = Number(digits);
  const last = name === epoch ? head : earlier.find((branch) => branch.epoch === name)?.upTo;
  if (last === undefined) throw new UnknownCursor('the cursor was made by another log');
  if (commit > last) throw new UnknownCursor('the cursor lies beyond what this log has');
  return commit;
}
