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
  /** whether this daemon is the one that acts for an agency (Kafka: by a consumer group; embedded: always) */
  mine?: (agency: string) => boolean;
  logger: Pick<Logger, 'warn'>;
}

/**
 * What the daemon does in the world because of events. To be started after the projections have caught up: a rebuild
 * says nothing, and what a crash cut off is said then.
 */
export class Effects implements Service {
  readonly name = 'effects';
  readonly #deps: EffectsDeps;
  readonly #acting = new Set<Promise<unknown>>();
  #unsubscribe: () => void = () => {};

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { notices } = this.#deps;
    this.#unsubscribe = notices.onDue((due) => this.#act(due));
    for (const due of notices.due()) this.#act(due);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    await Promise.all(this.#acting);
  }

  #act({ agency, event }: Due): void {
    const { act, mine = () => true, logger } = this.#deps;
    if (!mine(agency)) return;
    // In a turn of its own: the projections are still taking the event in.
    const acting = Promise.resolve()
      .then(() => act(agency, event))
      .catch((error: unknown) => logger.warn({ err: error, agency, event: event.id }, 'an effect failed'))
      .finally(() => this.#acting.delete(acting));
    this.#acting.add(acting);
  }
}
