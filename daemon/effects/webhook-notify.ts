import { type Delivery, NotDelivered, type Notify } from './notify.ts';
import { signedHeaders } from './webhook-signature.ts';

/** An answer must come within this, ms. */
const patience = 10_000;

export interface WebhookDeps {
  /** where messages are posted to */
  url: string;
  /** shared with the receiver; at least 16 characters */
  secret: string;
  fetch?: typeof fetch;
  /** UTC ms */
  now?: () => number;
}

/**
 * Posts each message as JSON to one address, which gives it to an SMS provider, signed as `webhook-signature.ts` says.
 * Any 2xx is "taken". 408, 425, 429 and 5xx are tried again, all else is final.
 */
export function webhookNotify({ url, secret, fetch: call = fetch, now = Date.now }: WebhookDeps): Notify {
  if (secret.length < 16) throw new RangeError('the secret of the webhook must have at least 16 characters');
  return {
    via: 'webhook',
    async deliver(message, signal) {
      const body = JSON.stringify(bodyOf(message));
      let answer: Response;
      try {
        answer = await call(url, {
          method: 'POST',
          headers: signedHeaders({ secret, key: message.key, body, now: now() }),
          body,
          // The signed text is for this address and no other.
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
        });
      } catch (error) {
        const { cause } = error as Error;
        const why = cause instanceof Error ? cause.message : (error as Error).message;
        throw new NotDelivered(`the webhook cannot be reached: ${why}`, { again: true });
      }
      // Nothing in the answer matters; unread it would hold its connection.
      await answer.body?.cancel();
      if (answer.ok) return;
      const again = [408, 425, 429].includes(answer.status) || answer.status >= 500;
      const after = Number(answer.headers.get('retry-after') ?? 0) * 1000;
      throw new NotDelivered(`the webhook answered ${answer.status}`, {
        again,
        after: Number.isFinite(after) ? after : 0,
      });
    },
  };
}

function bodyOf({ key, agency, phone, language, template, values, text }: Delivery) {
  return { key, agency, to: { phone }, language, template, values, text };
}
