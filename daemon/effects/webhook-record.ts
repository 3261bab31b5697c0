import type { Logger } from 'pino';
import { mostRecorded } from '../../protocol/webhook.ts';
import { type Delivered, recordDelivered } from '../domain/decide-webhook.ts';
import type { WebhooksView } from '../domain/webhook-view.ts';
import type { Commands } from '../project/commands.ts';

/** Under which name it stands in the log. */
export const actor = 'daemon:webhooks';
/** What was taken is put on record after this at the latest, ms. */
const recordWithin = 10_000;

export interface WebhookRecordDeps {
  webhooks: WebhooksView;
  commands: Pick<Commands, 'execute'>;
  logger: Pick<Logger, 'warn'>;
  /** resolves after that many ms, or at once when it is called off */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * What one webhook took, or what was given up, and is not on record yet. It goes on record together: ten seconds after
 * the first of it, or a hundred at a time.
 */
export class WebhookRecord {
  readonly #deps: WebhookRecordDeps;
  readonly #agency: string;
  readonly #id: string;
  /** by key, in line order; with `why`: given up */
  readonly #done = new Map<string, { derived: boolean; why?: string }>();
  #soon: AbortController | undefined;
  #writing: Promise<boolean> | undefined;
  #stopped = false;

  constructor(deps: WebhookRecordDeps, agency: string, id: string) {
    this.#deps = deps;
    this.#agency = agency;
    this.#id = id;
  }

  has(key: string): boolean {
    return this.#done.has(key);
  }

  /** So much is not on record that a crash would repeat too much of it. */
  get full(): boolean {
    return this.#done.size >= mostRecorded;
  }

  add(key: string, what: { derived: boolean; why?: string }): void {
    this.#done.set(key, what);
    this.#remindMe();
  }

  /** Puts everything on record that is not yet; false: it could not be. */
  async putDown(): Promise<boolean> {
    while (this.#done.size > 0) {
      this.#writing ??= this.#write()
        .catch((error: unknown) => {
          const { logger } = this.#deps;
          logger.warn({ err: error, agency: this.#agency, webhook: this.#id }, 'deliveries are not on record');
          return false;
        })
        .finally(() => {
          this.#writing = undefined;
        });
      if (!(await this.#writing)) return false;
    }
    return true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#soon?.abort();
    await this.putDown();
  }

  #remindMe(): void {
    if (this.#soon !== undefined || this.#stopped) return;
    const soon = new AbortController();
    this.#soon = soon;
    void this.#deps.pause(recordWithin, soon.signal).then(async () => {
      if (soon.signal.aborted) return;
      this.#soon = undefined;
      await this.putDown();
      if (this.#done.size > 0) this.#remindMe();
    });
  }

  async #write(): Promise<boolean> {
    const { commands, webhooks } = this.#deps;
    const done = [...this.#done].slice(0, mostRecorded);
    const delivered: Delivered = { told: [], failed: [] };
    for (const [key, { derived, why }] of done) {
      if (why !== undefined) delivered.failed.push({ key, why });
      else if (derived) delivered.told.push(key);
      if (!derived) delivered.upTo = key;
    }
    const result = await commands.execute(recordDelivered(webhooks, this.#agency, this.#id, delivered), { actor });
    // One that was removed meanwhile has nothing on record any more.
    if (!result.ok && result.kind !== 'missing') throw new Error(result.detail);
    for (const [key] of done) this.#done.delete(key);
    return true;
  }
}
