/** Why a connection was cut by what it sent, before the MQTT parser saw it. */
export type FrameFault = 'not-connect' | 'too-big' | 'malformed' | 'unfinished';

export interface FrameLimits {
  /** bytes of a packet before the connection is accepted: no CONNECT of a tracker comes near it */
  beforeConnect: number;
  /** bytes of a packet after it */
  afterConnect: number;
}

/**
 * Packet types a client may send (MQTT 3.1.1, table 2.1) as a bit set: CONNECT 1, PUBLISH 3, PUBACK 4, PUBREC 5,
 * PUBREL 6, PUBCOMP 7, SUBSCRIBE 8, UNSUBSCRIBE 10, PINGREQ 12, DISCONNECT 14.
 */
const fromClients = 0b0101_0101_1111_1010;
/** the first byte of a CONNECT: its type, and no flags (a TLS hello begins with 0x16, type 1 with flags) */
const connect = 0x10;

/** Bytes of unfinished packets on many connections, together: thousands of small halves must not add up either. */
export class UnfinishedBytes {
  readonly limit: number;
  held = 0;
  constructor(limit: number) {
    this.limit = limit;
  }
}

/**
 * Reads nothing but the fixed headers of an MQTT byte stream (type, remaining length) and says as early as possible
 * that a packet is too big, cannot be MQTT, or is not the one that may come now. Without it Aedes would gather an
 * unfinished CONNECT of any size from anyone. Payloads are skipped, never copied: one step per packet.
 *
 *     packet = type·flags (1 byte)  remaining length (1-4 bytes, 7 bits each, low first)  that many bytes
 */
export class FrameGuard {
  readonly #limits: FrameLimits;
  readonly #after: UnfinishedBytes;
  #unfinished: UnfinishedBytes;
  #limit: number;
  #first = true;
  /** bytes of the present packet still to come, once its header is complete */
  #body = 0;
  /** bytes of the header seen so far; 0: the next byte begins a packet */
  #header = 0;
  #length = 0;
  /** packets that have come to their end */
  packets = 0;
  /** what of the present, unfinished packet has come and is counted in `#unfinished` */
  #held = 0;

  constructor(limits: FrameLimits, before: UnfinishedBytes, after: UnfinishedBytes) {
    this.#limits = limits;
    this.#after = after;
    this.#unfinished = before;
    this.#limit = limits.beforeConnect;
  }

  /** The client has proven who it is: the larger limit holds from the next packet on. */
  accept(): void {
    const held = this.#held;
    this.#hold(0);
    this.#unfinished = this.#after;
    this.#hold(held);
    this.#limit = this.#limits.afterConnect;
  }

  /** Whether the next byte begins a packet. */
  get atBoundary(): boolean {
    return this.#body === 0 && this.#header === 0;
  }

  /** Looks at the next bytes of the stream; a fault means: cut the connection, hand nothing of it on. */
  inspect(chunk: Uint8Array): FrameFault | undefined {
    const end = chunk.length;
    let at = 0;
    let began = -this.#held;
    while (at < end) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, end - at);
        at += step;
        this.#body -= step;
        if (this.#body === 0) {
          began = at;
          this.packets++;
        }
        continue;
      }
      const byte = chunk[at] as number;
      at++;
      if (this.#header === 0) {
        began = at - 1;
        const type = byte >> 4;
        if (this.#first && byte !== connect) return 'not-connect';
        if (((fromClients >> type) & 1) === 0) return 'malformed';
        this.#first = false;
        this.#header = 1;
        this.#length = 0;
        continue;
      }
      this.#length |= (byte & 0x7f) << (7 * (this.#header - 1));
      this.#header++;
      if (byte & 0x80) {
        if (this.#header > 4) return 'malformed';
        continue;
      }
      if (this.#length > this.#limit) return 'too-big';
      this.#body = this.#length;
      this.#header = 0;
      if (this.#body === 0) {
        began = at;
        this.packets++;
      }
    }
    const held = this.#body > 0 || this.#header > 0 ? at - began : 0;
    if (held !== this.#held) this.#hold(held);
    return this.#unfinished.held > this.#unfinished.limit && held > 0 ? 'unfinished' : undefined;
  }

  /** The connection is closed: nothing of it is held any more. */
  release(): void {
    this.#hold(0);
  }

  #hold(bytes: number): void {
    this.#unfinished.held += bytes - this.#held;
    this.#held = bytes;
  }
}
