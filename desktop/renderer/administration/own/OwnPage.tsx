import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConsole, useNow, useParts, useZone } from '../../console-context.ts';
import { ago, fullTime } from '../../format.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { FormFrame, TextField } from '../parts/Fields.tsx';
import { useForm } from '../parts/form.ts';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { accountsWords } from '../words/accounts.ts';
import { ownWords } from '../words/own.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { clientName } from './client-name.ts';

interface OwnSession {
  id: string;
  createdAt: number;
  lastUsedAt: number;
  expiresAt: number;
  client: string;
  current: boolean;
}

/** Where one is signed in, and the own password. */
export default function OwnPage() {
  const { console } = useParts();
  const say = spoken(ownWords);
  const both = spoken(sharedWords);
  const viewer = useConsole((state) => state.viewer);
  const zone = useZone();
  const now = useNow();
  const sessions = useListing<OwnSession>('/api/sessions');
  const [ending, setEnding] = useState<OwnSession | 'all'>();
  const roles = spoken(accountsWords).roles as Record<string, string>;
  const hasAccount = console.session.signedIn();

  const columns: Column<OwnSession>[] = [
    {
      id: 'client',
      head: say.where,
      cell: ({ client, current }) => (
        <span title={client}>
          {clientName(client) ?? client} {current && <span className="pill">{say.here}</span>}
        </span>
      ),
    },
    { id: 'since', head: say.since, cell: ({ createdAt }) => fullTime(createdAt, zone) },
    { id: 'used', head: say.used, cell: ({ lastUsedAt }) => ago(lastUsedAt, now) },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (session) => (
        <RowActs
          name={clientName(session.client) ?? session.client}
          acts={[{ text: say.end, danger: true, run: () => setEnding(session) }]}
        />
      ),
    },
  ];
  const leaves = ending === 'all' || ending?.current === true;
  return (
    <>
      <PageHead
        title={both.pages.me}
        lead={viewer === undefined ? '' : say.lead(viewer.subject, roles[viewer.role] ?? viewer.role)}
      >
        {(sessions.items?.length ?? 0) > 0 && (
          <Button variant="default" onClick={() => setEnding('all')}>
            {say.endAll}
          </Button>
        )}
      </PageHead>
      <section className="section">
        <h3>{say.sessions}</h3>
        <p className="quiet">{say.sessionsLead}</p>
        <Listed
          listing={sessions}
          columns={columns}
          keyOf={({ id }) => id}
          label={say.sessions}
          empty={{ title: say.noSessions, lead: say.noSessionsLead }}
        />
      </section>
      {hasAccount && <PasswordSection />}
      {ending !== undefined && (
        <Confirm
          title={ending === 'all' ? say.endAllTitle : say.endTitle(clientName(ending.client) ?? ending.client)}
          button={ending === 'all' ? say.endAll : say.end}
          close={() => setEnding(undefined)}
          act={() =>
            console.session.write({
              method: 'DELETE',
              path: ending === 'all' ? '/api/sessions' : `/api/sessions/${ending.id}`,
            })
          }
          done={() => {
            if (leaves) window.location.reload();
            setEnding(undefined);
            tell(say.ended);
            sessions.reload();
          }}
        >
          <p>{leaves ? say.leaves : say.endText}</p>
        </Confirm>
      )}
    </>
  );
}

function PasswordSection() {
  const { console, desk } = useParts();
  const say = spoken(ownWords);
  const form = useForm({
    from: () => ({ current: '', password: '', again: '' }),
    send: async ({ current, password, again }) => {
      if (password !== again) throw new Error(say.differ);
      // The app keeps its own session; a page of it gets no cookie.
      const refresh = desk === undefined ? 'cookie' : 'body';
      return console.session.write({ method: 'PUT', path: '/api/me/password', body: { current, password, refresh } });
    },
    // All sessions ended with the old password; this one goes on by the cookie that came with the answer.
    done: () => window.location.reload(),
  });
  return (
    <section className="section">
      <h3>{say.password}</h3>
      <p className="quiet">{say.passwordLead}</p>
      <FormFrame form={form} submit={say.setPassword} label={say.password}>
        <div className="field-pair three">
          <TextField form={form} name="current" label={say.current} type="password" autoComplete="current-password" />
          <TextField form={form} name="password" label={say.fresh} type="password" autoComplete="new-password" />
          <TextField form={form} name="again" label={say.again} type="password" autoComplete="new-password" />
        </div>
      </FormFrame>
    </section>
  );
}
