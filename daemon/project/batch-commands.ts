import type { LogRecord } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import { type Context, type Decide, type Decision, type Refusal, refuse } from '../domain/decision.ts';
import type { Verdict } from '../domain/registry.ts';
import type { DecisionView } from '../domain/registry-reader.ts';
import type { Log } from '../log/log.ts';
import type { Accepted } from './commands.ts';
import { newEventId } from './event-id.ts';
import type { Verdicts } from './verdicts.ts';

/** How often a command is decided after others were faster. */
const attempts = 4;

/** One command of a batch. Those about the same thing are carried out one after the other. */
export interface BatchCommand<T> {
  about: string;
  decide: Decide<T>;
}

interface Waiting<T> {
  command: BatchCommand<T>;
  index: number;
  tries: number;
}

interface Decided<T> {
  waiting: Waiting<T>;
  decision: Decision<T>;
  event: { agency: string; id: string } | undefined;
}

export interface BatchDeps {
  log: Pick<Log, 'append'>;
  view: DecisionView;
  /** where verdicts are waited for: asked before an event is appended, told when the log refused it */
  verdicts: Pick<Verdicts, 'expectAll' | 'refused'>;
  /** UTC ms */
  now: () => number;
}

/**
 * The way of many commands at once (an import, a list): all are decided, their events appended together, and each is
 * answered by its own verdict. Whoever else commands meanwhile may get ahead of one, here or at another daemon; its
 * verdict says so, and it is decided again on the new state.
 */
export class BatchCommands {
  readonly #deps: BatchDeps;

  constructor(deps: BatchDeps) {
    this.#deps = deps;
  }

  /**
   * Carries out commands and answers in their order. Rejects with a LogError when the log takes nothing: some may have
   * happened then, and all may be given again.
   */
  async executeAll<T>(
    commands: readonly BatchCommand<T>[],
    by: { actor: string; ifMatch?: number },
  ): Promise<(Accepted<T> | Refusal)[]> {
    const answers: (Accepted<T> | Refusal)[] = new Array(commands.length);
    let waiting: Waiting<T>[] = commands.map((command, index) => ({ command, index, tries: 0 }));
    while (waiting.length > 0) {
      const taken = new Set<string>();
      const now: Waiting<T>[] = [];
      const later: Waiting<T>[] = [];
      for (const one of waiting) {
        const { about } = one.command;
        (taken.has(about) ? later : now).push(one);
        taken.add(about);
      }
      const losers = await this.#together(now, answers, by);
      waiting = losers.length === 0 ? later : [...losers, ...later].sort((a, b) => a.index - b.index);
    }
    return answers;
  }

  /** Decides and appends; answers who lost and is to try again. */
  async #together<T>(
    commands: readonly Waiting<T>[],
    answers: (Accepted<T> | Refusal)[],
    by: { actor: string; ifMatch?: number },
  ): Promise<Waiting<T>[]> {
    const context: Context = { ...by, now: this.#deps.now(), newId: newEventId };
    const decided: Decided<T>[] = [];
    for (const waiting of commands) {
      const decision = waiting.command.decide(this.#deps.view, context);
      if (!decision.ok) answers[waiting.index] = decision;
      else if (decision.records.length === 0) answers[waiting.index] = { ok: true, value: decision.value };
      else decided.push({ waiting, decision, event: eventOf(decision.records) });
    }
    if (decided.length === 0) return [];
    const dropped = await this.#append(decided);
    const losers: Waiting<T>[] = [];
    const afterwards: LogRecord[] = [];
    for (const { waiting, decision, event } of decided) {
      const verdict = (event && dropped.get(event.id)) ?? 'applied';
      if (verdict === 'applied') {
        answers[waiting.index] = { ok: true, value: decision.value };
        for (const record of decision.afterwards ?? []) afterwards.push(record);
      } else if (++waiting.tries < attempts) losers.push(waiting);
      else answers[waiting.index] = refuse('stale', why('others-faster', { lost: verdict.dropped }));
    }
    if (afterwards.length > 0) await this.#durable(afterwards);
    return losers;
  }

  /** Answers what became of those that were dropped, by the ids of their events. */
  async #append(decided: readonly Decided<unknown>[]): Promise<ReadonlyMap<string, Verdict>> {
    const { verdicts } = this.#deps;
    const events: { agency: string; id: string }[] = [];
    const records: LogRecord[] = [];
    for (const { decision, event } of decided) {
      if (event !== undefined) events.push(event);
      for (const record of decision.records) records.push(record);
    }
    const told = verdicts.expectAll(events);
    try {
      await this.#durable(records);
    } catch (error) {
      for (const { id } of events) verdicts.refused(id, (error as Error).message);
      throw error;
    }
    return told;
  }

  #durable(records: readonly LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}

function eventOf(records: readonly LogRecord[]): { agency: string; id: string } | undefined {
  for (const { topic, agency, value } of records) {
    if (topic === 'events' || topic === 'places') return { agency, id: value.id };
  }
  return undefined;
}
