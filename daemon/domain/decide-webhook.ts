import type { LogRecord } from '../../protocol/record.ts';
import { why, whyAt } from '../../protocol/refusal-text.ts';
import { mostRecorded, mostWebhooks, type Webhook, type WebhookChange } from '../../protocol/webhook.ts';
import { type Context, type Decide, eventRecord, isRefusal, type Refusal, refuse, staleness } from './decision.ts';
import type { Subject } from './subject.ts';
import { webhookKey, webhookSubjects } from './webhook.ts';
import { whyNotUrl } from './webhook-address.ts';
import type { WebhooksView } from './webhook-view.ts';

/** Seals a secret so that it can stand in the log; `number`: the version it belongs to. */
export type Seal = (webhookId: string, number: number) => string;

/** What decisions about webhooks need beside the state. */
export interface WebhookTerms {
  /** addresses inside the operator's network are allowed */
  inside: boolean;
  seal: Seal;
}

/** A new subscription: it is sent what happens from now on. */
export function addWebhook(
  webhooks: WebhooksView,
  agency: string,
  command: Pick<Webhook, 'url' | 'events'> & { id?: string },
  { inside, seal }: WebhookTerms,
): Decide<Webhook> {
  return (_view, context) => {
    const { id = context.newId(), url, events } = command;
    const present = webhooks.webhook(agency, id);
    if (present !== undefined) return refuse('exists', why('webhook-exists', { id }), present);
    if ([...webhooks.webhooks(agency)].length >= mostWebhooks) {
      return refuse('invalid', why('webhooks-many', { most: mostWebhooks }));
    }
    const wrong = whyNotUrl(url, inside);
    if (wrong !== undefined) return refuse('invalid', whyAt('url', why('webhook-address', { message: wrong })));
    // The secret's version goes up with it, so that one left over from an earlier webhook of this id counts no more.
    const expects = asNow(webhooks, agency, webhookSubjects.of(id), webhookSubjects.secret(id));
    const record = eventRecord(agency, 'webhook-added', { id, url, events }, expects, context);
    if (isRefusal(record)) return record;
    const version = webhooks.count(agency, webhookSubjects.of(id)) + 1;
    const value = { id, url, events, active: true, version };
    return { ok: true, records: [record], afterwards: [secret(webhooks, agency, id, seal)], value };
  };
}

/** What is not named stays as it is. Another address, or `active`, begins anew with what waits. */
export function changeWebhook(
  webhooks: WebhooksView,
  agency: string,
  id: string,
  change: WebhookChange,
  { inside }: Pick<WebhookTerms, 'inside'>,
): Decide<Webhook> {
  return onWebhook(webhooks, agency, id, (webhook, context) => {
    const wrong = change.url === undefined ? undefined : whyNotUrl(change.url, inside);
    if (wrong !== undefined) return refuse('invalid', whyAt('url', why('webhook-address', { message: wrong })));
    const { problem: _why, ...rest } = webhook;
    const next = { ...rest, ...change };
    if (JSON.stringify(next) === JSON.stringify(webhook)) return { ok: true, records: [], value: webhook };
    const expects = asNow(webhooks, agency, webhookSubjects.of(id));
    const record = eventRecord(agency, 'webhook-changed', { id, ...change }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...next, version: webhook.version + 1 } };
  });
}

/** What waits for it and its dead letters go with it. */
export function removeWebhook(webhooks: WebhooksView, agency: string, id: string): Decide<null> {
  return onWebhook(webhooks, agency, id, (_webhook, context) => {
    const expects = asNow(webhooks, agency, webhookSubjects.of(id), webhookSubjects.secret(id));
    const record = eventRecord(agency, 'webhook-removed', { id }, expects, context);
    if (isRefusal(record)) return record;
    const gone: LogRecord = { topic: 'accounts', agency, id: webhookKey(id), value: null };
    return { ok: true, records: [record], afterwards: [gone], value: null };
  });
}

