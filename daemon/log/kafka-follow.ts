import type { Logger } from 'pino';
import type { Layout } from './kafka-layout.ts';
import { pauseAfter, type Reach } from './kafka-reach.ts';
import type { Reading } from './kafka-reading.ts';
import { type OnGap, resumeAtOldest } from './kafka-resume.ts';
import { type Fetched, type Wire, wireErrorOf } from './kafka-wire.ts';
import type { LogBatch } from './log.ts';

export interface FollowDeps {
  wire: Wire;
  layout: Layout;
  reading: Reading;
  reach: Reach;
  logger: Logger;
  handler: (batch: LogBatch) => void;
  /** told the ends that came with an answer, before the handler gets what it brought */
  onEnds: (fetched: readonly Fetched[]) => void;
  /** told after the handler has been given something */
  onGiven: () => void;
  onGap: OnGap;
}

/** ms between two looks at who leads what; a broker that is silent but connected is noticed so */
const lookEvery = 1000;
/** ms an answer may wait for something new */
const longPoll = 500;

/**
 * Reading without an end, and without a group: one loop per broker asks it for all parts it leads, each from our own
 * place. A group's coordinator would be one more thing to wait for when a broker dies, and it hands out again what was
 * not committed. What a broker answers late, after its parts have gone to another one, is dropped by its offsets.
 */
export class Follow {
  readonly #deps: FollowDeps;
  readonly #nodes = new Set<number>();
  readonly #parts: readonly number[];
  readonly #running: Promise<void>[] = [];
  #leaders: (number | undefined)[] = [];
  #stopped = false;
  #wake: () => void = () => {};

  constructor(deps: FollowDeps) {
    this.#deps = deps;
    this.#parts = deps.layout.parts.map((_, part) => part);
  }

  start(): void {
    this.#running.push(this.#look());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await Promise.all(this.#running);
  }

  /** Keeps the leaders known and a loop running for each. */
  async #look(): Promise<void> {
    const { wire, reach } = this.#deps;
    for (let failures = 0; !this.#stopped; ) {
      try {
        this.#leaders = await wire.leaders();
        failures = 0;
        reach.answered();
        for (const node of new Set(this.#leaders)) if (node !== undefined) this.#ensureLoop(node);
        await this.#sleep(lookEvery);
      } catch (error) {
        reach.failed(wireErrorOf(error));
        await this.#sleep(pauseAfter(failures++));
      }
    }
  }

  #ensureLoop(node: number): void {
    if (this.#nodes.has(node) || this.#stopped) return;
    this.#nodes.add(node);
    const loop = this.#loop(node).finally(() => {
      this.#nodes.delete(node);
      this.#running.splice(this.#running.indexOf(loop), 1);
    });
    this.#running.push(loop);
  }

  async #loop(node: number): Promise<void> {
    const { wire, reach, reading } = this.#deps;
    for (let failures = 0; !this.#stopped; ) {
      const wanted = reading.wanted(this.#parts.filter((part) => this.#leaders[part] === node));
      if (wanted.length === 0) return;
      try {
        const { fetched, error } = await wire.fetch(node, wanted, longPoll);
        reach.answered();
        if (!this.#stopped) this.#give(fetched);
        if (error !== undefined) throw error;
        failures = 0;
      } catch (caught) {
        const error = wireErrorOf(caught);
        reach.failed(error);
        if (error.kind === 'range') {
          await resumeAtOldest(this.#deps, this.#parts, error).catch((failed: unknown) =>
            reach.failed(wireErrorOf(failed)),
          );
        } else this.#wake();
        await new Promise((resolve) => setTimeout(resolve, pauseAfter(failures++)));
      }
    }
  }

  #give(fetched: readonly Fetched[]): void {
    const { reading, handler, logger, onEnds, onGiven } = this.#deps;
    onEnds(fetched);
    const batch = reading.take(fetched);
    if (batch === undefined) return;
    try {
      handler(batch);
    } catch (err) {
      logger.error({ err }, 'a reader of the log failed on a batch; the log goes on');
    }
    onGiven();
  }

  /** Until the time is over, or somebody wants the leaders looked at. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }
}
