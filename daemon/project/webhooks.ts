import type { Database } from 'better-sqlite3';
import type { Event, LogRecord } from '../../protocol/record.ts';
import { type Webhook, type WebhookNews, type WebhookSecret, webhookNews } from '../../protocol/webhook.ts';
import type { Verdict } from '../domain/registry.ts';
import {
  applyWebhook,
  isWebhookEvent,
  type Subscription,
  secretIn,
  type WebhookEvent,
  type WebhookState,
  webhookState,
  webhookSubjects,
} from '../domain/webhook.ts';
import type { OutboxFailure, OutboxItem, WebhooksView } from '../domain/webhook-view.ts';
import type { Cursor } from '../log/log.ts';
import { newsFor, Outbox } from './outbox.ts';
import { OutboxTable } from './outbox-table.ts';
import type { Projection } from './projection.ts';
import type { Verdicts } from './verdicts.ts';
import { WebhooksTable } from './webhooks-table.ts';

/** What webhooks are told of and no event of the log says. */
export interface DerivedNews {
  key: string;
  type: WebhookNews;
  /** UTC ms */
  time: number;
  data: object;
}

interface AgencyWebhooks {
  state: WebhookState;
  secrets: Map<string, WebhookSecret>;
  outboxes: Map<string, Outbox>;
}

/** How often it is looked through for what need not be kept any more, ms. */
const forgetEvery = 600_000;
/** Derived news is in the file after this, ms. */
const saveWithin = 1000;
const wanted: ReadonlySet<string> = new Set(webhookNews);

/**
 * The webhooks of all agencies, and what waits for each. It sends nothing: `daemon/effects/webhooks.ts` does, and only
 * once the log has been read to its end; what was sent is in the log, so that a rebuild sends nothing again. It comes
 * after the projections that own the events it tells of, and passes over those that were dropped.
 */
export class WebhooksProjection implements Projection, WebhooksView {
  readonly name = 'webhooks';
  readonly version = 1;
  readonly topics = ['events', 'accounts'] as const;
  readonly #verdicts: Pick<Verdicts, 'take' | 'dropped'>;
  readonly #now: () => number;
  readonly #agencies = new Map<string, AgencyWebhooks>();
  readonly #listeners = new Set<(agency: string, id: string) => void>();
  /** `[agency, id]` of those whose document is not saved */
  #dirty = new Map<string, [agency: string, id: string]>();
  #removed: [agency: string, id: string][] = [];
  #saving = false;
  /** since when derived news waits to be saved, UTC ms */
  #toldAt: number | undefined;
  #forgotAt = 0;

