import { CloseButton } from '@mantine/core';
import { IconChecklist } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { useNow, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';
import { drawerListId } from './alert-actions.ts';
import { lastRequest } from './alert-desk.ts';
import { PinRequest } from './PinRequest.tsx';
import { RefusedActRequest } from './RefusedActRequest.tsx';
import type { Request } from './requests.ts';

/** What waits for a dispatcher's word: consumers who move their pin, drivers whose word was not taken. */
export function RequestsPart({ requests }: { requests: readonly Request[] }) {
  const now = useNow();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(':scope > li')];
    const from = rows.findIndex((row) => row.contains(document.activeElement));
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
  };
  return (
    <div className="drawer-scroll">
      <LastRequest />
      {requests.length === 0 ? (
        <div className="empty" role="status">
          <IconChecklist className="empty-mark" size={36} stroke={1.4} aria-hidden="true" />
          <p className="empty-title">{words.requests.none}</p>
          <p className="quiet">{words.requests.noneHint}</p>
        </div>
      ) : (
        <ul id={drawerListId} className="alerts" aria-label={words.requests.list} onKeyDown={onKeyDown}>
          {requests.map((request, i) =>
            request.kind === 'pin' ? (
              <PinRequest key={request.key} request={request} now={now} isFirst={i === 0} />
            ) : (
              <RefusedActRequest key={request.key} request={request} now={now} isFirst={i === 0} />
            ),
          )}
        </ul>
      )}
    </div>
  );
}

function LastRequest() {
  const { alerts } = useParts();
  const said = useStore(alerts.state, (state) => state.said.get(lastRequest));
  if (said === undefined) return null;
  return (
    <p className="alert-said" data-kind={said.kind} role="status">
      <span>{said.text}</span>
      <CloseButton size="xs" aria-label={words.alerts.putAway} onClick={() => alerts.putAway(lastRequest)} />
    </p>
  );
}
