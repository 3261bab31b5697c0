import { Readable } from 'node:stream';
import type { Client } from 'aedes';

/** What a connection remembers on behalf of Aedes for as long as it lasts. */
export interface Memory {
  /** ids of QoS 2 messages that were taken and not yet released (PUBREL) */
  readonly unreleased: Set<number>;
  /** the client has acknowledged a message we sent it */
  acknowledged(messageId: number): void;
}

interface Numbered {
  messageId?: number;
}

/**
 * What Aedes calls its persistence, for a broker that keeps no sessions: every session is clean, nothing is retained,
 * there are no wills and nothing is queued for anyone. Only the ids of half-finished QoS 2 exchanges are remembered,
 * with the connection, and die with it. (Aedes' own memory persistence keeps payloads, queues and a topic tree.)
 */
export class Sessionless {
  readonly #memory: (client: Client) => Memory | undefined;

  constructor(memory: (client: Client) => Memory | undefined) {
    this.#memory = memory;
  }

  // Aedes refuses a persistence whose setup is not an async function.
  async setup(): Promise<void> {}

  /** Every QoS 2 id is noted when its message is taken (see `mqtt-hooks.ts`), so Aedes always finds it. */
  async incomingGetPacket(_client: Client, packet: Numbered): Promise<Numbered> {
    return packet;
  }
  async incomingDelPacket(client: Client, packet: Numbered): Promise<void> {
    if (packet.messageId !== undefined) this.#memory(client)?.unreleased.delete(packet.messageId);
  }
  async cleanIncoming(client: Client): Promise<void> {
    this.#memory(client)?.unreleased.clear();
  }

  async outgoingClearMessageId(client: Client, packet: Numbered): Promise<Numbered> {
    if (packet.messageId !== undefined) this.#memory(client)?.acknowledged(packet.messageId);
    return packet;
  }
  outgoingStream(): Readable {
    return Readable.from([]);
  }
  async outgoingUpdate(): Promise<void> {}

  async cleanSubscriptions(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill(): Readable {
    return Readable.from([]);
  }
  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }
}
