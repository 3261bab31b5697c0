import { once } from 'node:events';
import { WebSocket } from 'ws';
import { closeCodes, type ServerMessage } from '../../protocol/feed.ts';
import { decodePositions } from '../../protocol/feed-frame.ts';

/** A screen that hears the feed, keeps each van's newest fix, and comes back with its cursor when it was cut off. */
export class FeedClient {
  /** van → fixTime of its newest position, UTC ms */
  readonly newest = new Map<string, number>();
  /** how often it opened a feed again, and how often because it read too slowly */
  comebacks = 0;
  cutAsSlow = 0;
  /** closings nobody asked for, other than for slowness */
  readonly surprises: string[] = [];
  readonly #url: string;
  readonly #format: 'json' | 'binary';
  readonly #token: () => Promise<string>;
  readonly #vans = new Map<number, string>();
  #socket: WebSocket | undefined;
  #cursor: string | undefined;
  #paused = false;
  #stopped = false;

  constructor(options: { url: string; format: 'json' | 'binary'; token: () => Promise<string> }) {
    this.#url = options.url;
    this.#format = options.format;
    this.#token = options.token;
  }

  /** Opens the feed; resolves when it has said hello. */
  async start(): Promise<void> {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary) => this.#hear(data, isBinary));
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', (code) => {
      if (this.#stopped || socket !== this.#socket) return;
      if (code === closeCodes.tooSlow) this.cutAsSlow++;
      // One that does not read cannot hear why it was cut off.
      else if (!this.#paused && code !== 1006) this.surprises.push(`closed with ${code}`);
      void this.comeBack();
    });
    await once(socket, 'open');
    const token = await this.#token();
    const resume = this.#cursor === undefined ? {} : { resume: this.#cursor };
    socket.send(JSON.stringify({ type: 'hello', token, format: this.#format, ...resume }));
  }

  /** Reads nothing until `resume` or `comeBack`. */
  stall(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Leaves the present feed without a word and opens one from the last cursor. */
  async comeBack(): Promise<void> {
    this.#paused = false;
    this.comebacks++;
    const old = this.#socket;
    this.#socket = undefined;
    old?.terminate();
    try {
      await this.start();
    } catch (error) {
      this.surprises.push((error as Error).message);
    }
  }

  async renewToken(): Promise<void> {
    const token = await this.#token();
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: 'token', token }));
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.terminate();
  }

  #hear(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const { cursor, positions } = decodePositions(new Uint8Array(data));
      this.#cursor = cursor;
      for (const { index, fixTime } of positions) this.#saw(this.#vans.get(index) ?? `unknown ${index}`, fixTime);
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'welcome') {
      if (!message.resumed) this.#vans.clear();
      return;
    }
    this.#cursor = message.cursor;
    if (message.type === 'positions') {
      for (const { subject, fixTime } of message.positions) this.#saw(subject, fixTime);
    }
    const vans = message.type === 'snapshot' ? message.vans : [];
    if (message.type === 'event' && message.name === 'van') vans.push(message);
    for (const { index, van, position } of vans) {
      this.#vans.set(index, van.id);
      if (position) this.#saw(van.id, position.fixTime);
    }
  }

  #saw(van: string, fixTime: number): void {
    this.newest.set(van, Math.max(fixTime, this.newest.get(van) ?? 0));
  }
}
