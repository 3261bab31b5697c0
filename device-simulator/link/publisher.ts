import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** What a publisher reports of itself. */
export interface PublisherCounts {
  /** messages handed over so far */
  taken: number;
  /** messages the broker has acknowledged, which means they are durable */
  acknowledged: number;
  /** messages not yet acknowledged */
  waiting: number;
  /** messages thrown away because too many waited */
  dropped: number;
  connected: boolean;
  /** why the broker would not let it in, while it does not */
  refused?: string;
  /** why the last connection could not be made, while there is none */
  failure?: string;
}

export interface PublisherOptions {
  /** mqtt://host:port or mqtts://host:port */
  url: string;
  /** asked before each connection, so that a key may be replaced */
  credential: () => { username: string; key: string };
  clientId: string;
  /** messages kept while they cannot be sent; the oldest are dropped beyond it (default 5,000, about 2 MB) */
  capacity?: number;
  /** 0 ≤ number < 1; for the waits between connections */
  random?: () => number;
  /** called with every change of `connected` or `refused` */
  onChange?: () => void;
}

interface Waiting {
  topic: string;
  payload: string;
}

/** Waits before the next attempt grow from the first to the longest, ms; the real wait is a random part of it. */
const firstWait = 500;
const longestWait = 15_000;
/** Messages on their way without an acknowledgement. */
const inFlight = 16;
/** A broker that does not answer a connection for this long is given up, ms. */
const connectTimeout = 10_000;

/**
 * One tracker's connection: MQTT 3.1.1, QoS 1. It keeps every message until it is acknowledged and sends it again after
 * a break, so each arrives at least once; the daemon knows a repeated fix by its time. After a break the newest message
 * goes first and then the rest in order. Every connection is a new client, so that nothing of a broken one lives on.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #queue: Waiting[] = [];
  readonly #sent = new Set<Waiting>();
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #running = false;
  #connected = false;
  #refused: string | undefined;
  #failure: string | undefined;
  #taken = 0;
  #acknowledged = 0;
  #dropped = 0;
  #drained: (() => void)[] = [];

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  get counts(): PublisherCounts {
    return {
      taken: this.#taken,
      acknowledged: this.#acknowledged,
      waiting: this.#queue.length + this.#sent.size,
      dropped: this.#dropped,
      connected: this.#connected,
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  /** Takes a message to send; it is kept until the broker has acknowledged it. */
  publish(topic: string, payload: string): void {
    this.#taken++;
    this.#queue.push({ topic, payload });
    if (this.#queue.length + this.#sent.size > (this.#options.capacity ?? 5000) && this.#queue.length > 0) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#send();
  }

  /** Waits until everything is acknowledged, at most `patience` ms, then hangs up. Calling it twice is harmless. */
  async stop(patience = 0): Promise<void> {
    if (this.#running && patience > 0 && this.counts.waiting > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience);
        this.#drained.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.#running = false;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    this.#connected = false;
    // a polite DISCONNECT needs the socket for a moment; a dead one must not keep us
    if (client?.connected) await Promise.race([client.endAsync(), pause(500)]);
    client?.end(true);
  }

  #connect(): void {
    const { url, clientId } = this.#options;
    const { username, key } = this.#options.credential();
    const settings: IClientOptions = {
      username,
      password: key,
      clientId,
      clean: true,
      protocolVersion: 4,
      keepalive: 30,
      connectTimeout,
      reconnectPeriod: 0,
      queueQoSZero: false,
    };
    const client = mqtt.connect(url, settings);
    this.#client = client;
    client.on('connect', () => {
      this.#attempt = 0;
      this.#refused = undefined;
      this.#failure = undefined;
      this.#connected = true;
      this.#newestFirst();
      this.#options.onChange?.();
      this.#send();
    });
    client.on('error', (error) => {
      // codes 4 and 5 of CONNACK: wrong credentials; other errors are followed by `close` and mean: try again
      const code = 'code' in error ? error.code : undefined;
      this.#failure = error.message || String(code);
      if (code === 4 || code === 5) this.#refused = error.message;
    });
    client.on('close', () => this.#closed(client));
  }

  #closed(client: MqttClient): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#connected = false;
    client.removeAllListeners();
    // an error after the end concerns no one any more
    client.on('error', () => {});
    client.end(true);
    this.#queue.unshift(...this.#sent);
    this.#sent.clear();
    this.#options.onChange?.();
    if (!this.#running) return;
    const most = Math.min(longestWait, firstWait * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 10);
    const wait = (this.#options.random ?? Math.random)() * most;
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #newestFirst(): void {
    const newest = this.#queue.pop();
    if (newest) this.#queue.unshift(newest);
  }

  #send(): void {
    const client = this.#client;
    if (!client || !this.#connected) return;
    while (this.#sent.size < inFlight) {
      const message = this.#queue.shift();
      if (!message) return;
      this.#sent.add(message);
      client.publish(message.topic, message.payload, { qos: 1 }, (error) => {
        // without an acknowledgement it goes back to the queue when the connection closes
        if (error || client !== this.#client || !this.#sent.delete(message)) return;
        this.#acknowledged++;
        if (this.#sent.size === 0 && this.#queue.length === 0) for (const done of this.#drained.splice(0)) done();
        this.#send();
      });
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
