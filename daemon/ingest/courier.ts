import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Service } from '../lifecycle.ts';
import type { Exchange, ExchangeMessage } from '../log/remote.ts';
import type { MqttBroker } from './broker.ts';

export interface CourierDeps {
  broker: Pick<MqttBroker, 'command' | 'displace' | 'connected'>;
  /** to the other daemons of the same log; absent: there are none */
  exchange?: Exchange;
  /** this daemon's name among them */
  daemon: string;
  logger: Logger;
  /** UTC ms */
  now?: () => number;
  /** ms to wait for another daemon's answer: a little more than it waits for the device */
  answerWithin?: number;
}

/**
 * Brings a command to a tracker at whichever daemon it is connected, and sees to it that it is connected at one only:
 * who hears that a device has come to another daemon ends the older connections here. Nothing is kept of any of this;
 * a daemon that was away has no connections either.
 */
export class Courier implements Service {
  readonly name = 'courier';
  readonly #deps: CourierDeps;
  readonly #now: () => number;
  readonly #waiting = new Map<string, (delivered: boolean) => void>();
  #end: (() => void) | undefined;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  async start(): Promise<void> {
    this.#end = this.#deps.exchange?.onMessage((message) => this.#hear(message));
  }

  async stop(): Promise<void> {
    this.#end?.();
    this.#end = undefined;
    for (const answer of this.#waiting.values()) answer(false);
    this.#waiting.clear();
  }

  /** A device has connected here: the others are told. */
  connected(username: string): void {
    const { exchange, daemon } = this.#deps;
    if (exchange === undefined) return;
    this.#send({ type: 'connected', daemon, username, at: this.#now() });
  }

  /**
   * Resolves to whether a device took the command: acknowledged it, or was written it where it listens at QoS 0. false:
   * it is connected nowhere, does not listen, or did not answer in time.
   */
  async command(username: string, payload: string): Promise<boolean> {
    const { broker, exchange, daemon } = this.#deps;
    if (await broker.command(username, payload)) return true;
    if (exchange === undefined) return false;
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), this.#deps.answerWithin ?? 12_000);
    this.#waiting.set(id, resolve);
    try {
      await exchange.send({ type: 'command', daemon, id, username, payload });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #hear(message: ExchangeMessage): void {
    const { broker, daemon } = this.#deps;
    switch (message.type) {
      case 'connected':
        if (message.daemon !== daemon) broker.displace(message.username, message.at);
        return;
      case 'command':
        if (message.daemon !== daemon && broker.connected(message.username)) void this.#carryOut(message);
        return;
      case 'command-answer':
        // Where two daemons still have it connected, one of them may fail: a success counts, a failure waits for it.
        if (message.delivered) this.#waiting.get(message.id)?.(true);
    }
  }

  async #carryOut({ id, username, payload }: Extract<ExchangeMessage, { type: 'command' }>): Promise<void> {
    const delivered = await this.#deps.broker.command(username, payload);
    this.#send({ type: 'command-answer', daemon: this.#deps.daemon, id, delivered });
  }

  #send(message: ExchangeMessage): void {
    this.#deps.exchange?.send(message).catch((error: unknown) => {
      this.#deps.logger.warn({ err: error, type: message.type }, 'the other daemons could not be told');
    });
  }
}
