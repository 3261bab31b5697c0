import type { Logger } from 'pino';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Service } from '../lifecycle.ts';
import type { Intake, Sender } from './intake.ts';
import type { KafkaSource } from './source-option.ts';
import { viaOf, wayOf } from './source-via.ts';

/** One message of another system's topic. */
export interface SourceMessage {
  topic: string;
  partition: number;
  /** within the partition; text, because it may be greater than a number can tell */
  offset: string;
  key: Uint8Array | null;
  /** null: a tombstone, which carries nothing */
  value: Uint8Array | null;
  /** UTC ms as the brokers keep it; below zero: none */
  timestamp: number;
}

/**
 * Reads topics of other systems, as a member of one consumer group of all our daemons, beginning at the oldest message
 * where the group has no offset yet.
 *
 * The handler gets messages of one partition, in their order, one batch of a partition at a time. When it resolves,
 * everything in the batch is durable, and only then may its offsets be committed. When it rejects, nothing may be
 * committed, and the same messages must be given again after a pause (a second or more): what was kept already is
 * recognised. `start` does not wait for brokers; `stop` waits for the handler under way.
 */
export interface SourceConsumer {
  start(handler: (batch: readonly SourceMessage[]) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface SourceDeps {
  sources: readonly KafkaSource[];
  consumer: SourceConsumer;
  intake: Intake;
  registry: Pick<RegistryView, 'device'>;
  logger: Pick<Logger, 'warn' | 'info'>;
  /** UTC ms */
  now?: () => number;
}

/** What was read, for metrics. */
export interface SourceCounts {
  messages: number;
  /** messages nobody vouches for: their key names no agency that has registered the gateway */
  unvouched: number;
  /** batches given back, to be read again: the log could not keep them, or a named gateway is not registered */
  givenBack: number;
}

/** Messages decoded in one go, so that a large batch does not keep the event loop from others. */
const atOnce = 500;
/** ms between two warnings about messages that nobody vouches for */
const warningInterval = 60_000;

/**
 * Positions from topics of other systems, on the one way in: decode → admit → log. Whoever can write to such a topic
 * speaks as a gateway does over MQTT: for the devices that an agency has registered behind it, and for no other.
 *
 * Where the option names agency and gateway, a gateway that is missing or disabled stops the reading until it is there:
 * Kafka keeps the messages. Where each message's key names its agency, one agency may not stop the others: what comes
 * for an agency without that gateway is counted and left.
 */
export class SourceIntake implements Service {
  readonly name = 'kafka sources';
  readonly #deps: SourceDeps;
  readonly #sources: ReadonlyMap<string, KafkaSource>;
  readonly #now: () => number;
  readonly #counts: SourceCounts = { messages: 0, unvouched: 0, givenBack: 0 };
  /** why a topic is not read on, by topic */
  readonly #held = new Map<string, string>();
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SourceDeps) {
    this.#deps = deps;
    this.#sources = new Map(deps.sources.map((source) => [source.topic, source]));
    this.#now = deps.now ?? Date.now;
  }

  async start(): Promise<void> {
    await this.#deps.consumer.start((batch) => this.#take(batch));
  }

  async stop(): Promise<void> {
    await this.#deps.consumer.stop();
  }

  counts(): Readonly<SourceCounts> {
    return { ...this.#counts };
  }

  /** Why a topic is not read on, in one line with what to do; undefined while all are. */
  problem(): string | undefined {
    return this.#held.size === 0 ? undefined : [...this.#held.values()].join('; ');
  }

  async #take(batch: readonly SourceMessage[]): Promise<void> {
    for (let from = 0; from < batch.length; from += atOnce) {
      const part = batch.slice(from, from + atOnce);
      const settled = await Promise.allSettled(part.map((message) => this.#keep(message)));
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed !== undefined) {
        this.#counts.givenBack++;
        throw failed.reason;
      }
      this.#counts.messages += part.length;
    }
  }

  /** Resolves when all that is in the message is durable, or when there is nothing in it to be kept. */
  async #keep(message: SourceMessage): Promise<void> {
    const way = this.#wayOf(message);
    const { value, timestamp } = message;
    if (way === undefined || value === null) return;
    // The brokers had it then; a message that waited for us must not count as news. A producer's clock may be ahead.
    const receivedAt = timestamp > 0 ? Math.min(timestamp, this.#now()) : this.#now();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#deps.intake.take({ ...way.input, bytes: value, receivedAt }, way.sender, (error) =>
      error === undefined ? resolve() : reject(error),
    );
    await promise;
  }

  /** Who speaks in a message; undefined when nobody vouches for it. Throws when it has to wait for its gateway. */
  #wayOf(message: SourceMessage): { sender: Sender; input: ReturnType<typeof wayOf> } | undefined {
    const source = this.#sources.get(message.topic);
    if (source === undefined) throw new Error(`no source has the topic ${message.topic}`);
    const { agency, device } = namesIn(message.key, source.agency);
    const gateway = agency === undefined ? undefined : this.#deps.registry.device(agency, source.gateway);
    if (agency === undefined || gateway?.type !== 'gateway' || !gateway.enabled) {
      if (source.agency !== undefined) throw this.#hold(source);
      this.#turnAway(message, source, agency);
      return undefined;
    }
    this.#goOn(source.topic);
    const input = wayOf(source.format, device);
    return { sender: { agency, device: gateway, via: viaOf(source.topic, input.source) }, input };
  }

  #hold({ topic, agency, gateway }: KafkaSource): Error {
    const why =
      `topic ${topic} waits: ${agency} has no enabled device ${gateway} of type gateway; ` +
      `POST /api/devices {"id":"${gateway}","type":"gateway"} makes it`;
    if (!this.#held.has(topic)) this.#deps.logger.warn(why);
    this.#held.set(topic, why);
    return new Error(why);
  }

  #goOn(topic: string): void {
    if (this.#held.delete(topic)) this.#deps.logger.info(`topic ${topic} is read on`);
  }

  #turnAway({ topic, partition, offset }: SourceMessage, { gateway }: KafkaSource, agency: string | undefined): void {
    this.#counts.unvouched++;
    if (this.#now() - this.#warnedAt < warningInterval) return;
    this.#warnedAt = this.#now();
    const why =
      agency === undefined ? 'its key names no agency' : `its agency has no enabled device ${gateway} of type gateway`;
    this.#deps.logger.warn({ topic, partition, offset, agency }, `a message is not taken: ${why}`);
  }
}

/** An agency's id, and a device's. */
const agencyName = /^[a-z0-9][a-z0-9-]{0,31}$/;
const deviceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What a message's key names.
 *
 *   key := device                 where the option names the agency
 *   key := agency [ "/" device ]  where it does not
 *
 * The device counts only where the payload names none. A key of another shape names nothing.
 */
function namesIn(key: Uint8Array | null, agency: string | undefined): { agency?: string; device?: string } {
  const text = key === null ? '' : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8');
  if (agency !== undefined) return { agency, ...(deviceName.test(text) ? { device: text } : {}) };
  const [first = '', second, ...rest] = text.split('/');
  if (!agencyName.test(first) || rest.length > 0) return {};
  return { agency: first, ...(second !== undefined && deviceName.test(second) ? { device: second } : {}) };
}
