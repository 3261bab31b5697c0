import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Alert } from '../../../../protocol/alert.ts';
import { useConsole, useParts } from '../../console-context.ts';

/** Every alert the console knows, as it is shown: with what is underway. */
export function useAlerts(): readonly Alert[] {
  const { console, alerts } = useParts();
  const revision = useConsole((state) => state.alertsRevision);
  const underway = useStore(alerts.state, (state) => state.underway);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revision stands for it
  return useMemo(
    () => Array.from(console.world.alerts.values(), (alert) => alerts.shown(alert)),
    [console, alerts, revision, underway],
  );
}
