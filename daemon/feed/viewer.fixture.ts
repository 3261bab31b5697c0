import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Role, Viewer } from '../../protocol/claims.ts';
import type { ServerMessage } from '../../protocol/feed.ts';
import type { Audience } from './audience.ts';
import { Connection } from './connection.ts';
import type { Hub } from './hub.ts';

/** For tests: somebody who looks at a feed, without a network between. */
export class Watcher {
  readonly viewer: Viewer;
  readonly connection: Connection;
  /** every byte he was sent */
  readonly bytes: Buffer[] = [];
  readonly messages: ServerMessage[] = [];
  closed: number | undefined;
  /** what he knows of: `van v1`, `consumer c1`, `order o1` */
  readonly known = new Set<string>();

  constructor(options: {
    viewer: Viewer;
    audience: Audience;
    now: number;
    onMessage?: (message: ServerMessage) => void;
  }) {
    this.viewer = options.viewer;
    const take = (frame: Buffer) => {
      this.bytes.push(frame);
      const message = JSON.parse(payloadOf(frame)) as ServerMessage;
      this.messages.push(message);
      this.#learn(message);
      options.onMessage?.(message);
    };
    const socket = { writableLength: 0, bytesWritten: 0, write: take, cork() {}, uncork() {}, on() {}, off() {} };
    const webSocket = {
      readyState: 1,
      close: (code: number) => {
        webSocket.readyState = 3;
        this.closed = code;
      },
      terminate() {},
    };
    this.connection = new Connection({
      viewer: options.viewer,
      audience: options.audience,
      format: 'json',
      webSocket: webSocket as unknown as WebSocket,
      socket: socket as unknown as Socket,
      now: options.now,
    });
  }

  join(hub: Hub): this {
    hub.add(this.connection, undefined);
    return this;
  }

  /** Everything he was sent, as text. */
  get text(): string {
    return Buffer.concat(this.bytes).toString('utf8');
  }

  #learn(message: ServerMessage): void {
    if (message.type === 'snapshot') {
      for (const { van } of message.vans) this.known.add(`van ${van.id}`);
      for (const { consumer } of message.consumers) this.known.add(`consumer ${consumer.id}`);
      for (const { order } of message.orders ?? []) this.known.add(`order ${order.id}`);
      for (const { alert } of message.alerts ?? []) this.known.add(`alert ${alert.id}`);
    } else if (message.type === 'event') {
      if (message.name === 'van') this.known.add(`van ${message.van.id}`);
      else if (message.name === 'consumer') this.known.add(`consumer ${message.consumer.id}`);
      else if (message.name === 'order') this.known.add(`order ${message.order.id}`);
      else if (message.name === 'alert') this.known.add(`alert ${message.alert.id}`);
    } else if (message.type === 'gone') this.known.delete(`${message.kind} ${message.subject}`);
  }
}

export function person(role: Role, subject: string, link?: Viewer['link']): Viewer {
  return {
    role,
    agency: 'pune',
    subject,
    scopes: new Set(),
    expiresAt: Number.MAX_SAFE_INTEGER,
    ...(link === undefined ? {} : { link }),
  };
}

/** The text of one unmasked WebSocket frame. */
function payloadOf(frame: Buffer): string {
  const length = (frame[1] ?? 0) & 0x7f;
  return frame.toString('utf8', length === 127 ? 10 : length === 126 ? 4 : 2);
}
