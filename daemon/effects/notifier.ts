import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { recordNotified } from '../domain/decide-notified.ts';
import type { Service } from '../lifecycle.ts';
import type { Commands } from '../project/commands.ts';
import { type Delivery, NotDelivered, type Notice, type Notify } from './notify.ts';
import { type Language, textOf } from './templates.ts';

/** Waits before the second, third … try, ms; a fifth of each is left to chance. */
const waits = [1000, 4000, 16_000, 60_000, 240_000] as const;
/** Messages on their way at a time, and those that may wait for their turn. */
const atOnce = 8;
const mostWaiting = 10_000;
/** Under which name it stands in the record. */
const actor = 'daemon:messages';

interface Contact {
  phone: string;
  language: Language;
  /** the agency's name */
  agencyName: string;
}

export interface NotifierDeps {
  notify: Notify;
  commands: Pick<Commands, 'execute'>;
  notices: { told(agency: string, key: string): boolean };
  /** where somebody is reached now, and for whom; undefined: there is no such person, or no telephone */
  contactOf: (agency: string, to: Notice['to']) => Contact | undefined;
  logger: Pick<Logger, 'warn'>;
  /** 0 … 1 */
  random?: () => number;
  /** resolves after that many ms */
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Sends messages, each once: what is on record is not said again, a failed try is repeated with the same idempotency
 * key, and the end of it goes on record as `notified`. A daemon that ends after the provider took a message and before
 * that was on record says it once more; the key lets the provider notice.
 */
export class Notifier implements Service {
  readonly name = 'messages';
  /** since the start; for metrics */
  readonly counts = { sent: 0, failed: 0 };
  readonly #deps: NotifierDeps;
  readonly #waiting: Notice[] = [];
  /** `agency/key` of those that wait or are on their way */
  readonly #known = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #stopped = new AbortController();

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#stopped = new AbortController();
    this.#next();
  }

  /** Leaves what was not taken yet: what an event asked for is found again after the start. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#waiting.length = 0;
    await this.idle();
    this.#known.clear();
  }

  /**
   * Takes a message, to be sent in its turn; one that is on record or known is taken as done. Rejects when too many wait
   * already.
   */
  async send(notice: Notice): Promise<void> {
    const key = `${notice.agency}/${notice.key}`;
    if (this.#known.has(key) || this.#deps.notices.told(notice.agency, notice.key)) return;
    if (this.#waiting.length >= mostWaiting) throw new Error(`${mostWaiting} messages wait already`);
    this.#known.add(key);
    this.#waiting.push(notice);
    this.#next();
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < atOnce && !this.#stopped.signal.aborted) {
      const notice = this.#waiting.shift();
      if (notice === undefined) return;
      const sending = this.#send(notice)
        .catch((error: unknown) => {
          if (!this.#stopped.signal.aborted) this.#deps.logger.warn({ err: error, key: notice.key }, 'not on record');
        })
        .finally(() => {
          this.#running.delete(sending);
          this.#known.delete(`${notice.agency}/${notice.key}`);
          this.#next();
        });
      this.#running.add(sending);
    }
  }

  async #send(notice: Notice): Promise<void> {
    const { agency, key, to, template } = notice;
    const { contactOf, notify, commands, notices, logger } = this.#deps;
    const contact = contactOf(agency, to);
    const wrong = contact === undefined ? 'no telephone is known' : await this.#deliver(deliveryOf(notice, contact));
    this.counts[wrong === undefined ? 'sent' : 'failed']++;
    if (wrong !== undefined) logger.warn({ agency, key, template, reason: wrong }, 'a message was not delivered');
    const outcome = wrong === undefined ? { outcome: 'sent' as const } : { outcome: 'failed' as const, detail: wrong };
    const fields = { key, template, to, via: notify.via, ...outcome };
    const result = await commands.execute(recordNotified(notices, agency, fields), { actor });
    if (!result.ok && result.kind !== 'exists') throw new Error(result.detail);
  }

  /** Why it was not taken in the end; undefined: it was. */
  async #deliver(message: Delivery): Promise<string | undefined> {
    const { notify, random = Math.random, pause = (ms, signal) => setTimeout(ms, undefined, { signal }) } = this.#deps;
    const { signal } = this.#stopped;
    for (let attempt = 0; ; attempt++) {
      try {
        await notify.deliver(message, signal);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        const wait = waits[attempt];
        const final = error instanceof NotDelivered && !error.again;
        if (final || wait === undefined) return (error as Error).message.slice(0, 200);
        const asked = error instanceof NotDelivered ? Math.min(error.after, waits[4]) : 0;
        await pause(Math.max(asked, wait * (0.9 + 0.2 * random())), signal);
      }
    }
  }
}

function deliveryOf(notice: Notice, { phone, language, agencyName }: Contact): Delivery {
  const { key, agency, template, values } = notice;
  // Template and values belong together by the type of Notice; taken apart here, the compiler loses sight of it.
  const text = textOf(language, template, values as never, agencyName);
  return { key, agency, phone, language, template, values, text };
}
