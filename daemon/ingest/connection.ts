import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { Device } from '../../protocol/registry.ts';
import { AckOrder } from './ack-order.ts';
import { AckWriter, type DueWriters } from './ack-writer.ts';
import type { BackPressure } from './back-pressure.ts';
import type { FrameGuard } from './frame-guard.ts';
import type { Proven } from './identity.ts';
import type { Sender } from './intake.ts';
import { type PublishTarget, readTopic } from './mqtt-topics.ts';
import type { Memory } from './sessionless.ts';

/** Where a message of this connection goes: the door its topic names and who is told to have sent it. */
export interface Route {
  target: PublishTarget;
  sender: Sender;
}

export interface ConnectionDeps {
  socket: Socket;
  guard: FrameGuard;
  due: DueWriters;
  pressure: BackPressure;
  /** takes whole messages from the front of a chunk, answers how many bytes they were */
  takeBytes: (connection: Connection, chunk: Buffer) => number;
  onCut: (reason: string) => void;
  /** ms a client may leave our answers unread once its socket is full */
  drainTimeout: number;
}

/** Messages of one client that may wait for the log before no more of it is read; half of them starts it again. */
const mostInFlight = 1000;

/** One MQTT connection: its socket behind the frame guard, who it has proven to be, and what it is owed. */
export class Connection implements Memory {
  readonly socket: Socket;
  readonly address: string;
  readonly acks = new AckOrder();
  readonly writer: AckWriter;
  /** set once by the broker: Aedes' side of this connection */
  client: Client | undefined;
  /** Aedes has answered CONNECT: whole messages may be taken past it */
  ready = false;
  /** why it was cut, when it was cut by us */
  cutFor: string | undefined;
  /** QoS at which it listens for commands; undefined: it does not */
  commandQos: 0 | 1 | undefined;
  /** UTC ms; when it has shown its key */
  provenAt = 0;
  /** messages given to the intake and not yet settled */
  inFlight = 0;
  readonly #deps: ConnectionDeps;
  #proven: Proven | undefined;
  /** it had bytes to read while nothing was read from it */
  #starved = false;
  #deaf = false;
  #slow: NodeJS.Timeout | undefined;
  /** monotonic ms: when the last packet came to its end; and how long it may be silent */
  #heard = performance.now();
  #longestSilence = Number.POSITIVE_INFINITY;
  #unreleased: Set<number> | undefined;
  #commands: Map<number, (acknowledged: boolean) => void> | undefined;
  #commandId = 0;
  #topic = '';
  #topicBytes: Buffer = Buffer.alloc(0);
  #route: Route | undefined;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    this.socket = deps.socket;
    this.address = deps.socket.remoteAddress ?? '';
    this.writer = new AckWriter(deps.socket, deps.due, () => this.#blocked());
  }

  get proven(): Proven | undefined {
    return this.#proven;
  }

  /** The device is who it says: larger packets from now on. `keepAlive` in seconds, `now` in UTC ms. */
  prove(proven: Proven, keepAlive: number, now: number): void {
    this.#proven = proven;
    this.provenAt = now;
    this.#longestSilence = keepAlive * 1500; // MQTT-3.1.2-24: one and a half times
    this.#deps.guard.accept();
  }

  /**
   * Puts guard and fast lane before Aedes, which takes its bytes by `socket.read()` alone. So all that is looked at is
   * what that returns; a stream in between would cost more than decoding the messages does.
   */
  watch(): void {
    const { socket } = this;
    const read = socket.read;
    socket.read = (size?: number): Buffer | null => {
      if (size === 0) return read.call(socket, 0);
      if (this.#isHeldBack()) {
        this.#starved = true;
        return null;
      }
      const chunk: Buffer | null = read.call(socket, size);
      return chunk === null || this.cutFor !== undefined ? null : this.#pass(chunk);
    };
  }

  /** What of a chunk is for Aedes; null: nothing. */
  #pass(chunk: Buffer): Buffer | null {
    if (this.#deaf) return null;
    const { guard } = this.#deps;
    const { packets, atBoundary } = guard;
    const fault = guard.inspect(chunk);
    if (fault !== undefined) {
      this.cut(fault);
      return null;
    }
    if (guard.packets !== packets) this.#heard = performance.now();
    // Once Aedes has the front of a packet it gets the rest of it, and with it the rest of the chunk: order is kept.
    if (!this.ready || !atBoundary) return chunk;
    const taken = this.#deps.takeBytes(this, chunk);
    if (taken === 0) return chunk;
    return taken < chunk.length ? chunk.subarray(taken) : null;
  }