  /** `now`: UTC ms */
  constructor(deps: { verdicts: Pick<Verdicts, 'take' | 'dropped'>; now?: () => number }) {
    this.#verdicts = deps.verdicts;
    this.#now = deps.now ?? Date.now;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#dirty = new Map();
    this.#removed = [];
    new WebhooksTable(db).load((agency) => this.#of(agency));
    new OutboxTable(db).load((agency, id) => this.#outbox(agency, id));
  }

  reset(db: Database): void {
    WebhooksTable.drop(db);
    OutboxTable.drop(db);
  }

  apply(record: LogRecord): void {
    const { agency } = record;
    const secret = secretIn(record);
    if (secret !== undefined) this.#keepSecret(agency, secret.id, secret.value);
    if (record.topic !== 'events') return;
    const event = record.value;
    if (isWebhookEvent(event)) this.#subscribed(agency, event);
    else if (wanted.has(event.type)) this.#happened(agency, event);
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const now = this.#now();
    const forgets = now - this.#forgotAt >= forgetEvery;
    if (forgets) this.#forgotAt = now;
    const table = new WebhooksTable(db);
    for (const [agency, id] of this.#dirty.values()) {
      const { state, secrets } = this.#of(agency);
      const subscription = state.subscriptions.get(id);
      const secret = secrets.get(id);
      table.put(agency, id, {
        ...(subscription === undefined ? {} : { subscription }),
        ...(secret === undefined ? {} : { secret }),
        counts: Object.values(webhookSubjects).map((subject) => [subject(id), this.count(agency, subject(id))]),
      });
    }
    const outboxes = new OutboxTable(db);
    for (const [agency, id] of this.#removed) outboxes.erase(agency, id);
    for (const [agency, { outboxes: own }] of this.#agencies) {
      for (const [id, outbox] of own) {
        if (forgets) outbox.forget(now);
        outboxes.save(agency, id, outbox);
      }
    }
    this.#saving = true;
    return cursor;
  }

  saved(): void {
    // Nothing is applied between save and saved: both run in one turn of the event loop.
    if (!this.#saving) return;
    this.#saving = false;
    this.#dirty = new Map();
    this.#removed = [];
    this.#toldAt = undefined;
    for (const { outboxes } of this.#agencies.values()) for (const outbox of outboxes.values()) outbox.dirty.clear();
  }

  /** Derived news is not in the log, so no new record makes the projector save. */
  wantsSave(): boolean {
    return this.#toldAt !== undefined && this.#now() - this.#toldAt >= saveWithin;
  }

  /** Puts what was derived in line wherever it is wanted. What was told before, or is too old, is passed over. */
  tell(agency: string, { key, type, time, data }: DerivedNews): void {
    const now = this.#now();
    if (time < now - newsFor) return;
    for (const { webhook, wantsSince } of this.#agencies.get(agency)?.state.subscriptions.values() ?? []) {
      if (!webhook.events.includes(type) || time < wantsSince) continue;
      const body = bodyOf(agency, webhook.id, { key, type, time, data });
      if (this.#outbox(agency, webhook.id).add({ key, type, time, body, derived: true }, now)) {
        this.#toldAt ??= now;
        this.#due(agency, webhook.id);
      }
    }
  }

  /** Calls `listener` when there may be something to do for a webhook; returns an unsubscribe. */
  onDue(listener: (agency: string, id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The webhooks of all agencies. */
  *all(): Generator<{ agency: string; id: string }> {
    for (const [agency, { state }] of this.#agencies) {
      for (const id of state.subscriptions.keys()) yield { agency, id };
    }
  }

  webhook(agency: string, id: string): Webhook | undefined {
    const webhook = this.subscription(agency, id)?.webhook;
    return webhook === undefined ? undefined : { ...webhook, version: this.count(agency, webhookSubjects.of(id)) };
  }

  *webhooks(agency: string): Generator<Webhook> {
    for (const id of this.#agencies.get(agency)?.state.subscriptions.keys() ?? []) {
      const webhook = this.webhook(agency, id);
      if (webhook !== undefined) yield webhook;
    }
  }

  subscription(agency: string, id: string): Subscription | undefined {
    return this.#agencies.get(agency)?.state.subscriptions.get(id);
  }

  count(agency: string, subject: string): number {
    return this.#agencies.get(agency)?.state.counts.get(subject) ?? 0;
  }

  sealed(agency: string, id: string): { sealed: string; number: number } | undefined {
    const secret = this.#agencies.get(agency)?.secrets.get(id);
    return secret?.number === this.count(agency, webhookSubjects.secret(id)) ? secret : undefined;
  }

  waiting(agency: string, id: string): Iterable<OutboxItem> {
    return this.#agencies.get(agency)?.outboxes.get(id)?.waiting.values() ?? [];
  }

  failures(agency: string, id: string): Iterable<OutboxFailure> {
    return this.#agencies.get(agency)?.outboxes.get(id)?.failed.values() ?? [];
  }

  sizes(agency: string, id: string): { waiting: number; failed: number } {
    const outbox = this.#agencies.get(agency)?.outboxes.get(id);
    return { waiting: outbox?.waiting.size ?? 0, failed: outbox?.failed.size ?? 0 };
  }

  #subscribed(agency: string, event: WebhookEvent): void {
    let verdict: Verdict = { dropped: 'it cannot be read' };
    try {
      const agencyWebhooks = this.#of(agency);
      verdict = applyWebhook(agencyWebhooks.state, event);
      if (verdict !== 'applied') return;
      const { id } = event.data;
      this.#dirty.set(`${agency}/${id}`, [agency, id]);
      if (event.type === 'webhook-removed') {
        agencyWebhooks.outboxes.delete(id);
        agencyWebhooks.secrets.delete(id);
        this.#removed.push([agency, id]);
      } else if (event.type === 'webhook-delivered') this.#outbox(agency, id).taken(event.data, event.time);
      else if (event.type === 'webhook-replayed') this.#outbox(agency, id).replay(event.data.keys);
      this.#due(agency, id);
    } finally {
      this.#verdicts.take(agency, event, verdict);
    }
  }

  #happened(agency: string, event: Event): void {
    const { subscriptions } = this.#agencies.get(agency)?.state ?? {};
    if (subscriptions === undefined) return;
    const type = event.type as WebhookNews;
    for (const { webhook } of subscriptions.values()) {
      if (!webhook.events.includes(type)) continue;
      if (this.#verdicts.dropped(agency, event.id)) return;
      const { id: key, time, data } = event;
      const body = bodyOf(agency, webhook.id, { key, type, time, data });
      if (this.#outbox(agency, webhook.id).add({ key, type, time, body, derived: false }, time)) {
        this.#due(agency, webhook.id);
      }
    }
  }

  #keepSecret(agency: string, id: string, value: WebhookSecret | null): void {
    const { secrets } = this.#of(agency);
    if (value === null) secrets.delete(id);
    else secrets.set(id, value);
    this.#dirty.set(`${agency}/${id}`, [agency, id]);
    this.#due(agency, id);
  }

  #due(agency: string, id: string): void {
    for (const listener of this.#listeners) listener(agency, id);
  }

  #of(agency: string): AgencyWebhooks {
    let own = this.#agencies.get(agency);
    if (own === undefined) {
      own = { state: webhookState(), secrets: new Map(), outboxes: new Map() };
      this.#agencies.set(agency, own);
    }
    return own;
  }

  #outbox(agency: string, id: string): Outbox {
    const { outboxes } = this.#of(agency);
    let outbox = outboxes.get(id);
    if (outbox === undefined) {
      outbox = new Outbox();
      outboxes.set(id, outbox);
    }
    return outbox;
  }
}

function bodyOf(agency: string, webhook: string, { key: id, type, time, data }: DerivedNews): string {
  return JSON.stringify({ id, type, time, agency, webhook, data });
}
