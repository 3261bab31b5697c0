import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../shared/session.ts';
import { longer, type Point, readTrail } from '../shared/trail.ts';
import type { Followed } from './follow.ts';
import { sharedNow } from './shared-now.ts';

/** Tells the map of this page where its phone has been, while that is shared. */
const listeners = new Set<(point: Point | 'ended') => void>();

/** A fix of this phone that was shared; `ended`: it is shared no more. */
export function tellOwnPath(point: Point | 'ended'): void {
  for (const listener of listeners) listener(point);
}

/** The path that the consumer has shared: what the daemon has of it, and what this phone has just told. */
export function useOwnPath({ subject }: Followed, session: Session): readonly Point[] {
  const [path, setPath] = useState<readonly Point[]>([]);
  useEffect(() => {
    const hear = (point: Point | 'ended') => setPath((before) => (point === 'ended' ? [] : longer(before, point)));
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, []);
  useEffect(() => {
    if (subject === '') return;
    const read = async () => {
      const shared = await sharedNow(session);
      if (shared === undefined) return;
      const { from } = shared;
      const trail = `/api/consumers/${encodeURIComponent(subject)}/trail?from=${from}&format=chunks`;
      setPath(await readTrail(trail, await session.token()));
    };
    // What this phone tells from now on is drawn all the same.
    read().catch(() => {});
  }, [subject, session]);
  return path;
}
