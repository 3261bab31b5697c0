import type { Event, LogRecord } from '../../protocol/record.ts';
import { mostWebhooks, type Webhook, type WebhookSecret, type webhookEvents } from '../../protocol/webhook.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

export type WebhookEvent = Extract<Event, { type: keyof typeof webhookEvents }>;

/** A subscription, and what its deliveries need to know beside it. Times are UTC ms. */
export interface Subscription {
  webhook: Omit<Webhook, 'version'>;
  /** since when it is active: how long something is tried counts from here at the earliest */
  activeSince: number;
  /** since when it wants what it wants */
  wantsSince: number;
  /** since when what it is sent ends as a dead letter, with nothing taken in between */
  failingSince?: number;
}

/** The subscriptions of one agency. Versions go on counting after a removal. */
export interface WebhookState {
  subscriptions: Map<string, Subscription>;
  /** by subject: `webhook:ID`, `webhook-secret:ID`, `webhook-delivery:ID` */
  counts: Map<string, number>;
}

export function webhookState(): WebhookState {
  return { subscriptions: new Map(), counts: new Map() };
}

/** What the versions of events about a webhook count. */
export const webhookSubjects = {
  of: (id: string): Subject => `webhook:${id}`,
  secret: (id: string): Subject => `webhook-secret:${id}`,
  deliveries: (id: string): Subject => `webhook-delivery:${id}`,
};

export function isWebhookEvent(event: Event): event is WebhookEvent {
  return event.type.startsWith('webhook-');
}

/** The id under which a webhook's secret stands in the topic `accounts`. */
export function webhookKey(id: string): string {
  return `webhook-secret:${id}`;
}

/** The webhook whose secret (or its erasure) a record of the topic `accounts` is; undefined: it is something else. */
export function secretIn(record: LogRecord): { id: string; value: WebhookSecret | null } | undefined {
  if (record.topic !== 'accounts') return undefined;
  const id = /^webhook-secret:(.+)$/.exec(record.id ?? '')?.[1];
  const { value } = record;
  if (id === undefined || (value !== null && value.kind !== 'webhook-secret')) return undefined;
  return { id, value };
}

/**
 * Takes an event into the state (in place), or drops it: the same at every daemon, since it depends on nothing but the
 * events before it. What becomes of the deliveries it tells of is the outbox's to know.
 */
export function applyWebhook(state: WebhookState, event: WebhookEvent): Verdict {
  for (const { subject, version } of event.expects) {
    const present = state.counts.get(subject) ?? 0;
    if (present !== version) return { dropped: `${subject} is at version ${present}, not ${version}` };
  }
  const { id } = event.data;
  const before = state.subscriptions.get(id);
  if (event.type === 'webhook-added') {
    if (before !== undefined) return { dropped: `webhook:${id} exists` };
    if (state.subscriptions.size >= mostWebhooks) return { dropped: `there are ${mostWebhooks} webhooks already` };
  } else if (before === undefined) return { dropped: `webhook:${id} does not exist` };
  const after = subscriptionAfter(before, event);
  if (after === undefined) state.subscriptions.delete(id);
  else state.subscriptions.set(id, after);
  for (const subject of new Set([aboutOf(event), ...event.expects.map((one) => one.subject)])) {
    state.counts.set(subject, (state.counts.get(subject) ?? 0) + 1);
  }
  return 'applied';
}

function aboutOf({ type, data: { id } }: WebhookEvent): Subject {
  if (type === 'webhook-secret-set') return webhookSubjects.secret(id);
  if (type === 'webhook-delivered' || type === 'webhook-replayed') return webhookSubjects.deliveries(id);
  return webhookSubjects.of(id);
}

function subscriptionAfter(before: Subscription | undefined, event: WebhookEvent): Subscription | undefined {
  const { time } = event;
  if (event.type === 'webhook-added') {
    return { webhook: { ...event.data, active: true }, activeSince: time, wantsSince: time };
  }
  if (before === undefined || event.type === 'webhook-removed') return undefined;
  switch (event.type) {
    case 'webhook-changed': {
      const { problem, ...change } = event.data;
      const { problem: _before, ...webhook } = before.webhook;
      const resumed = change.active === true || change.url !== undefined;
      const { failingSince: _since, ...rest } = before;
      return {
        ...(resumed ? { ...rest, activeSince: time } : before),
        webhook: { ...webhook, ...change, ...(problem === undefined ? {} : { problem }) },
        wantsSince: change.events === undefined ? before.wantsSince : time,
      };
    }
    case 'webhook-delivered': {
      const { upTo, told, failed } = event.data;
      const lost = new Set(failed.map(({ key }) => key));
      const took = told.length > 0 || (upTo !== undefined && !lost.has(upTo));
      const { failingSince, ...rest } = before;
      if (took) return rest;
      return failed.length === 0 ? before : { ...rest, failingSince: failingSince ?? time };
    }
    default:
      return before;
  }
}