/** Another secret, from now on. */
export function setWebhookSecret(webhooks: WebhooksView, agency: string, id: string, seal: Seal): Decide<Webhook> {
  return onWebhook(webhooks, agency, id, (webhook, context) => {
    const expects = asNow(webhooks, agency, webhookSubjects.secret(id));
    const record = eventRecord(agency, 'webhook-secret-set', { id }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], afterwards: [secret(webhooks, agency, id, seal)], value: webhook };
  });
}

/** The daemon gives up on it until somebody has looked. */
export function pauseWebhook(webhooks: WebhooksView, agency: string, id: string, problem: string): Decide<Webhook> {
  return onWebhook(webhooks, agency, id, (webhook, context) => {
    if (!webhook.active) return { ok: true, records: [], value: webhook };
    const expects = asNow(webhooks, agency, webhookSubjects.of(id));
    const record = eventRecord(agency, 'webhook-changed', { id, active: false, problem }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { ...webhook, active: false, problem, version: webhook.version + 1 } };
  });
}

/** What was taken and what is given up, since the last record. */
export interface Delivered {
  upTo?: string;
  told: string[];
  failed: { key: string; why: string }[];
}

/** Puts on record how far deliveries have come, so that another daemon goes on from there. */
export function recordDelivered(webhooks: WebhooksView, agency: string, id: string, done: Delivered): Decide<null> {
  return onWebhook(webhooks, agency, id, (_webhook, context) => {
    const expects = asNow(webhooks, agency, webhookSubjects.deliveries(id));
    const record = eventRecord(agency, 'webhook-delivered', { id, ...done }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: null };
  });
}

/** Dead letters are tried once more, after what waits; without keys all of them. Answers how many. */
export function replayWebhook(
  webhooks: WebhooksView,
  agency: string,
  id: string,
  keys: readonly string[] = [],
): Decide<{ replayed: number }> {
  return onWebhook(webhooks, agency, id, (_webhook, context) => {
    const failed = new Set(Array.from(webhooks.failures(agency, id), ({ key }) => key));
    const wanted = [...new Set(keys)];
    if (wanted.length > mostRecorded)
      return refuse('invalid', whyAt('keys', why('webhook-keys', { most: mostRecorded })));
    const unknown = wanted.findIndex((key) => !failed.has(key));
    if (unknown >= 0) return refuse('invalid', whyAt(`keys.${unknown}`, why('webhook-key')));
    if (failed.size === 0) return { ok: true, records: [], value: { replayed: 0 } };
    const expects = asNow(webhooks, agency, webhookSubjects.deliveries(id));
    const record = eventRecord(agency, 'webhook-replayed', { id, keys: wanted }, expects, context);
    if (isRefusal(record)) return record;
    return { ok: true, records: [record], value: { replayed: wanted.length === 0 ? failed.size : wanted.length } };
  });
}

function onWebhook<T>(
  webhooks: WebhooksView,
  agency: string,
  id: string,
  decide: (webhook: Webhook, context: Context) => ReturnType<Decide<T>>,
): Decide<T> {
  return (_view, context) => {
    const webhook = webhooks.webhook(agency, id);
    if (webhook === undefined) return refuse('missing', `webhook ${id} does not exist`);
    const stale: Refusal | undefined = staleness(webhook, `webhook ${id}`, context);
    return stale ?? decide(webhook, context);
  };
}

/** The secret after the event that is being decided, sealed. */
function secret(webhooks: WebhooksView, agency: string, id: string, seal: Seal): LogRecord {
  const number = webhooks.count(agency, webhookSubjects.secret(id)) + 1;
  const value = { kind: 'webhook-secret', webhookId: id, sealed: seal(id, number), number } as const;
  return { topic: 'accounts', agency, id: webhookKey(id), value };
}

function asNow(webhooks: WebhooksView, agency: string, ...subjects: Subject[]) {
  return subjects.map((subject) => ({ subject, version: webhooks.count(agency, subject) }));
}
