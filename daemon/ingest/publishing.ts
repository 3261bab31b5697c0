import type { PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Device } from '../../protocol/registry.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import { type Owed, OwedCall } from './ack-order.ts';
import type { AckWriter } from './ack-writer.ts';
import type { BackPressure } from './back-pressure.ts';
import type { Connection, Route } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Intake } from './intake.ts';
import { type TakePublish, takePublishes } from './publish-frames.ts';

export interface PublishingDeps {
  connections: Connections;
  intake: Intake;
  registry: Pick<RegistryView, 'device'>;
  pressure: BackPressure;
  logger: Logger;
  /** UTC ms */
  now: () => number;
  /** QoS 2 exchanges one client may leave half done */
  unreleasedLimit: number;
  /** told of some messages how long their acknowledgement took, ms */
  onAcknowledged: (ms: number) => void;
}

/** Of so many messages one is measured; a power of two. */
const measuredEvery = 16;

/** About what one held message costs beside its payload: input, answer owed, record. */
const heldOverhead = 512;

/** A PUBACK that is owed. */
class OwedAck implements Owed {
  settled = false;
  next: Owed | undefined;
  readonly #writer: AckWriter;
  readonly #messageId: number;

  constructor(writer: AckWriter, messageId: number) {
    this.#writer = writer;
    this.#messageId = messageId;
  }

  answer(): void {
    this.#writer.add(this.#messageId);
  }
}

/**
 * What becomes of a published message: to the intake, and its answer only when that has settled, in order. Messages
 * come on two ways. Whole ones of QoS 0 and 1 are taken from the socket's bytes; all others (QoS 2, packets cut by a
 * chunk's end, topics that are not the device's own) come from Aedes, through `authorizePublish`, the only place in
 * which Aedes waits before it answers.
 */
export class Publishing {
  readonly #deps: PublishingDeps;

  constructor(deps: PublishingDeps) {
    this.#deps = deps;
  }

  /** Takes the whole messages at the front of a chunk; answers how many bytes they were. */
  fromBytes(connection: Connection, chunk: Buffer): number {
    const { proven } = connection;
    if (proven === undefined) return 0;
    const device = this.#enabled(connection, proven.agency, proven.device.id);
    if (device === undefined) return chunk.length;
    const routeOf = (from: number, to: number) => connection.routeOfBytes(chunk, from, to, proven.agency, device);
    const take: TakePublish<Route> = (route, messageId, payload) => {
      let owed: Owed | undefined;
      if (messageId > 0) {
        owed = new OwedAck(connection.writer, messageId);
        connection.acks.owe(owed);
      }
      this.#take(connection, route, payload, owed);
      return connection.cutFor === undefined;
    };
    return takePublishes(chunk, routeOf, take);
  }

  /** `authorizePublish` of Aedes. */
  fromAedes(connection: Connection, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const { proven } = connection;
    if (proven === undefined) {
      done(new Error('not connected'));
      return;
    }
    packet.retain = false;
    const device = this.#enabled(connection, proven.agency, proven.device.id);
    if (device === undefined) return;
    const { topic, qos, messageId } = packet;
    const owed = new OwedCall(() => {
      connection.writer.flush(); // what was owed before this must be written before it
      done();
    });
    if (qos === 2 && messageId !== undefined && !this.#isNew(connection, messageId)) {
      // A repetition: answered once the first one is, since answers keep their order.
      connection.acks.owe(owed);
      connection.acks.settle(owed);
      return;
    }
    const route = connection.route(topic, proven.agency, device);
    if (route === undefined) {
      this.#foreign(connection, device, topic, owed);
      return;
    }
    if (qos === 0) {
      this.#take(connection, route, packet.payload as Buffer, undefined);
      done();
      return;
    }
    connection.acks.owe(owed);
    this.#take(connection, route, packet.payload as Buffer, owed);
  }

  /** A device says something as another: kept nowhere, and acknowledged, so that it does not say it for ever. */
  #foreign(connection: Connection, device: Device, topic: string, owed: Owed): void {
    // MQTT-1.5.3-1 and -2: what is not well-formed UTF-8, or has a NUL in it, ends the connection.
    if (topic.includes('\0') || topic.includes('\uFFFD')) {
      connection.cut('bad-topic');
      return;
    }
    this.#deps.connections.foreign++;
    this.#deps.logger.debug({ device: device.id, topic }, 'published to a topic that is not its own');
    connection.acks.owe(owed);
    connection.acks.settle(owed);
  }

  #take(connection: Connection, route: Route, bytes: Buffer, owed: Owed | undefined): void {
    const { connections, intake, pressure } = this.#deps;
    connections.published++;
    const held = bytes.length + heldOverhead;
    pressure.add(held);
    connection.inFlight++;
    let open = true;
    const { door, subtopic } = route.target;
    const receivedAt = this.#deps.now();
    const measured = (connections.published & (measuredEvery - 1)) === 0;
    try {
      intake.take({ door, subtopic, bytes, receivedAt }, route.sender, (error) => {
        if (!open) return;
        open = false;
        if (measured && error === undefined) this.#deps.onAcknowledged(this.#deps.now() - receivedAt);
        pressure.remove(held);
        connection.settledOne();
        if (error !== undefined) this.#unkept(connection, owed !== undefined);
        else if (owed !== undefined) this.#answer(connection, owed);
      });
    } catch (error) {
      if (open) {
        open = false;
        pressure.remove(held);
        connection.settledOne();
      }
      this.failed(connection, error);
    }
  }

  #answer(connection: Connection, owed: Owed): void {
    try {
      connection.acks.settle(owed);
    } catch (error) {
      this.failed(connection, error);
    }
  }

  /** Nothing of the message is kept: no answer to it nor to any later one, so that the tracker sends it again. */
  #unkept(connection: Connection, owed: boolean): void {
    this.#deps.connections.unkept++;
    if (owed) connection.cut('not-kept');
  }

  #enabled(connection: Connection, agency: string, id: string): Device | undefined {
    const device = this.#deps.registry.device(agency, id);
    if (device?.enabled) return device;
    connection.cut('disabled');
    return undefined;
  }

  #isNew({ unreleased }: Connection, messageId: number): boolean {
    if (unreleased.has(messageId)) return false;
    if (unreleased.size >= this.#deps.unreleasedLimit) throw new Error('too many QoS 2 messages without PUBREL');
    unreleased.add(messageId);
    return true;
  }

  /** A fault of ours costs its client the connection, unacknowledged, and nothing else. */
  failed(connection: Connection | undefined, error: unknown): void {
    this.#deps.logger.error({ err: error, address: connection?.address }, 'an MQTT hook failed');
    connection?.cut('fault');
  }
}
