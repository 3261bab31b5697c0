import type { Webhook, WebhookNews } from '../../protocol/webhook.ts';
import type { Subscription } from './webhook.ts';

/** Something that is to be posted to one webhook. */
export interface OutboxItem {
  /** its place in the line: larger is later */
  seq: number;
  /** idempotency key */
  key: string;
  type: WebhookNews;
  /** when it happened, UTC ms */
  time: number;
  /** the JSON text that is sent */
  body: string;
  /** not from the log: other daemons find it out by themselves, perhaps at another place in the line */
  derived: boolean;
}

/** A dead letter: what a webhook did not take. */
export interface OutboxFailure extends OutboxItem {
  /** UTC ms */
  failedAt: number;
  why: string;
}

/** Subscriptions and what waits for them, as everyone reads them. Each call names an agency. */
export interface WebhooksView {
  webhook(agency: string, id: string): Webhook | undefined;
  webhooks(agency: string): Iterable<Webhook>;
  subscription(agency: string, id: string): Subscription | undefined;
  /** of `webhook:ID`, `webhook-secret:ID`, `webhook-delivery:ID`; 0: it never was */
  count(agency: string, subject: string): number;
  /** its secret, as it is kept, and the number it was sealed with; undefined: it has none that counts */
  sealed(agency: string, id: string): { sealed: string; number: number } | undefined;
  /** what waits, first first; to be left before anything else is asked */
  waiting(agency: string, id: string): Iterable<OutboxItem>;
  /** its dead letters, oldest first */
  failures(agency: string, id: string): Iterable<OutboxFailure>;
  /** how many of both */
  sizes(agency: string, id: string): { waiting: number; failed: number };
}
