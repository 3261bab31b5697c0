import type { Logger } from 'pino';
import { pauseWebhook } from '../domain/decide-webhook.ts';
import type { OutboxItem, WebhooksView } from '../domain/webhook-view.ts';
import type { Commands } from '../project/commands.ts';
import { NotTaken, type Post } from './webhook-post.ts';
import { actor, WebhookRecord } from './webhook-record.ts';
import { signedHeaders } from './webhook-signature.ts';

/** Waits before the second, third … try, ms; the last one goes on. A tenth more or less is left to chance. */
const waits = [1000, 4000, 16_000, 60_000, 240_000, 900_000, 1_800_000] as const;
/** How long something is tried, ms, from when it happened or the webhook became active. */
const triedFor = 86_400_000;
/** A webhook that has taken nothing for this long since its first dead letter is paused, ms. */
const endureFor = 86_400_000;
/** Answers that are about this one message; others would be taken. */
const aboutMessage: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const triesOfMessage = 5;
/** The receiver says that it is gone for good. */
const gone = 410;
/** How long it waits when what was taken cannot be put on record, ms. */
const logPatience = 10_000;
/** A delivery that is under way when the daemon stops may take this long, ms. */
const patienceAtStop = 3000;
export interface LineDeps {
  webhooks: WebhooksView;
  commands: Pick<Commands, 'execute'>;
  post: Post;
  /** the secret that signs; undefined: it has none, or this server cannot open it */
  secretOf: (agency: string, id: string) => string | undefined;
  /** whether this daemon acts for the agency */
  holds: (agency: string) => boolean;
  /** runs some work in its turn */
  inTurn: (work: () => Promise<void>) => Promise<void>;
  logger: Pick<Logger, 'warn'>;
  /** UTC ms */
  now: () => number;
  /** 0 … 1 */
  random: () => number;
  /** resolves after that many ms, or at once when it is called off */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Why a webhook takes nothing at present, as this daemon knows. */
export interface Trouble {
  /** UTC ms, of the first try that failed since one was taken */
  since: number;
  tries: number;
  why: string;
  /** UTC ms */
  nextTry: number;
}

/** The deliveries to one webhook: one at a time, in line order, each until it is taken or given up. */
export class WebhookLine {
  readonly #deps: LineDeps;
  readonly #agency: string;
  readonly #id: string;
  readonly #record: WebhookRecord;
  readonly #stopped = new AbortController();
  readonly #cut = new AbortController();
  #wake = new AbortController();
  #poked = false;
  #work: Promise<void> | undefined;
  #trouble: Trouble | undefined;
  /** tries of the first in line that were answered as `aboutMessage` */
  #refusals: { key: string; tries: number } | undefined;
  /** what it was tried with last: another address or secret is tried at once */
  #triedWith = '';
  taken = 0;

  constructor(deps: LineDeps, agency: string, id: string) {
    this.#deps = deps;
    this.#agency = agency;
    this.#id = id;
    this.#record = new WebhookRecord(deps, agency, id);
  }

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** There may be something to do. */
  poke(): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#triedWith !== '' && this.#triedWith !== this.#means()) this.#wake.abort();
    this.#poked = true;
    this.#work ??= this.#run();
  }

