import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { partitionOf } from './kafka-topics.ts';

export interface KafkaDutiesOptions {
  /** the topic whose partitions are shared out; agencies go with their partition */
  topic: string;
  /** the name of the group that all daemons are members of, for this alone */
  group: string;
  logger: Logger;
  /** ms; a member that is silent for so long loses its duties, and by its own clock gives them up */
  silence?: number;
}

/** What this needs of kafkajs. */
export interface DutyMember {
  readonly events: { GROUP_JOIN: string; HEARTBEAT: string; REBALANCING: string; CRASH: string };
  on(event: string, listener: (said: { payload: unknown }) => void): () => void;
  connect(): Promise<void>;
  subscribe(what: { topics: string[]; fromBeginning: boolean }): Promise<void>;
  run(options: { autoCommit: boolean; eachBatch: () => Promise<void> }): Promise<void>;
  disconnect(): Promise<void>;
  /** how many partitions the topic has */
  partitions(topic: string): Promise<number>;
}

/** ms a member may be silent; Kafka's brokers allow 6 s and more */
export const usualSilence = 10_000;
/** ms between two attempts to reach brokers that do not answer */
const connectAgain = 5000;

/**
 * Which agencies this daemon acts for in the world: those whose partition the consumer group has given it. The group reads
 * nothing that anybody needs; it is there to share out the partitions, and to give those of a dead daemon to another.
 *
 * A daemon that does not hear from the group holds nothing once it would have been given up, so that two act for one agency
 * only while a message is on its way.
 */
export class KafkaDutiesOn {
  readonly name = 'duties';
  readonly #options: KafkaDutiesOptions;
  readonly #member: DutyMember;
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  #held: ReadonlySet<number> = new Set();
  #partitions = 0;
  /** ms, monotonic: when the group last answered */
  #heardAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: KafkaDutiesOptions, member: DutyMember) {
    this.#options = options;
    this.#member = member;
  }

  /** Joins the group, and goes on trying while no broker answers. */
  async start(): Promise<void> {
    const { events } = this.#member;
    this.#member.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload));
    this.#member.on(events.HEARTBEAT, () => {
      this.#heardAt = performance.now();
    });
    const lost = () => this.#take(new Set());
    this.#member.on(events.REBALANCING, lost);
    this.#member.on(events.CRASH, lost);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#held = new Set();
    await this.#running;
    await this.#member.disconnect();
  }

  /** Whether this daemon acts for an agency now. */
  holds(agency: string): boolean {
    const { silence = usualSilence } = this.#options;
    if (this.#held.size === 0 || performance.now() - this.#heardAt > silence) return false;
    return this.#held.has(partitionOf(agency, this.#partitions));
  }

  /** Calls back when other agencies are held; returns an unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #joined(payload: unknown): void {
    const { memberAssignment = {} } = payload as { memberAssignment?: Record<string, number[]> };
    this.#heardAt = performance.now();
    this.#take(new Set(memberAssignment[this.#options.topic] ?? []));
  }

  #take(held: ReadonlySet<number>): void {
    if (this.#stopping.signal.aborted) return;
    this.#held = held;
    for (const listener of this.#listeners) listener();
  }

  async #run(): Promise<void> {
    const { topic, logger } = this.#options;
    for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
      try {
        this.#partitions = await this.#member.partitions(topic);
        await this.#member.connect();
        await this.#member.subscribe({ topics: [topic], fromBeginning: false });
        await this.#member.run({ autoCommit: false, eachBatch: async () => {} });
        return;
      } catch (error) {
        if (failures === 0) logger.warn({ err: error }, 'no duties yet: messages to people wait');
        await sleep(connectAgain, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }
}
