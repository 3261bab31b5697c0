import { type Static, Type } from 'typebox';
import { orderEvents } from './order.ts';
import { Id } from './registry.ts';
import { zoneEvents } from './zone.ts';

/**
 * Webhooks: an agency's events, posted to a program of the agency's own. A subscription names an address and what is to
 * be sent there; each event is sent at least once, in order, signed, with its id as idempotency key.
 *
 *   POST url
 *   idempotency-key: KEY                 the same at every try and after a replay
 *   x-vantrail-timestamp: UTC seconds    refuse what is older than a few minutes
 *   x-vantrail-signature: v1=HEX         HMAC-SHA256(secret, timestamp "." body)
 *
 *   {"id": KEY, "type": "order-delivered", "time": UTC ms, "agency": "pune", "webhook": "erp", "data": {…}}
 *
 * Any 2xx is "taken". `data` is as in the log: ids and no personal fields.
 */
const alertNews = ['alert-opened', 'alert-closed'] as const;
export const webhookNews = [
  ...(Object.keys(orderEvents) as (keyof typeof orderEvents)[]),
  ...(Object.keys(zoneEvents) as (keyof typeof zoneEvents)[]),
  ...alertNews,
] as const;
export const WebhookNews = Type.Enum([...webhookNews]);
/** What may be subscribed to: events of the log, and alerts, which are derived from it. */
export type WebhookNews = (typeof webhookNews)[number];

export const WebhookUrl = Type.String({
  minLength: 10,
  maxLength: 500,
  pattern: '^https?://[^\\s]+$',
  description: 'without a user name, password or anything else that is secret: the signature shows who is calling',
});
export const WantedNews = Type.Array(WebhookNews, { minItems: 1, maxItems: webhookNews.length, uniqueItems: true });

export const Webhook = Type.Object(
  {
    id: Id,
    url: WebhookUrl,
    events: WantedNews,
    active: Type.Boolean({ description: 'false: it is paused; what happens meanwhile waits' }),
    problem: Type.Optional(
      Type.String({ maxLength: 300, description: 'why it was paused, if the daemon did that by itself' }),
    ),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Webhook' },
);
export type Webhook = Static<typeof Webhook>;

/** What an administrator changes of one. */
export const WebhookChange = Type.Object(
  { url: Type.Optional(WebhookUrl), events: Type.Optional(WantedNews), active: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
export type WebhookChange = Static<typeof WebhookChange>;

/** Subscriptions of one agency at most. */
export const mostWebhooks = 20;
/** Deliveries that one record of them tells at most; so many may come a second time after a crash. */
export const mostRecorded = 100;

/** The id of an event, or `ALERT:opened`, `ALERT:closed`. */
export const NewsKey = Type.String({ minLength: 1, maxLength: 220, description: 'idempotency key' });
const Why = Type.String({ maxLength: 200, description: 'of a dead letter: what its last try came to' });

/** The fields of the events; `record.ts` puts the envelope around them. */
export const webhookEvents = {
  'webhook-added': { id: Id, url: WebhookUrl, events: WantedNews },
  'webhook-changed': {
    id: Id,
    ...WebhookChange.properties,
    problem: Type.Optional(Type.String({ maxLength: 300, description: 'why the daemon has paused it' })),
  },
  'webhook-removed': { id: Id },
  'webhook-secret-set': { id: Id },
  'webhook-delivered': {
    id: Id,
    upTo: Type.Optional({
      ...NewsKey,
      description: 'all events of the log that waited up to this one were taken, but for those in `failed`',
    }),
    told: Type.Array(NewsKey, { maxItems: mostRecorded, description: 'alerts that were taken' }),
    failed: Type.Array(Type.Object({ key: NewsKey, why: Why }, { additionalProperties: false }), {
      maxItems: mostRecorded,
      description: 'are not tried any more; they can be replayed',
    }),
  },
  'webhook-replayed': {
    id: Id,
    keys: Type.Array(NewsKey, { maxItems: mostRecorded, description: 'empty: all that failed' }),
  },
} as const;

/**
 * What signs the deliveries of a webhook, sealed with a key of the server (AES-256-GCM): it has to be used, so a hash
 * would not do. Topic `accounts`, under `webhook-secret:ID`; null: the webhook is gone.
 */
export const WebhookSecret = Type.Object(
  {
    kind: Type.Literal('webhook-secret'),
    webhookId: Id,
    sealed: Type.String({ maxLength: 400, description: 'base64url of nonce (12 bytes), cipher text, tag (16 bytes)' }),
    number: Type.Integer({
      minimum: 1,
      description: 'version of `webhook-secret:ID` after the event it belongs to; another one counts no more',
    }),
  },
  { additionalProperties: false, $id: 'WebhookSecret' },
);
export type WebhookSecret = Static<typeof WebhookSecret>;
