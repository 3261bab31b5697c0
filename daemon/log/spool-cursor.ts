import { type Cursor, UnknownCursor } from './log.ts';

/**
 * The cursor of a spooled log: a place in this daemon's spool and one in the log that all daemons share.
 *
 *   cursor  = epoch "-" commit "." shared "." remote
 *   remote  = "n" | "u" | "r" cursor of the shared log          nothing of it | all that it has, not known where | a place
 *
 * It stands for these records: all of other daemons up to `remote`; of this daemon those that its spool numbered up to
 * `shared`, as far as they lie before `remote`; and of this daemon those with a greater number, up to `commit` in the
 * spool. So `shared` says which of the own records are taken from the shared log and which from the spool. It is fixed
 * where reading begins and stays as long as cursors are made one from the other; it is what had been trimmed then.
 */
export interface Place {
  commit: number;
  shared: number;
  remote: RemotePlace;
}

/** null: nothing of it; `all`: everything it has, of which no cursor is known because no broker has answered yet */
type RemotePlace = { at: Cursor | null } | 'all';

export function writeCursor(epoch: string, { commit, shared, remote }: Place): Cursor {
  const place = remote === 'all' ? 'u' : remote.at === null ? 'n' : `r${remote.at}`;
  return `${epoch}-${commit}.${shared}.${place}`;
}

/** Throws UnknownCursor for what was not made by a spool of this epoch. */
export function readCursor(cursor: Cursor, epoch: string): Place {
  const [, name, commit, shared, place] = /^([a-z0-9]+)-(\d{1,15})\.(\d{1,16})\.(n|u|r.+)$/.exec(cursor) ?? [];
  if (name === undefined || place === undefined) throw new UnknownCursor('this is no cursor of a spooled log');
  if (name !== epoch) throw new UnknownCursor('the cursor was made with another spool');
  const remote: RemotePlace = place === 'u' ? 'all' : { at: place === 'n' ? null : place.slice(1) };
  return { commit: Number(commit), shared: Number(shared), remote };
}
