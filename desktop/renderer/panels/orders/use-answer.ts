import { useCallback, useEffect, useRef, useState } from 'react';
import { useParts } from '../../console-context.ts';

export interface Answer<T> {
  /** the last answer; it stays while the next is awaited */
  value: T | undefined;
  failed: boolean;
  again: () => void;
}

/**
 * What the daemon answers at a path: asked again when `stamp` changes, after `every` ms where that is given, and by
 * `again`. An answer that was overtaken does not count.
 */
export function useAnswer<T>(path: string, stamp: string | number = '', every?: number): Answer<T> {
  const { session } = useParts().console;
  const [state, setState] = useState<{ path: string; value?: T; failed: boolean }>({ path, failed: false });
  const [turn, setTurn] = useState(0);
  const pending = useRef<AbortController>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new stamp or turn is a reason to ask again
  useEffect(() => {
    const ask = () => {
      pending.current?.abort();
      const end = new AbortController();
      pending.current = end;
      session.read(path, end.signal).then(
        (value) => !end.signal.aborted && setState({ path, value: value as T, failed: false }),
        () =>
          !end.signal.aborted &&
          setState((before) => (before.path === path ? { ...before, failed: true } : { path, failed: true })),
      );
    };
    ask();
    const timer = every === undefined ? undefined : setInterval(ask, every);
    return () => {
      clearInterval(timer);
      pending.current?.abort();
    };
  }, [session, path, stamp, every, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const isOurs = state.path === path;
  return { value: isOurs ? state.value : undefined, failed: isOurs && state.failed, again };
}