  /** Lets what is under way end, and puts on record what was taken. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake.abort();
    const cut = setTimeout(() => this.#cut.abort(), patienceAtStop);
    await this.#work;
    clearTimeout(cut);
    await this.#record.stop();
  }

  async #run(): Promise<void> {
    // In a turn of its own: the projections are still taking something in.
    await null;
    while (this.#poked && !this.#stopped.signal.aborted) {
      this.#poked = false;
      await this.#deliver();
    }
    this.#work = undefined;
  }

  async #deliver(): Promise<void> {
    const { webhooks, holds, now } = this.#deps;
    for (;;) {
      const subscription = webhooks.subscription(this.#agency, this.#id);
      if (this.#stopped.signal.aborted || subscription?.webhook.active !== true) return;
      if (!holds(this.#agency)) {
        // Another daemon has begun where the record ends.
        await this.#record.putDown();
        return;
      }
      const item = this.#first();
      if (item === undefined) return;
      if (this.#record.full) {
        if (!(await this.#record.putDown())) await this.#pause(logPatience);
        continue;
      }
      const over = now() >= Math.max(item.time, subscription.activeSince) + triedFor;
      const wait = (this.#trouble?.nextTry ?? 0) - now();
      if (wait > 0 && this.#triedWith === this.#means()) {
        // What has had its time does not wait for another try that fails.
        if (over) this.#end(item, this.#trouble?.why ?? '');
        else await this.#pause(wait);
        continue;
      }
      await this.#try(item, subscription.webhook.url, over);
    }
  }

  async #try(item: OutboxItem, url: string, over: boolean): Promise<void> {
    const { post, secretOf, inTurn, now } = this.#deps;
    this.#triedWith = this.#means();
    const secret = secretOf(this.#agency, this.#id);
    try {
      if (secret === undefined) throw new NotTaken('it has no secret that this server knows: make a new one');
      const { key, body, derived } = item;
      const headers = signedHeaders({ secret, key, body, now: now() });
      await inTurn(() => post(url, headers, body, this.#cut.signal));
      this.#trouble = undefined;
      this.taken++;
      this.#record.add(key, { derived });
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      await this.#failed(item, error instanceof NotTaken ? error : new NotTaken((error as Error).message), over);
    }
  }

  async #failed(item: OutboxItem, { message, status = 0, after }: NotTaken, over: boolean): Promise<void> {
    const { now, random, logger } = this.#deps;
    const { since = now(), tries = 0 } = this.#trouble ?? {};
    const wait = waits[Math.min(tries, waits.length - 1)] ?? waits[0];
    const nextTry = now() + Math.max(after, Math.round(wait * (0.9 + 0.2 * random())));
    this.#trouble = { since, tries: tries + 1, why: message, nextTry };
    if (tries === 0)
      logger.warn({ agency: this.#agency, webhook: this.#id, reason: message }, 'a webhook takes nothing');
    if (status === gone) return this.#giveUp('it answered 410: it is gone for good');
    if (aboutMessage.has(status)) {
      const tried = (this.#refusals?.key === item.key ? this.#refusals.tries : 0) + 1;
      this.#refusals = { key: item.key, tries: tried };
      if (tried >= triesOfMessage) {
        this.#trouble = undefined;
        return this.#end(item, `${message}, ${tried} times`);
      }
    }
    if (over) this.#end(item, message);
    const { failingSince = Number.POSITIVE_INFINITY } = this.#deps.webhooks.subscription(this.#agency, this.#id) ?? {};
    if (now() - failingSince >= endureFor) {
      await this.#giveUp(`nothing was taken since ${new Date(failingSince - triedFor).toISOString()}: ${message}`);
    }
  }

  async #giveUp(problem: string): Promise<void> {
    const { commands, webhooks, logger } = this.#deps;
    // Dead letters of before belong before the pause.
    await this.#record.putDown();
    await commands
      .execute(pauseWebhook(webhooks, this.#agency, this.#id, problem.slice(0, 300)), { actor })
      .catch((error: unknown) => {
        logger.warn({ err: error, agency: this.#agency, webhook: this.#id }, 'a webhook could not be paused');
      });
  }

  #first(): OutboxItem | undefined {
    for (const item of this.#deps.webhooks.waiting(this.#agency, this.#id)) {
      if (!this.#record.has(item.key)) return item;
    }
    return undefined;
  }

  /** Given up: becomes a dead letter. */
  #end({ key, derived }: OutboxItem, why: string): void {
    this.#record.add(key, { derived, why: why.slice(0, 200) });
  }

  async #pause(ms: number): Promise<void> {
    this.#wake = new AbortController();
    if (!this.#stopped.signal.aborted) await this.#deps.pause(ms, this.#wake.signal);
  }

  /** With what it is tried: where to, since when, and under which secret. */
  #means(): string {
    const { webhooks } = this.#deps;
    const { webhook, activeSince } = webhooks.subscription(this.#agency, this.#id) ?? {};
    return `${activeSince} ${webhooks.sealed(this.#agency, this.#id)?.sealed} ${webhook?.url}`;
  }
}
