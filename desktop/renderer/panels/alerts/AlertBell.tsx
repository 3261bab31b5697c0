import { ActionIcon, Tooltip } from '@mantine/core';
import { IconBell, IconBellFilled } from '@tabler/icons-react';
import { severities } from '../../../../protocol/alert.ts';
import { useConsole, useNow, useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { words } from '../../words.ts';
import { toggleDrawer } from './alert-actions.ts';
import { countWaiting } from './alert-list.ts';
import { bellId } from './bell-focus.ts';
import { useAlerts } from './use-alerts.ts';

/** In the top bar: how many alerts wait, by how grave they are. */
export function AlertBell() {
  const { store } = useParts().console;
  const isOpen = useConsole((state) => state.drawer === 'alerts');
  const counts = countWaiting(useAlerts(), useNow());
  const parts = severities
    .toReversed()
    .filter((severity) => counts[severity] > 0)
    .map((severity) => words.alerts.counts(counts[severity], words.alerts.severity[severity]));
  const label = [words.alerts.bell(counts.all), ...parts].join(', ');
  const Bell = counts.all > 0 ? IconBellFilled : IconBell;
  return (
    <Tooltip label={`${label} (N)`}>
      <ActionIcon
        id={bellId}
        className="bell"
        variant={isOpen ? 'light' : 'subtle'}
        color="gray"
        size="lg"
        aria-label={label}
        aria-expanded={isOpen}
        aria-keyshortcuts="N"
        onClick={() => toggleDrawer(store)}
      >
        <Bell size={20} aria-hidden="true" />
        {severities.toReversed().map(
          (severity) =>
            counts[severity] > 0 &&
            severity !== 'info' && (
              <span key={severity} className="bell-count" data-severity={severity} aria-hidden="true">
                {counts[severity] > 99 ? '99+' : count(counts[severity])}
              </span>
            ),
        )}
        {counts.info > 0 && counts.all === counts.info && (
          <span className="bell-count" data-severity="info" aria-hidden="true">
            {counts.info > 99 ? '99+' : count(counts.info)}
          </span>
        )}
      </ActionIcon>
    </Tooltip>
  );
}
