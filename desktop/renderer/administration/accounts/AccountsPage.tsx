import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Account } from '../../../../protocol/account.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { accountsWords } from '../words/accounts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { AccountForm } from './AccountForm.tsx';
import { type Invited, InvitedDialog, KeyDialog } from './InvitedDialog.tsx';

type Doing =
  | { what: 'form'; account?: Account }
  | { what: 'invited'; invited: Invited }
  | { what: 'key'; id: string; key: string }
  | { what: 'remove' | 'disable' | 'sessions' | 'new-key'; account: Account };

export default function AccountsPage() {
  const { session } = useParts().console;
  const say = spoken(accountsWords);
  const both = spoken(sharedWords);
  const own = useConsole((state) => state.viewer?.subject);
  const accounts = useListing<Account>('/api/accounts');
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = (text?: string) => {
    if (text !== undefined) tell(text);
    end();
    accounts.reload();
  };
  const of = (id: string, more = '') => `/api/accounts/${encodeURIComponent(id)}${more}`;
  const enable = ({ id, version }: Account, enabled: boolean) =>
    session.write({ method: 'PATCH', path: of(id), body: { enabled }, version });
  const invite = async (accountId: string) => {
    const invited = await session.write({ method: 'POST', path: '/api/invitations', body: { accountId } });
    accounts.reload();
    setDoing({ what: 'invited', invited: invited as Invited });
  };

  const columns: Column<Account>[] = [
    {
      id: 'name',
      head: say.name,
      cell: ({ id, name, phone }) => (
        <span className="two-lines">
          <span>
            {name} {id === own && <span className="quiet">({say.you})</span>}
          </span>
          <span className="quiet">
            <span className="mono">{id}</span>
            {phone !== undefined && ` · ${phone}`}
          </span>
        </span>
      ),
    },
    { id: 'role', head: say.role, cell: ({ role }) => say.roles[role] },
    {
      id: 'state',
      head: say.state,
      cell: ({ enabled, signIn }) => (
        <span className="pill" data-tone={!enabled ? 'bad' : signIn === 'ready' ? 'good' : 'warn'}>
          {enabled ? say.signIn[signIn] : say.disabled}
        </span>
      ),
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (account) => {
        const isService = account.role === 'INTERNAL_SERVICE';
        return (
          <RowActs
            name={account.name}
            acts={[
              isService
                ? { text: say.newKey, run: () => setDoing({ what: 'new-key', account }) }
                : {
                    text: account.signIn === 'ready' ? say.resetLink : say.invite,
                    run: () => void invite(account.id).catch(tellTrouble),
                  },
              { text: both.edit, run: () => setDoing({ what: 'form', account }) },
              isService ? undefined : { text: say.endSessions, run: () => setDoing({ what: 'sessions', account }) },
              account.enabled
                ? { text: say.disable, danger: true, run: () => setDoing({ what: 'disable', account }) }
                : {
                    text: say.enable,
                    run: () => void enable(account, true).then(() => again(say.isEnabled(account.name)), tellTrouble),
                  },
              { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', account }) },
            ]}
          />
        );
      },
    },
  ];
  return (
    <>
      <PageHead title={both.pages.accounts} lead={say.lead}>
        <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
          {say.add}
        </Button>
      </PageHead>
      <Listed
        listing={accounts}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.accounts}
        empty={{ title: say.emptyTitle, lead: say.emptyLead }}
      />
      {doing?.what === 'form' && (
        <AccountForm
          account={doing.account}
          close={end}
          changed={() => again(both.saved)}
          added={(account) => {
            accounts.reload();
            if (account.key !== undefined) setDoing({ what: 'key', id: account.id, key: account.key });
            else void invite(account.id).catch(tellTrouble);
          }}
        />
      )}
      {doing?.what === 'invited' && <InvitedDialog invited={doing.invited} close={end} />}
      {doing?.what === 'key' && <KeyDialog id={doing.id} secret={doing.key} close={end} />}
      {(doing?.what === 'remove' ||
        doing?.what === 'disable' ||
        doing?.what === 'sessions' ||
        doing?.what === 'new-key') && (
        <Confirm
          title={say.confirm[doing.what].title(doing.account.name)}
          button={say.confirm[doing.what].button}
          close={end}
          act={async () => {
            const { id } = doing.account;
            if (doing.what === 'remove') await session.write({ method: 'DELETE', path: of(id) });
            if (doing.what === 'disable') await enable(doing.account, false);
            if (doing.what === 'sessions') {
              await session.write({ method: 'DELETE', path: `/api/sessions?account=${encodeURIComponent(id)}` });
            }
            if (doing.what !== 'new-key') return again(say.confirm[doing.what].done(doing.account.name));
            const made = (await session.write({ method: 'POST', path: of(id, '/key') })) as { key: string };
            setDoing({ what: 'key', id, key: made.key });
          }}
          done={() => undefined}
        >
          <p>{say.confirm[doing.what].text}</p>
        </Confirm>
      )}
    </>
  );
}
