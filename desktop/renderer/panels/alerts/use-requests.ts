import { useMemo } from 'react';
import { useConsole, useParts } from '../../console-context.ts';
import { type Request, requestsOf } from './requests.ts';

/** What waits for a dispatcher's word. */
export function useRequests(): readonly Request[] {
  const { world } = useParts().console;
  const consumersRevision = useConsole((state) => state.consumersRevision);
  const ordersRevision = useConsole((state) => state.ordersRevision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revisions stand for it
  return useMemo(() => requestsOf(world), [world, consumersRevision, ordersRevision]);
}
