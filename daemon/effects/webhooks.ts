import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { WebhooksView } from '../domain/webhook-view.ts';
import type { Service } from '../lifecycle.ts';
import type { Commands } from '../project/commands.ts';
import type { DerivedNews } from '../project/webhooks.ts';
import { type LineDeps, type Trouble, WebhookLine } from './webhook-line.ts';
import type { Post } from './webhook-post.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

/** Deliveries under way at a time, over all webhooks: receivers that hang hold each of them for ten seconds. */
const atOnce = 32;

/** Where what is derived comes from: alerts. */
export interface NewsSource {
  /** what there is to tell of the time since `since` (UTC ms); told twice does no harm */
  recent(since: number): Iterable<{ agency: string; news: DerivedNews }>;
  onNews(listener: (agency: string, news: DerivedNews) => void): () => void;
}

export interface WebhooksDeps {
  webhooks: WebhooksView & {
    all(): Iterable<{ agency: string; id: string }>;
    onDue(listener: (agency: string, id: string) => void): () => void;
    tell(agency: string, news: DerivedNews): void;
  };
  commands: Pick<Commands, 'execute'>;
  post: Post;
  secrets: Pick<WebhookSecrets, 'open'>;
  /** absent: nothing but the events of the log is told */
  news?: NewsSource;
  /** which agencies this daemon acts for, where there are several daemons; absent: for all */
  duties?: { holds(agency: string): boolean; onChange(listener: () => void): () => void } | undefined;
  logger: Pick<Logger, 'warn'>;
  /** UTC ms */
  now?: () => number;
  random?: LineDeps['random'];
  pause?: LineDeps['pause'];
}

/** How far back what is derived is asked for at the start, ms: as long as it is tried. */
const recentFor = 86_400_000;

/**
 * Posts to webhooks what waits for them. To be started after the projections have caught up: a rebuild sends nothing.
 * What was taken is put on record ten seconds later at most, or after a hundred, so that whichever daemon acts next goes
 * on from there; a daemon that ends without having done so leaves that much to be sent twice, under the same keys.
 */
export class WebhookSender implements Service {
  readonly name = 'webhooks';
  readonly #deps: WebhooksDeps;
  readonly #lines = new Map<string, WebhookLine>();
  #endings: (() => void)[] = [];
  #running = false;
  /** turns that are free, and who waits for one */
  #free = atOnce;
  readonly #waiting: (() => void)[] = [];

  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { webhooks, duties, news, now = Date.now } = this.#deps;
    this.#running = true;
    this.#endings = [
      webhooks.onDue((agency, id) => this.#poke(agency, id)),
      // What another daemon left undone when it ended.
      duties?.onChange(() => this.#pokeAll()) ?? (() => {}),
      news?.onNews((agency, one) => webhooks.tell(agency, one)) ?? (() => {}),
    ];
    for (const { agency, news: one } of news?.recent(now() - recentFor) ?? []) webhooks.tell(agency, one);
    this.#pokeAll();
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const end of this.#endings.splice(0)) end();
    await Promise.all(Array.from(this.#lines.values(), (line) => line.stop()));
    this.#lines.clear();
  }

  /** Why a webhook takes nothing at present; undefined: it does, or this daemon does not send to it. */
  trouble(agency: string, id: string): Trouble | undefined {
    return this.#lines.get(`${agency}/${id}`)?.trouble;
  }

  /** For metrics: webhooks that take nothing at present, and what was taken since the start. */
  counts(): { failing: number; taken: number } {
    const lines = [...this.#lines.values()];
    return {
      failing: lines.filter(({ trouble }) => trouble !== undefined).length,
      taken: lines.reduce((sum, line) => sum + line.taken, 0),
    };
  }

  #pokeAll(): void {
    for (const { agency, id } of [...this.#deps.webhooks.all()]) this.#poke(agency, id);
  }

  #poke(agency: string, id: string): void {
    if (!this.#running) return;
    const key = `${agency}/${id}`;
    let line = this.#lines.get(key);
    if (this.#deps.webhooks.subscription(agency, id) === undefined) {
      this.#lines.delete(key);
      void line?.stop();
      return;
    }
    if (line === undefined) {
      line = new WebhookLine(this.#lineDeps(), agency, id);
      this.#lines.set(key, line);
    }
    line.poke();
  }

  #lineDeps(): LineDeps {
    const { webhooks, commands, post, secrets, duties, logger, now = Date.now, random = Math.random } = this.#deps;
    return {
      ...{ webhooks, commands, post, logger, now, random },
      pause: this.#deps.pause ?? pauseFor,
      holds: (agency) => duties?.holds(agency) !== false,
      secretOf: (agency, id) => {
        const kept = webhooks.sealed(agency, id);
        return kept && secrets.open(kept.sealed, agency, id, kept.number);
      },
      inTurn: (work) => this.#inTurn(work),
    };
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  // Called off is as good as over.
  await setTimeout(ms, undefined, { signal, ref: false }).catch(() => {});
}
