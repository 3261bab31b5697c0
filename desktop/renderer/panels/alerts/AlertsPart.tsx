import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useConsole, useNow, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';
import { AlertFilters } from './AlertFilters.tsx';
import { AlertRow } from './AlertRow.tsx';
import { drawerListId } from './alert-actions.ts';
import { everyAlert, listAlerts } from './alert-list.ts';
import { useAlerts } from './use-alerts.ts';

/** Rows that are drawn at once; more on demand. */
const pageSize = 100;

/** The open alerts, and those that closed lately. Arrows lead from one to the next; letters do something about it. */
export function AlertsPart() {
  const { store } = useParts().console;
  const filter = useConsole((state) => state.alertFilter);
  const alertAt = useConsole((state) => state.alertAt);
  const me = useConsole((state) => state.viewer?.subject);
  const [most, setMost] = useState(pageSize);
  const now = useNow();
  const { open, hidden, closed, kinds } = listAlerts(useAlerts(), filter, { now, me });
  const shown = open.slice(0, most);
  const first = shown[0]?.id;
  const at = shown.some(({ id }) => id === alertAt) ? alertAt : first;
  // The keys stand on something as long as there is something to stand on.
  useEffect(() => {
    if (store.getState().alertAt !== at) store.setState({ alertAt: at });
  }, [store, at]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // A menu of a row stands elsewhere on the page, and its arrows are its own.
    if (!event.currentTarget.contains(event.target as Node)) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(':scope > li[data-alert-id]')];
    const from = rows.findIndex((row) => row.contains(document.activeElement));
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
  };

  return (
    <>
      <AlertFilters kinds={kinds} />
      <div className="drawer-scroll">
        {shown.length === 0 ? (
          <NoAlerts hidden={hidden} />
        ) : (
          <ul id={drawerListId} className="alerts" aria-label={words.alerts.list} onKeyDown={onKeyDown}>
            {shown.map((alert) => (
              <AlertRow key={alert.id} alert={alert} now={now} isAt={alert.id === at} />
            ))}
          </ul>
        )}
        {open.length > shown.length && (
          <Button
            className="alerts-more"
            variant="default"
            size="xs"
            onClick={() => setMost((before) => before + pageSize)}
          >
            {words.alerts.more(open.length - shown.length)}
          </Button>
        )}
        {hidden > 0 && shown.length > 0 && <HiddenNote hidden={hidden} />}
        {closed.length > 0 && (
          <section className="alerts-closed" aria-labelledby="closed-lately">
            <h3 id="closed-lately">{words.alerts.closedLately}</h3>
            <ul className="alerts">
              {closed.map((alert) => (
                <AlertRow key={alert.id} alert={alert} now={now} isAt={false} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </>
  );
}

function NoAlerts({ hidden }: { hidden: number }) {
  return (
    <div className="empty" role="status">
      <IconShieldCheck className="empty-mark" size={36} stroke={1.4} aria-hidden="true" />
      <p className="empty-title">{hidden > 0 ? words.alerts.noneShown : words.alerts.none}</p>
      {hidden > 0 ? <HiddenNote hidden={hidden} /> : <p className="quiet">{words.alerts.noneHint}</p>}
    </div>
  );
}

function HiddenNote({ hidden }: { hidden: number }) {
  const { store } = useParts().console;
  return (
    <p className="alerts-hidden">
      <span>{words.alerts.hidden(hidden)}</span>
      <Button variant="subtle" size="compact-xs" onClick={() => store.setState({ alertFilter: everyAlert })}>
        {words.alerts.showEverything}
      </Button>
    </p>
  );
}
