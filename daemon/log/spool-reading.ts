import type { Topic } from '../../protocol/record.ts';
import type { Log, LogBatch } from './log.ts';
import { type Place, writeCursor } from './spool-cursor.ts';
import type { SpoolFile } from './spool-file.ts';
import { takenFromShared } from './spool-tail.ts';

export interface ReadPlacesDeps {
  spool: SpoolFile;
  remote: Pick<Log, 'read'>;
  own: string;
}

/** Gives the records that lie behind one place and not behind another one that covers it, each once. */
export async function* readPlaces(
  { spool, remote, own }: ReadPlacesDeps,
  from: Place,
  upTo: Place,
  topics?: readonly Topic[],
): AsyncGenerator<LogBatch> {
  let place = from;
  const batch = (records: LogBatch['records']) => ({ cursor: writeCursor(spool.epoch, place), records });
  const start = from.remote === 'all' ? null : from.remote.at;
  const end = upTo.remote === 'all' ? undefined : upTo.remote.at;

  const wanted = takenFromShared(own, from.shared);
  if (end !== null) {
    for await (const { cursor, records } of remote.read(start, topics, end)) {
      place = { ...place, remote: { at: cursor } };
      const some = records.filter(wanted);
      if (some.length > 0) yield batch(some);
    }
  }

  // Of our own, what was trimmed since `upTo` was made: to `upTo` it had come from the spool, now only the shared log has
  // it, perhaps further on. No cursor can say how much of it has been given, so it keeps the one before: after a crash
  // in here it comes again.
  if (from.shared > upTo.shared && upTo.remote !== 'all') {
    for await (const { records } of remote.read(upTo.remote.at, topics)) {
      const some = records.filter((record) => !takenFromShared(own, upTo.shared)(record) && wanted(record));
      if (some.length > 0) yield batch(some);
    }
  }

  const rest = spool.log.read(spool.cursorAt(from.commit), topics, spool.cursorAt(upTo.commit));
  for await (const { cursor, records } of rest) {
    place = { ...place, commit: spool.commitAt(cursor) };
    yield batch(records);
  }
}
