import type { Logger } from 'pino';
import type { LogRecord } from '../../protocol/record.ts';
import type { Service } from '../lifecycle.ts';
import type { Log } from '../log/log.ts';

const every = 10 * 60_000;
/** records erased in one append */
const atOnce = 1000;

/**
 * Erases what is over (sessions, links, what a crash left of removed accounts) from the log, now and then. Several
 * daemons do the same work; erasing twice is harmless.
 */
export class Sweep implements Service {
  readonly name = 'sweep of accounts';
  readonly #deps: {
    log: Pick<Log, 'append'>;
    leftovers: (now: number) => LogRecord[];
    logger: Pick<Logger, 'warn'>;
    /** UTC ms */
    now: () => number;
  };
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: {
    log: Pick<Log, 'append'>;
    leftovers: (now: number) => LogRecord[];
    logger: Pick<Logger, 'warn'>;
    now: () => number;
  }) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.run();
    this.#timer = setInterval(() => this.run(), every);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Appends the erasures that are due; what does not fit comes with the next one. */
  run(): void {
    const due = this.#deps.leftovers(this.#deps.now()).slice(0, atOnce);
    if (due.length === 0) return;
    this.#deps.log.append(due, (error) => {
      if (error !== undefined) this.#deps.logger.warn({ err: error }, 'nothing was swept; it is tried again');
    });
  }
}
