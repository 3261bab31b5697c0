import { Button } from '@mantine/core';
import { Copyable } from '../parts/Copyable.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { webhooksWords } from '../words/webhooks.ts';

/** What signs the deliveries: shown this once. */
export function SecretDialog({ id, secret, close }: { id: string; secret: string; close: () => void }) {
  const say = spoken(webhooksWords);
  return (
    <Dialog title={say.secretTitle(id)} close={close} size="lg">
      <p>{say.secretText}</p>
      <div className="shown-once">
        <Copyable name={say.secret} value={secret} />
      </div>
      <p className="quiet mono">x-vantrail-signature: v1=HEX(HMAC-SHA256(secret, timestamp &quot;.&quot; body))</p>
      <div className="form-buttons">
        <Button className="primary" onClick={close}>
          {spoken(sharedWords).close}
        </Button>
      </div>
    </Dialog>
  );
}
