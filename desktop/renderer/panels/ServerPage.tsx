import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Desk } from '../desk.ts';
import { words } from '../words.ts';
import { Page, Problem, useSending } from './SignInPage.tsx';

/** In the desktop app, before anything else: where the agency's server is. */
export function ServerPage({ desk, leave }: { desk: Desk; leave: (() => void) | undefined }) {
  const [address, setAddress] = useState(desk.state.server ?? '');
  // The app loads every window anew once the server has answered.
  const sending = useSending(() => desk.ask('server.set', { address: address.trim() }));
  return (
    <Page title={words.server.title} lead={words.server.lead}>
      <form onSubmit={sending.submit}>
        <TextInput
          label={words.server.address}
          placeholder={words.server.example}
          autoComplete="url"
          spellCheck={false}
          required
          autoFocus
          value={address}
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
        />
        <Problem text={sending.problem} />
        <Button type="submit" loading={sending.busy}>
          {words.server.enter}
        </Button>
        {leave !== undefined && (
          <Button variant="subtle" onClick={leave}>
            {words.server.leave}
          </Button>
        )}
      </form>
    </Page>
  );
}
