import { type Batch, type ProducerId, type Wire, WireError } from './kafka-wire.ts';

/** What becomes of a request. `lost`: it is carried out, and the sender never hears of it. */
export type Fate = 'done' | 'lost' | ConstructorParameters<typeof WireError>[0];

/**
 * A broker's side of writing, as Kafka keeps it: it knows a batch it has had by producer and sequence, and refuses one
 * that leaves a gap. `fates` says what becomes of the next requests; after that all are done.
 */
export class ScriptedBroker implements Wire {
  readonly written: string[][];
  readonly requests: Batch[][] = [];
  fates: Fate[] = [];
  /** what becomes of the next batches of a part */
  readonly partFates = new Map<number, Exclude<Fate, 'done' | 'lost'>[]>();
  producers = 0;
  leader: (part: number) => number | undefined = () => 1;
  readonly #state = new Map<string, { next: number; last: { sequence: number; count: number; offset: number } }>();

  constructor(parts: number) {
    this.written = Array.from({ length: parts }, () => []);
  }

  async leaders(): Promise<(number | undefined)[]> {
    return this.written.map((_, part) => this.leader(part));
  }

  async newProducer(): Promise<ProducerId> {
    return { id: ++this.producers, epoch: 0 };
  }

  async produce(_node: number, producer: ProducerId, batches: readonly Batch[]): Promise<(number | WireError)[]> {
    this.requests.push([...batches]);
    await null;
    const fate = this.fates.shift() ?? 'done';
    if (fate !== 'done' && fate !== 'lost') throw new WireError(fate, `scripted: ${fate}`);
    const offsets = batches.map((batch) => {
      const kind = this.partFates.get(batch.part)?.shift();
      return kind === undefined ? this.#write(producer, batch) : new WireError(kind, `scripted: ${kind}`);
    });
    if (fate === 'lost') throw new WireError('unreachable', 'scripted: lost');
    return offsets;
  }

  #write(producer: ProducerId, { part, sequence, messages }: Batch): number | WireError {
    const log = this.written[part] as string[];
    const name = `${producer.id} ${part}`;
    const state = this.#state.get(name);
    if (state?.last.sequence === sequence && state.last.count === messages.length) return state.last.offset;
    if (sequence !== (state?.next ?? 0)) return new WireError('producer', 'out of order sequence');
    const last = { sequence, count: messages.length, offset: log.length };
    this.#state.set(name, { next: sequence + messages.length, last });
    log.push(...messages.map(({ value }) => value ?? ''));
    return last.offset;
  }

  async fetch(): Promise<never> {
    throw new WireError('other', 'this broker is for writing alone');
  }

  async ends(): ReturnType<Wire['ends']> {
    throw new WireError('other', 'this broker is for writing alone');
  }

  async close(): Promise<void> {}
}
