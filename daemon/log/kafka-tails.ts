import type { Logger } from 'pino';
import type { Ends } from './kafka-ends.ts';
import { Follow } from './kafka-follow.ts';
import type { Layout } from './kafka-layout.ts';
import type { Reach } from './kafka-reach.ts';
import type { Reading } from './kafka-reading.ts';
import type { OnGap } from './kafka-resume.ts';
import type { Wire } from './kafka-wire.ts';
import { type LogBatch, LogError } from './log.ts';

export interface TailsDeps {
  reach: Reach;
  logger: Logger;
  onGap: OnGap;
  /** told after a tail was given something, or is no more */
  onGiven: () => void;
}

interface Tail {
  reading: Reading;
  ends: Ends;
  /** it has caught up once: appends wait for it */
  live: boolean;
  end(): Promise<void>;
}

/** Those who follow the log, each with connections of its own: a slow answer to one holds up no other. */
export class Tails {
  readonly #deps: TailsDeps;
  readonly #tails = new Set<Tail>();

  constructor(deps: TailsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#tails.size;
  }

  /** Whether every tail has been given what lies before `end` in a part. */
  isGiven(part: number, end: number): boolean {
    for (const { live, reading } of this.#tails) if (live && (reading.position[part] ?? 0) < end) return false;
    return true;
  }

  /** Records that the tail which is furthest behind has not been given. */
  lag(): number | undefined {
    if (this.#tails.size === 0) return undefined;
    return Math.max(...[...this.#tails].map(({ reading, ends }) => ends.after(reading.position)));
  }

  /**
   * Follows the log; resolves when everything before `target` has been given. Rejects when the log is closed first.
   */
  async follow(to: {
    wire: Wire;
    layout: Layout;
    reading: Reading;
    ends: Ends;
    target: Ends;
    handler: (batch: LogBatch) => void;
  }): Promise<() => void> {
    const { wire, reading, ends, target } = to;
    const caughtUp = Promise.withResolvers<void>();
    const check = () => {
      if (tail.live || !target.isReached(reading.position)) return;
      tail.live = true;
      caughtUp.resolve();
    };
    const follow = new Follow({
      ...this.#deps,
      ...to,
      onEnds: (fetched) => ends.learnFetched(fetched),
      onGiven: () => {
        check();
        this.#deps.onGiven();
      },
    });
    const tail: Tail = {
      reading,
      ends,
      live: false,
      end: async () => {
        if (!this.#tails.delete(tail)) return;
        caughtUp.reject(new LogError('closed', 'the log was closed while it was read'));
        this.#deps.onGiven();
        await Promise.all([wire.close(), follow.stop()]);
      },
    };
    this.#tails.add(tail);
    follow.start();
    check();
    await caughtUp.promise;
    return () => {
      tail.end().catch((err: unknown) => this.#deps.logger.debug({ err }, 'a reader did not end cleanly'));
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#tails].map((tail) => tail.end()));
  }
}
