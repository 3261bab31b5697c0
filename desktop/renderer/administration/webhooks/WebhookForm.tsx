import { Checkbox } from '@mantine/core';
import { type WebhookNews, webhookNews } from '../../../../protocol/webhook.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { FormFrame, TextField } from '../parts/Fields.tsx';
import { given, useForm, without } from '../parts/form.ts';
import { eventWords } from '../words/events.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { webhooksWords } from '../words/webhooks.ts';
import type { WebhookView } from './WebhooksPage.tsx';

export function WebhookForm(props: {
  webhook: WebhookView | undefined;
  close: () => void;
  /** `secret`: of a new one, shown this once */
  done: (made: { id: string; secret?: string }) => void;
}) {
  const { webhook, close, done } = props;
  const { session } = useParts().console;
  const say = spoken(webhooksWords);
  const events = spoken(eventWords);
  const both = spoken(sharedWords);
  const form = useForm({
    thing: webhook,
    from: (of: WebhookView | undefined) => ({
      url: of?.url ?? '',
      id: of?.id ?? '',
      events: (of?.events ?? ['order-delivered', 'order-failed']).join(' '),
    }),
    send: async (values, version) => {
      const chosen = values.events.split(' ').filter(Boolean) as WebhookNews[];
      const fields = { url: values.url.trim(), events: chosen };
      const body = webhook === undefined ? without({ id: given(values.id), ...fields }) : fields;
      const path = webhook === undefined ? '/api/webhooks' : `/api/webhooks/${encodeURIComponent(webhook.id)}`;
      const method = webhook === undefined ? 'POST' : 'PATCH';
      return (await session.write({ method, path, body, version })) as { id: string; secret?: string };
    },
    done,
  });
  const chosen = new Set(form.values.events.split(' ').filter(Boolean));
  const set = (names: Iterable<string>) => form.set('events', [...names].join(' '));
  const error = form.errorOf('events');
  return (
    <Dialog title={webhook === undefined ? say.add : say.edit(webhook.id)} close={close} size="lg">
      <FormFrame form={form} cancel={close} submit={webhook === undefined ? both.add : both.save}>
        <TextField form={form} name="url" label={say.url} hint={say.urlHint} required inputMode="url" autoFocus />
        {webhook === undefined && <TextField form={form} name="id" label={say.id} hint={say.idHint} />}
        <fieldset className="ticks">
          <legend>{say.events}</legend>
          {webhookNews.map((name) => (
            <Checkbox
              key={name}
              size="xs"
              label={events[name] ?? name}
              checked={chosen.has(name)}
              onChange={({ currentTarget }) => {
                if (currentTarget.checked) chosen.add(name);
                else chosen.delete(name);
                set(chosen);
              }}
            />
          ))}
        </fieldset>
        {error !== undefined && (
          <p className="form-problem" role="alert">
            {error}
          </p>
        )}
      </FormFrame>
    </Dialog>
  );
}
