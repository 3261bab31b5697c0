import { randomUUID } from 'node:crypto';
import type { LogRecord } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import type { Context, Decide, Refusal } from '../domain/decision.ts';
import { refuse } from '../domain/decision.ts';
import type { Verdict } from '../domain/registry.ts';
import type { Subject } from '../domain/subject.ts';
import type { Log } from '../log/log.ts';
import { type Course, courseOf, holds } from './course.ts';
import type { RegistryProjection } from './registry.ts';
import { Unanswered } from './unanswered.ts';
import type { RequestState } from './verdicts.ts';

/** How often a command is decided again after it lost a race against another daemon. */
const attempts = 3;
/** How long the answer to a command waits for the log, ms. */
const usualVerdictTimeout = 5000;
/** Commands that may wait for the log at once: each keeps its records in memory. */
const mostUndecided = 10_000;

export interface Accepted<T> {
  ok: true;
  value: T;
}

export interface CommandsDeps {
  log: Pick<Log, 'append'>;
  registry: RegistryProjection;
  /** UTC ms */
  now: () => number;
  newId?: () => string;
  verdictTimeoutMs?: number;
  /** told what went wrong with a command after its caller was answered; nobody else will hear of it */
  onLateFailure?: (error: unknown, request: string | undefined) => void;
}

/**
 * The way of a command: decide on the present state, append, and answer once the projection has said what became of
 * the event. Commands of this daemon on the same subject wait for one another, so that only another daemon on the same
 * log can still get ahead of one; then it is decided again, on the new state.
 *
 * A log of several daemons may be out of reach for long. The answer waits for it a few seconds; after that the command
 * goes its way without being decided again, whatever becomes of it, and `outcome` tells. Meanwhile no other command on
 * the same thing is begun here: tried again and again, they would pile up and come down all at once.
 */
export class Commands {
  readonly #deps: CommandsDeps;
  readonly #timeout: number;
  /** what is being appended, by subject (see `holds`); resolves when that is over, well or not */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    this.#timeout = deps.verdictTimeoutMs ?? usualVerdictTimeout;
  }

  /**
   * Carries out a command. Rejects with a LogError when the log does not take it: then nothing happened; and with
   * Unanswered when something may have happened.
   */
  async execute<T>(decide: Decide<T>, by: { actor: string; ifMatch?: number }): Promise<Accepted<T> | Refusal> {
    const { registry, now, newId = randomUUID } = this.#deps;
    const until = performance.now() + this.#timeout;
    let lost = '';
    for (let attempt = 0; attempt < attempts; ) {
      const context: Context = { ...by, now: now(), newId };
      const decision = decide(registry.view, context);
      if (!decision.ok) return decision;
      if (decision.records.length === 0) return { ok: true, value: decision.value };
      const held = holds(decision.records);
      const busy = held.map((subject) => this.#underWay.get(subject)).find((other) => other !== undefined);
      if (busy !== undefined) {
        if ((await within(busy, until)) === tooLate) throw this.#busy('another command on the same thing waits');
        continue;
      }
      if (registry.verdicts.undecided >= mostUndecided) throw this.#busy(`${mostUndecided} commands wait`);
      const course = courseOf(decision);
      const verdict = await this.#untilVerdict(held, course, until);
      if (verdict === 'applied') return { ok: true, value: decision.value };
      lost = verdict.dropped;
      attempt++;
    }
    return refuse('stale', why('others-faster', { lost }));
  }

  /**
   * What became of a command of this agency, given here or at another daemon; `id`: of its event. Undefined: this
   * daemon has not heard of it, or not within the last day.
   */
  outcome(agency: string, id: string): RequestState | undefined {
    return this.#deps.registry.verdicts.state(agency, id);
  }

  /** Finishes erasures that a crash cut off between a removal and what follows it. To be called after catching up. */
  async finishErasures(): Promise<number> {
    const records = this.#deps.registry.unerased(this.#deps.now());
    if (records.length > 0) await this.#append(records);
    return records.length;
  }

  async #untilVerdict(held: readonly string[], course: Course, until: number): Promise<Verdict> {
    const work = this.#alone(held, () => this.#carryOut(course));
    const verdict = await within(work, until);
    if (verdict !== tooLate) return verdict;
    course.late = true;
    const { event, makesKey } = course;
    const request = event?.value.id;
    work.catch((error: unknown) => this.#deps.onLateFailure?.(error, request));
    throw new Unanswered('undecided', `the log has not answered within ${this.#timeout} ms`, { request, makesKey });
  }

  async #carryOut(course: Course): Promise<Verdict> {
    const { records, event, makesKey } = course;
    const became = await this.#decided(records, event);
    const afterwards = course.late ? this.#stillWanted(course) : course.afterwards;
    if (became !== 'applied' || afterwards.length === 0) return became;
    try {
      await this.#append(afterwards);
    } catch (cause) {
      const request = event?.value.id;
      const message = `the event was applied, what follows it was not kept: ${(cause as Error).message}`;
      throw new Unanswered('unfinished', message, { request, makesKey, cause });
    }
    return became;
  }

  async #decided(records: readonly LogRecord[], event: Course['event']): Promise<Verdict> {
    const { verdicts } = this.#deps.registry;
    if (event === undefined) {
      await this.#append(records);
      return 'applied';
    }
    const verdict = verdicts.expect(event.agency, event.value.id);
    const appended = this.#append(records).catch((error: unknown) => {
      verdicts.refused(event.value.id, (error as Error).message);
      throw error;
    });
    // A log whose broker died before it answered may bring the event back without ever saying that it was appended.
    return Promise.race([verdict, appended.then(() => verdict)]);
  }

  /**
   * What may still follow an event whose caller was told that it is undecided. Two things are left out:
   *
   * - A key. Nobody was shown it, and by now the device may have another, made at another daemon, which it would
   *   overwrite. So a device that was added late has no key, nobody can sign in as it, and its owner makes a new one.
   *   (Where the event came in time and only the key is late, it is under way and may overwrite one made elsewhere in
   *   these seconds: then nobody signs in, until a new one is made.)
   * - A newest value of something that has been changed or removed since: that word is newer than this.
   */
  #stillWanted({ event, afterwards }: Course): LogRecord[] {
    if (event === undefined) return [];
    // Every event expects first what it is about.
    const [{ subject: about = '', version: expected = 0 } = {}] = event.value.expects;
    const overtaken = this.#deps.registry.view.count(event.agency, about as Subject) > expected + 1;
    return afterwards.filter(
      (record) => record.topic === 'events' || (!overtaken && !(record.topic === 'accounts' && record.value !== null)),
    );
  }

  async #alone<T>(subjects: readonly string[], work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const subject of subjects) this.#underWay.set(subject, promise);
    try {
      return await work();
    } finally {
      for (const subject of subjects) this.#underWay.delete(subject);
      resolve();
    }
  }

  #append(records: readonly LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  #busy(why: string): Unanswered {
    return new Unanswered('busy', `${why} for the log; this one was not begun`);
  }
}

const tooLate = Symbol('too late');

/** What `work` comes to, or `tooLate` when it has not by then (`performance.now()`, ms). */
async function within<T>(work: Promise<T>, until: number): Promise<T | typeof tooLate> {
  const { promise, resolve } = Promise.withResolvers<typeof tooLate>();
  const timer = setTimeout(() => resolve(tooLate), Math.max(0, until - performance.now()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
