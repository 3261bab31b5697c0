import { Button } from '@mantine/core';
import { useState } from 'react';
import { useNow, useParts, useZone } from '../../console-context.ts';
import { timeSince } from '../../format.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { useListing } from '../parts/reading.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { eventWords } from '../words/events.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { webhooksWords } from '../words/webhooks.ts';
import type { WebhookView } from './WebhooksPage.tsx';

interface Failure {
  key: string;
  type: string;
  time: number;
  failedAt: number;
  why: string;
  /** the JSON that was sent */
  body: string;
}

/** What was not taken there in a day of trying, and trying that again. */
export function FailuresDialog({ webhook, close }: { webhook: WebhookView; close: () => void }) {
  const { session } = useParts().console;
  const say = spoken(webhooksWords);
  const both = spoken(sharedWords);
  const events = spoken(eventWords);
  const zone = useZone();
  const now = useNow();
  const path = `/api/webhooks/${encodeURIComponent(webhook.id)}`;
  const failures = useListing<Failure>(`${path}/failures`);
  const [open, setOpen] = useState<string>();
  const replay = (keys?: string[]) =>
    void session
      .write({ method: 'POST', path: `${path}/replay`, body: keys === undefined ? {} : { keys } })
      .then((answer) => {
        tell(say.replayed((answer as { replayed: number }).replayed));
        failures.reload();
      }, tellTrouble);
  const columns: Column<Failure>[] = [
    { id: 'type', head: say.event, cell: ({ type }) => events[type] ?? type },
    { id: 'time', head: say.happened, cell: ({ time }) => timeSince(time, now, zone) },
    {
      id: 'why',
      head: say.why,
      cell: ({ why }) => (
        <span className="clip" title={why}>
          {why}
        </span>
      ),
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: ({ key, type }) => (
        <div className="row-acts">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={open === key}
            onClick={() => setOpen(open === key ? undefined : key)}
          >
            {say.body}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${say.replay}: ${events[type] ?? type}`}
            onClick={() => replay([key])}
          >
            {say.replay}
          </Button>
        </div>
      ),
    },
  ];
  const shown = failures.items?.find(({ key }) => key === open);
  return (
    <Dialog title={say.failuresTitle(webhook.id)} close={close} size="xl">
      <Listed
        listing={failures}
        columns={columns}
        keyOf={({ key }) => key}
        label={say.failures}
        empty={{ title: say.noFailures }}
      />
      {shown !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by the keyboard too
        <pre className="bytes" tabIndex={0}>
          {laidOut(shown.body)}
        </pre>
      )}
      <div className="form-buttons">
        <Button variant="default" onClick={close}>
          {both.close}
        </Button>
        {(failures.items?.length ?? 0) > 0 && (
          <Button className="primary" onClick={() => replay()}>
            {say.replayAll}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function laidOut(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
