import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Webhook } from '../../../../protocol/webhook.ts';
import { useNow, useParts } from '../../console-context.ts';
import { ago, count } from '../../format.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { webhooksWords } from '../words/webhooks.ts';
import { FailuresDialog } from './FailuresDialog.tsx';
import { SecretDialog } from './SecretDialog.tsx';
import { WebhookForm } from './WebhookForm.tsx';

export interface WebhookView extends Webhook {
  waiting: number;
  failed: number;
  trouble?: { since: number; tries: number; why: string; nextTry: number };
}

type Doing =
  | { what: 'form'; webhook?: WebhookView }
  | { what: 'secret'; id: string; secret: string }
  | { what: 'failures' | 'remove' | 'new-secret'; webhook: WebhookView };

export default function WebhooksPage() {
  const { session } = useParts().console;
  const say = spoken(webhooksWords);
  const both = spoken(sharedWords);
  const now = useNow();
  const webhooks = useListing<WebhookView>('/api/webhooks');
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    webhooks.reload();
  };
  const of = (id: string, more = '') => `/api/webhooks/${encodeURIComponent(id)}${more}`;
  const setActive = ({ id, version }: WebhookView, active: boolean) =>
    session.write({ method: 'PATCH', path: of(id), body: { active }, version }).then(() => {
      tell(active ? say.resumed : say.paused);
      webhooks.reload();
    }, tellTrouble);

  const columns: Column<WebhookView>[] = [
    {
      id: 'url',
      head: say.url,
      cell: ({ id, url }) => (
        <span className="two-lines">
          <span className="clip" title={url}>
            {url}
          </span>
          <span className="quiet mono">{id}</span>
        </span>
      ),
    },
    { id: 'events', head: say.events, cell: ({ events }) => say.eventCount(events.length) },
    {
      id: 'state',
      head: say.state,
      cell: ({ active, problem, trouble }) => (
        <span className="two-lines">
          <span>
            <span className="pill" data-tone={!active ? 'warn' : trouble === undefined ? 'good' : 'bad'}>
              {!active ? say.isPaused : trouble === undefined ? say.isActive : say.isTroubled}
            </span>
          </span>
          {problem !== undefined && <span className="quiet">{problem}</span>}
          {trouble !== undefined && (
            <span className="quiet">{say.troubleOf(trouble.why, ago(trouble.since, now), trouble.tries)}</span>
          )}
        </span>
      ),
    },
    {
      id: 'counts',
      head: say.deliveries,
      cell: ({ waiting, failed }) => (
        <span className={failed > 0 ? 'warn-word' : ''}>{say.countsOf(count(waiting), count(failed))}</span>
      ),
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (webhook) => (
        <RowActs
          name={webhook.id}
          acts={[
            webhook.failed > 0 ? { text: say.failures, run: () => setDoing({ what: 'failures', webhook }) } : undefined,
            { text: both.edit, run: () => setDoing({ what: 'form', webhook }) },
            webhook.active
              ? { text: say.pause, run: () => void setActive(webhook, false) }
              : { text: say.resume, run: () => void setActive(webhook, true) },
            { text: say.newSecret, run: () => setDoing({ what: 'new-secret', webhook }) },
            { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', webhook }) },
          ]}
        />
      ),
    },
  ];
  const add = (
    <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
      {say.add}
    </Button>
  );
  return (
    <>
      <PageHead title={both.pages.webhooks} lead={say.lead}>
        {add}
      </PageHead>
      <Listed
        listing={webhooks}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.webhooks}
        empty={{ title: say.emptyTitle, lead: say.emptyLead }}
      />
      {doing?.what === 'form' && (
        <WebhookForm
          webhook={doing.webhook}
          close={end}
          done={(made) => {
            webhooks.reload();
            if (made.secret === undefined) end();
            else setDoing({ what: 'secret', id: made.id, secret: made.secret });
          }}
        />
      )}
      {doing?.what === 'secret' && <SecretDialog id={doing.id} secret={doing.secret} close={end} />}
      {doing?.what === 'failures' && <FailuresDialog webhook={doing.webhook} close={again} />}
      {doing?.what === 'new-secret' && (
        <Confirm
          title={say.newSecretTitle(doing.webhook.id)}
          button={say.newSecret}
          close={end}
          act={async () => {
            const { id } = doing.webhook;
            const made = (await session.write({ method: 'POST', path: of(id, '/secret') })) as { secret: string };
            setDoing({ what: 'secret', id, secret: made.secret });
          }}
          done={() => undefined}
        >
          <p>{say.newSecretText}</p>
        </Confirm>
      )}
      {doing?.what === 'remove' && (
        <Confirm
          title={say.removeTitle(doing.webhook.id)}
          button={both.remove}
          close={end}
          act={() => session.write({ method: 'DELETE', path: of(doing.webhook.id) })}
          done={() => {
            tell(both.removed(doing.webhook.id));
            again();
          }}
        >
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}