  #isHeldBack(): boolean {
    if (this.#proven === undefined || this.#deaf) return false;
    return this.#deps.pressure.shut || this.inFlight >= mostInFlight;
  }

  /** One message given to the intake is settled, kept or not. */
  settledOne(): void {
    this.inFlight--;
    if (this.#starved && this.inFlight === mostInFlight >> 1) setImmediate(() => this.readAgain());
  }

  /** Lets Aedes read again what has been waiting in the socket. */
  readAgain(): void {
    if (!this.#starved || this.#isHeldBack()) return;
    this.#starved = false;
    if (!this.socket.destroyed) this.socket.emit('readable'); // this is when Aedes reads
  }

  /** Nothing more is taken from it: the daemon is stopping, and what it sends now it will send again. */
  stopReading(): void {
    this.#deaf = true;
    // Its bytes are thrown away rather than left unread: the client's end is only seen behind them.
    this.readAgain();
  }

  /** Whether it has been silent for too long, by a monotonic clock. While we do not listen, that is no one's fault. */
  isSilent(now: number): boolean {
    return now - this.#heard > this.#longestSilence && !this.#starved && this.inFlight === 0;
  }

  /** The client does not read its acknowledgements; it has a moment to begin. */
  #blocked(): void {
    if (this.#slow !== undefined) return;
    this.#slow = setTimeout(() => this.cut('slow-reader'), this.#deps.drainTimeout);
    this.socket.once('drain', () => {
      clearTimeout(this.#slow);
      this.#slow = undefined;
    });
  }

  /** Ends the connection at once; nothing that is still owed is answered. */
  cut(reason: string): void {
    this.acks.drop();
    if (this.cutFor !== undefined || this.socket.destroyed) return;
    this.cutFor = reason;
    this.#deps.onCut(reason);
    this.socket.destroy();
  }

  /** The socket is closed. */
  closed(): void {
    clearTimeout(this.#slow);
    this.acks.drop();
    this.#deps.guard.release();
    const commands = this.#commands;
    this.#commands = undefined;
    this.commandQos = undefined;
    for (const answer of commands?.values() ?? []) answer(false);
  }

  /** Where a topic leads for this device, or undefined when it may not use it. */
  route(topic: string, agency: string, device: Device): Route | undefined {
    const known = this.#route;
    if (known !== undefined && topic === this.#topic && known.sender.device === device) return known;
    const target = readTopic(device.username, topic);
    if (target === undefined) return undefined;
    this.#topic = topic;
    this.#topicBytes = Buffer.from(topic);
    this.#route = { target, sender: { agency, device, via: topic } };
    return this.#route;
  }

  /** The same for a topic in the bytes of a packet. Trackers hardly ever change theirs, so it is seldom decoded. */
  routeOfBytes(chunk: Buffer, from: number, to: number, agency: string, device: Device): Route | undefined {
    const known = this.#route;
    if (known !== undefined && known.sender.device === device && isAt(chunk, from, to, this.#topicBytes)) return known;
    return this.route(chunk.toString('utf8', from, to), agency, device);
  }

  get unreleased(): Set<number> {
    this.#unreleased ??= new Set();
    return this.#unreleased;
  }

  /** The message id for the command being sent; its acknowledgement or the end of the connection settles `answer`. */
  expectAck(answer: (acknowledged: boolean) => void): number {
    this.#commandId = (this.#commandId % 65_535) + 1;
    this.#commands ??= new Map();
    this.#commands.set(this.#commandId, answer);
    return this.#commandId;
  }

  get commandId(): number {
    return this.#commandId;
  }

  acknowledged(messageId: number): void {
    const answer = this.#commands?.get(messageId);
    this.#commands?.delete(messageId);
    answer?.(true);
  }

  forgetAck(messageId: number): void {
    this.#commands?.delete(messageId);
  }
}

function isAt(chunk: Buffer, from: number, to: number, bytes: Buffer): boolean {
  if (to - from !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (chunk[from + i] !== bytes[i]) return false;
  return true;
}
