import type { Logger } from 'pino';
import { Lane, type Parcel } from './kafka-lane.ts';
import { pauseAfter, type Reach } from './kafka-reach.ts';
import { type Message, type ProducerId, type Wire, type WireError, wireErrorOf } from './kafka-wire.ts';

export interface LanesDeps {
  wire: Wire;
  parts: number;
  reach: Reach;
  logger: Logger;
  /** told when everything before `end` in a part is at all in-sync replicas */
  onWritten: (part: number, end: number) => void;
  now: () => number;
  random?: () => number;
  /** a producer may number so many records of one part (Kafka: 2^31) */
  mostSequence?: number;
}

/** ms after which a batch that is not written is a problem of its own */
const slow = 5000;

/**
 * Writing: one lane per partition, one batch of it on its way at a time, and a batch that failed is sent again as it
 * was. That is what makes Kafka's idempotence hold: the broker knows a batch by producer, sequence and size, and would
 * take a batch that was merged with newer records for a new one, or refuse it for ever.
 *
 * Lanes with the same leader share a request, since a broker answers the requests of a connection one after the other.
 * Its answer speaks of each part by itself, and each lane goes by that.
 */
export class Lanes {
  readonly #deps: LanesDeps;
  readonly #lanes: readonly Lane[];
  #leaders: (number | undefined)[] = [];
  readonly #busy = new Set<number>();
  #producer: ProducerId | undefined;
  #preparing = false;
  #planned = false;
  #failures = 0;
  #closed = false;
  #lastError: string | undefined;

  constructor(deps: LanesDeps) {
    this.#deps = deps;
    this.#lanes = Array.from({ length: deps.parts }, (_, part) => new Lane(part));
  }

  /** Puts messages into a lane, behind what is there. `parcel.written` hears when they are durable. */
  add(part: number, messages: readonly Message[], parcel: Parcel): void {
    this.#lanes[part]?.add(messages, parcel, this.#deps.now());
    if (this.#planned) return;
    // At the end of this turn of the event loop: what is appended in one turn goes out together, and waits for nothing.
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#pump();
    });
  }

  /** Takes back what is not on its way yet of a parcel. */
  drop(part: number, parcel: Parcel): void {
    this.#lanes[part]?.drop(parcel);
  }

  /** Sends nothing more. Answers the parcels of which something was sent and not confirmed. */
  close(): Set<Parcel> {
    this.#closed = true;
    return new Set(this.#lanes.flatMap((lane) => lane.inDoubt()));
  }

  /** One line, when a partition takes nothing although brokers answer. */
  problem(name: (part: number) => string): string | undefined {
    const now = this.#deps.now();
    const stuck = this.#lanes.filter((lane) => now - (lane.oldest ?? now) >= slow);
    const [first] = stuck;
    if (first?.oldest === undefined) return undefined;
    const more = stuck.length > 1 ? ` and ${stuck.length - 1} more` : '';
    const reason = this.#lastError === undefined ? '' : ` (${this.#lastError})`;
    return `${name(first.part)}${more} takes no records since ${new Date(first.oldest).toISOString()}${reason}`;
  }

  #pump(): void {
    if (this.#closed) return;
    const ready = this.#lanes.filter((lane) => lane.isReady);
    if (ready.length === 0) return;
    const { mostSequence = 2 ** 31 - 1 } = this.#deps;
    if (this.#lanes.some((lane) => lane.sequence > mostSequence - Lane.mostRecords)) this.#producer = undefined;
    const lost = this.#producer === undefined || ready.some(({ part }) => this.#leaders[part] === undefined);
    if (lost && !this.#preparing) void this.#prepare();
    if (this.#producer === undefined) return;
    const byNode = Map.groupBy(ready, ({ part }) => this.#leaders[part]);
    for (const [node, lanes] of byNode) {
      if (node !== undefined && !this.#busy.has(node)) void this.#send(node, this.#producer, lanes);
    }
  }

  /** Learns the leaders, and gets a producer id where there is none. */
  async #prepare(): Promise<void> {
    const { wire, reach } = this.#deps;
    this.#preparing = true;
    try {
      this.#leaders = await wire.leaders();
      // A new producer begins every lane at 0, so nothing may be on its way under the old one.
      if (this.#producer === undefined && this.#busy.size === 0) {
        this.#producer = await wire.newProducer();
        for (const lane of this.#lanes) lane.renumber();
      }
      reach.answered();
      if (this.#lanes.some((lane) => lane.isReady && this.#leaders[lane.part] === undefined)) await this.#pause();
    } catch (error) {
      await this.#failed(wireErrorOf(error));
    }
    this.#preparing = false;
    // With something still on its way, its end calls this again.
    if (this.#producer !== undefined || this.#busy.size === 0) this.#pump();
  }

  async #send(node: number, producer: ProducerId, lanes: readonly Lane[]): Promise<void> {
    const { wire, reach, now, onWritten } = this.#deps;
    const batches = lanes.map((lane) => lane.take(now()));
    this.#busy.add(node);
    let outcomes: (number | WireError)[];
    try {
      outcomes = await wire.produce(node, producer, batches);
      reach.answered();
    } catch (error) {
      outcomes = batches.map(() => wireErrorOf(error));
    }
    const failed: Lane[] = [];
    let reason: WireError | undefined;
    for (const [i, lane] of lanes.entries()) {
      const outcome = outcomes[i] ?? wireErrorOf(new Error('the answer does not speak of it'));
      if (typeof outcome === 'number') onWritten(lane.part, lane.written(outcome));
      else {
        reason ??= outcome;
        failed.push(lane);
        lane.failed(outcome.kind);
        if (outcome.kind === 'producer') this.#producer = undefined;
      }
    }
    if (reason === undefined) {
      this.#failures = 0;
      this.#lastError = undefined;
    } else if (reason.kind === 'unreachable') await this.#failed(reason);
    // What could be written goes on; what could not comes back after a pause, when the leaders are asked for anew.
    this.#busy.delete(node);
    if (reason !== undefined && reason.kind !== 'unreachable') {
      this.#pump();
      await this.#failed(reason);
    }
    for (const lane of failed) {
      this.#leaders[lane.part] = undefined;
      lane.release();
    }
    this.#pump();
  }

  async #failed(error: WireError): Promise<void> {
    const { reach, logger } = this.#deps;
    reach.failed(error);
    this.#lastError = error.message;
    const level = error.kind === 'producer' || error.kind === 'other' ? 'warn' : 'debug';
    logger[level]({ kind: error.kind, reason: error.message }, 'records could not be written to Kafka yet');
    await this.#pause();
  }

  #pause(): Promise<void> {
    const ms = pauseAfter(this.#failures++, this.#deps.random);
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
