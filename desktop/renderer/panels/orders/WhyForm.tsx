import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { useParts } from '../../console-context.ts';
import { words } from '../../words.ts';

interface WhyFormProps {
  kind: 'fail' | 'cancel';
  ids: readonly string[];
  close: () => void;
}

/** Why an order failed or is cancelled. Neither can be taken back, so neither is done by one key alone. */
export function WhyForm({ kind, ids, close }: WhyFormProps) {
  const { changes } = useParts().console;
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    if (kind === 'fail') void changes.fail(ids, reason.trim());
    else void changes.cancel(ids, reason.trim() === '' ? undefined : reason.trim());
  };
  return (
    <form className="dialog-form" onSubmit={submit}>
      {kind === 'cancel' && <p className="warn-line">{words.why.cancelNote}</p>}
      <TextInput
        ref={field}
        data-autofocus
        label={words.why.reason}
        description={words.why.reasonHint}
        required={kind === 'fail'}
        minLength={3}
        maxLength={200}
        value={reason}
        autoComplete="off"
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {kind === 'fail' && (
        <div className="usual">
          {words.why.usual.map((each) => (
            <Button key={each} size="compact-xs" variant="default" onClick={() => setReason(each)}>
              {each}
            </Button>
          ))}
        </div>
      )}
      <div className="dialog-buttons">
        <Button variant="default" onClick={close}>
          {words.why.keep}
        </Button>
        <Button type="submit" className="danger-button">
          {words.why[kind]}
        </Button>
      </div>
    </form>
  );
}
