import { useCallback, useEffect, useRef, useState } from 'react';
import { useConsole, useParts } from '../../console-context.ts';

interface Reading {
  error: Error | undefined;
  /** something is on its way; what is shown may be of before */
  busy: boolean;
  reload(): void;
}

export interface ThingReading<T> extends Reading {
  value: T | undefined;
}

export interface Listing<T> extends Reading {
  /** undefined: nothing has come yet */
  items: readonly T[] | undefined;
  hasMore: boolean;
  more(): void;
}

interface Page<T> {
  items: T[];
  next?: string | null;
}

/** Rows of a page where a route is asked for nothing else. */
const usual = 100;

/** Reads a list by its pages. Without a path nothing is read. */
export function useListing<T>(path: string | undefined): Listing<T> {
  const [items, setItems] = useState<readonly T[]>();
  const [next, setNext] = useState<string | null>(null);
  const count = useRef(0);
  count.current = items?.length ?? 0;
  const take = useCallback((page: Page<T>, cursor: string | undefined) => {
    setItems((before) => (cursor === undefined ? page.items : [...(before ?? []), ...page.items]));
    setNext(page.next ?? null);
  }, []);
  const { read, ...state } = useAsking<Page<T>, string | undefined>(path, take, (of, cursor) => {
    const sign = of.includes('?') ? '&' : '?';
    if (cursor !== undefined) return `${of}${sign}cursor=${encodeURIComponent(cursor)}`;
    // After a change as much is shown again as there was.
    return count.current > usual ? `${of}${sign}limit=${Math.min(1000, count.current)}` : of;
  });
  return {
    ...state,
    items,
    hasMore: next !== null,
    more: () => next !== null && read(next),
    reload: () => read(undefined),
  };
}

/** Reads one thing. */
export function useReading<T>(path: string | undefined): ThingReading<T> & { put(value: T): void } {
  const [value, setValue] = useState<T>();
  const { read, ...state } = useAsking<T, undefined>(path, setValue, (of) => of);
  return { ...state, value, put: setValue, reload: () => read(undefined) };
}

/** Asks whenever the path changes, and again when the link is back after it failed. */
function useAsking<Answer, How>(
  path: string | undefined,
  take: (answer: Answer, how: How | undefined) => void,
  pathOf: (path: string, how: How | undefined) => string,
) {
  const { session } = useParts().console;
  const isLive = useConsole((state) => state.link.kind === 'live');
  const [state, setState] = useState<{ error: Error | undefined; busy: boolean }>({ error: undefined, busy: true });
  const running = useRef<AbortController>(undefined);
  const of = useRef(pathOf);
  of.current = pathOf;
  const read = useCallback(
    (how: How | undefined) => {
      running.current?.abort();
      if (path === undefined) return;
      const mine = new AbortController();
      running.current = mine;
      setState({ error: undefined, busy: true });
      session.read(of.current(path, how), mine.signal).then(
        (answer) => {
          if (mine.signal.aborted) return;
          take(answer as Answer, how);
          setState({ error: undefined, busy: false });
        },
        (error: Error) => {
          if (!mine.signal.aborted) setState({ error, busy: false });
        },
      );
    },
    [session, path, take],
  );
  useEffect(() => {
    read(undefined);
    return () => running.current?.abort();
  }, [read]);
  const hasFailed = useRef(false);
  hasFailed.current = state.error !== undefined;
  useEffect(() => {
    if (isLive && hasFailed.current) read(undefined);
  }, [isLive, read]);
  return { ...state, read };
}
