import { randomUUID } from 'node:crypto';
import type { LogRecord } from '../../protocol/record.ts';
import type { Context, Decide, Refusal } from '../domain/decision.ts';
import { refuse } from '../domain/decision.ts';
import type { Log } from '../log/log.ts';
import type { RegistryProjection } from './registry.ts';

/** How often a command is decided again after it lost a race against another daemon. */
const attempts = 3;

export interface Accepted<T> {
  ok: true;
  value: T;
}

/**
 * The way of a command: decide on the present state, append, and answer once the projection has said what became of
 * the event. Commands of this daemon on the same subject wait for one another, so that only another daemon on the same
 * log can still get ahead of one; then it is decided again, on the new state.
 */
export class Commands {
  readonly #deps: {
    log: Pick<Log, 'append'>;
    registry: RegistryProjection;
    /** UTC ms */
    now: () => number;
    newId?: () => string;
  };
  /** what is being appended, by subject (see `holds`); resolves when that is over, well or not */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: {
    log: Pick<Log, 'append'>;
    registry: RegistryProjection;
    now: () => number;
    newId?: () => string;
  }) {
    this.#deps = deps;
  }

  /**
   * Carries out a command. Rejects with a LogError when the log takes nothing: then nothing happened, or (when it
   * failed between an event and its fields) the command may be given again.
   */
  async execute<T>(decide: Decide<T>, by: { actor: string; ifMatch?: number }): Promise<Accepted<T> | Refusal> {
    const { registry, now, newId = randomUUID } = this.#deps;
    let lost = '';
    for (let attempt = 0; attempt < attempts; ) {
      const context: Context = { ...by, now: now(), newId };
      const decision = decide(registry.view, context);
      if (!decision.ok) return decision;
      if (decision.records.length === 0) return { ok: true, value: decision.value };
      const held = holds(decision.records);
      const busy = held.map((subject) => this.#underWay.get(subject)).find((other) => other !== undefined);
      if (busy !== undefined) {
        await busy;
        continue;
      }
      const verdict = await this.#alone(held, () => this.#carryOut(decision.records, decision.afterwards ?? []));
      if (verdict === 'applied') return { ok: true, value: decision.value };
      lost = verdict.dropped;
      attempt++;
    }
    return refuse('stale', `others were faster each time: ${lost}`);
  }

  /** Finishes erasures that a crash cut off between a removal and what follows it. To be called after catching up. */
  async finishErasures(): Promise<number> {
    const records = this.#deps.registry.unerased(this.#deps.now());
    if (records.length > 0) await this.#append(records);
    return records.length;
  }

  async #carryOut(records: readonly LogRecord[], afterwards: readonly LogRecord[]) {
    const { registry } = this.#deps;
    const event = records.find((record) => record.topic === 'events')?.value;
    const verdict = event === undefined ? undefined : registry.verdict(event.id);
    try {
      await this.#append(records);
    } catch (error) {
      if (event !== undefined) registry.forget(event.id);
      throw error;
    }
    const became = verdict === undefined ? 'applied' : await verdict;
    if (became === 'applied' && afterwards.length > 0) await this.#append(afterwards);
    return became;
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
}

/** The subjects that nobody else of this daemon may decide on meanwhile. User names are one space for all agencies. */
function holds(records: readonly LogRecord[]): string[] {
  const held = new Set<string>();
  for (const record of records) {
    if (record.topic === 'events') {
      for (const { subject } of record.value.expects) {
        held.add(subject.startsWith('username:') ? subject : `${record.agency}/${subject}`);
      }
    } else if (record.id !== undefined) {
      held.add(`${record.agency}/${record.topic === 'people' ? `consumer:${record.id}` : record.id}`);
    }
  }
  return [...held];
}
