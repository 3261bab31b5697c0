import type { Logger } from 'pino';
import type { Event } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import type { Due } from '../project/notices.ts';

export interface EffectsDeps {
  notices: { due(): Due[]; onDue(listener: (due: Due) => void): () => void };
  /**
   * Tells whoever is to be told about an event, as things are now. It looks the state up, so an event that lost its
   * race, or that something else has overtaken, says nothing.
   */
  act: (agency: string, event: Event) => Promise<unknown>;
  /** which agencies this daemon acts for, where there are several daemons; absent: for all */
  duties?: { holds(agency: string): boolean; onChange(listener: () => void): () => void } | undefined;
  logger: Pick<Logger, 'warn'>;
}

/** Events remembered as acted upon before those that are on record are forgotten. */
const mostActed = 10_000;

/**
 * What the daemon does in the world because of events. To be started after the projections have caught up: a rebuild
 * says nothing, and what a crash cut off is said then.
 */
export class Effects implements Service {
  readonly name = 'effects';
  readonly #deps: EffectsDeps;
  readonly #acting = new Set<Promise<unknown>>();
  /** ids of the events it has acted upon, of which nothing is on record yet */
  readonly #acted = new Set<string>();
  #unsubscribe: () => void = () => {};

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { notices, duties } = this.#deps;
    const listening = [
      notices.onDue((due) => this.#act(due)),
      // What another daemon left undone when it ended.
      duties?.onChange(() => this.#actAll()),
    ];
    this.#unsubscribe = () => {
      for (const end of listening) end?.();
    };
    this.#actAll();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    await Promise.all(this.#acting);
    this.#acted.clear();
  }

  #actAll(): void {
    for (const one of this.#deps.notices.due()) this.#act(one);
  }

  #act({ agency, event }: Due): void {
    const { act, duties, logger } = this.#deps;
    if (this.#acted.has(event.id) || duties?.holds(agency) === false) return;
    this.#acted.add(event.id);
    // In a turn of its own: the projections are still taking the event in.
    const acting = Promise.resolve()
      .then(() => act(agency, event))
      .catch((error: unknown) => {
        this.#acted.delete(event.id);
        logger.warn({ err: error, agency, event: event.id }, 'an effect failed');
      })
      .finally(() => this.#acting.delete(acting));
    this.#acting.add(acting);
    if (this.#acted.size > mostActed) this.#forget();
  }

  #forget(): void {
    const still = new Set(this.#deps.notices.due().map(({ event }) => event.id));
    for (const id of this.#acted) if (!still.has(id)) this.#acted.delete(id);
  }
}
