import { Button } from '@mantine/core';
import { useZone } from '../../console-context.ts';
import { fullTime } from '../../format.ts';
import { Copyable } from '../parts/Copyable.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { accountsWords } from '../words/accounts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

export interface Invited {
  accountId: string;
  login: string;
  purpose: string;
  until: number;
  url: string;
  /** it went to the telephone too */
  sent: boolean;
}

/** The link by which somebody sets a password: it is shown this once. */
export function InvitedDialog({ invited, close }: { invited: Invited; close: () => void }) {
  const say = spoken(accountsWords);
  const zone = useZone();
  return (
    <Dialog title={say.invited.title(invited.login)} close={close} size="lg">
      <p>{say.invited.text(fullTime(invited.until, zone))}</p>
      <div className="shown-once" data-testid="invitation">
        <Copyable name={say.invited.link} value={invited.url} />
      </div>
      <p className="quiet">{invited.sent ? say.invited.sent : say.invited.notSent}</p>
      <Done close={close} />
    </Dialog>
  );
}

/** A service's key: shown this once. */
export function KeyDialog({ id, secret, close }: { id: string; secret: string; close: () => void }) {
  const say = spoken(accountsWords);
  return (
    <Dialog title={say.key.title(id)} close={close} size="lg">
      <p>{say.key.text}</p>
      <div className="shown-once">
        <Copyable name={say.key.name} value={secret} />
      </div>
      <Done close={close} />
    </Dialog>
  );
}

function Done({ close }: { close: () => void }) {
  return (
    <div className="form-buttons">
      <Button className="primary" onClick={close}>
        {spoken(sharedWords).close}
      </Button>
    </div>
  );
}
