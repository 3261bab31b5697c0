import { useMemo } from 'react';
import type { Arrival, RunProgress } from '../../../../protocol/arrival.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { useAnswer } from './use-answer.ts';

/** A van's run of today in a line. */
export interface RunLine extends Pick<RunProgress, 'vanId' | 'next' | 'left' | 'state'> {
  lateBy?: number;
  arrival?: Arrival;
  /** for whom the next stop is */
  nextName?: string;
}

/** So often the runs are asked for while the vans are listed, ms: a plan slips by minutes. */
const askEvery = 20_000;

/** The runs of today by van; empty until the daemon has told them. */
export function useRuns(): ReadonlyMap<string, RunLine> {
  const { world } = useParts().console;
  const isBack = useConsole((state) => state.link.kind === 'live');
  const ordersRevision = useConsole((state) => state.ordersRevision);
  const { value } = useAnswer<{ items: RunLine[] }>('/api/runs', String(isBack), askEvery);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revision stands for it
  return useMemo(() => {
    const runs = new Map<string, RunLine>();
    for (const run of value?.items ?? []) {
      const entry = run.next === undefined ? undefined : world.orders.get(run.next);
      const name = entry && world.consumers.get(entry.order.consumerId)?.consumer.name;
      // What the feed says of the arrival is newer than the last answer.
      const arrival = entry?.arrival ?? run.arrival;
      runs.set(run.vanId, {
        ...run,
        ...(arrival === undefined ? {} : { arrival }),
        ...(name === undefined ? {} : { nextName: name }),
      });
    }
    return runs;
  }, [value, world, ordersRevision]);
}
