import type { EventEmitter } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Client } from 'aedes';
import type { Logger } from 'pino';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Service } from '../lifecycle.ts';
import { DueWriters } from './ack-writer.ts';
import { BackPressure } from './back-pressure.ts';
import { Connection } from './connection.ts';
import { Connections, type MqttCounts } from './connections.ts';
import { FrameGuard, UnfinishedBytes } from './frame-guard.ts';
import type { Identity } from './identity.ts';
import type { Intake } from './intake.ts';
import { mqttHooks } from './mqtt-hooks.ts';
import { type MqttLimits, usualLimits } from './mqtt-limits.ts';
import { commandTopic } from './mqtt-topics.ts';
import { keepParserIn } from './parser-guard.ts';
import { Publishing } from './publishing.ts';
import { QuietAedes } from './quiet-aedes.ts';
import { Sessionless } from './sessionless.ts';

export interface MqttBrokerDeps {
  host?: string;
  port: number;
  /** where the plain port listens, when that is not `host` */
  plainHost?: string;
  /** MQTT over TLS beside the plain port; PEM */
  tls?: { port: number; cert: string | Buffer; key: string | Buffer };
  intake: Intake;
  identity: Pick<Identity, 'authenticate'>;
  registry: Pick<RegistryView, 'device' | 'credential'>;
  logger: Logger;
  /** bytes the log has accepted and not yet made durable (`Log.waitingBytes`) */
  backlog?: () => number;
  /** UTC ms */
  now?: () => number;
  limits?: Partial<MqttLimits>;
  /** a device has shown its key */
  onConnected?: (username: string) => void;
  /** told of one message in sixteen how long its acknowledgement took, ms */
  onAcknowledged?: (ms: number) => void;
}

/** The MQTT door: Aedes behind a frame guard, made for trackers. Who may do what here is told in `mqtt-hooks.ts`. */
export class MqttBroker implements Service {
  readonly name = 'mqtt';
  readonly #deps: MqttBrokerDeps;
  readonly #limits: MqttLimits;
  readonly #connections: Connections;
  readonly #pressure: BackPressure;
  readonly #before: UnfinishedBytes;
  readonly #after: UnfinishedBytes;
  readonly #publishing: Publishing;
  readonly #due = new DueWriters();
  #sweep: NodeJS.Timeout | undefined;
  #aedes: QuietAedes | undefined;
  #servers: net.Server[] = [];

  constructor(deps: MqttBrokerDeps) {
    this.#deps = deps;
    this.#limits = { ...usualLimits, ...deps.limits };
    this.#connections = new Connections(this.#limits.connectionsPerDevice);
    this.#before = new UnfinishedBytes(this.#limits.unfinishedBeforeConnect);
    this.#after = new UnfinishedBytes(this.#limits.unfinishedAfterConnect);
    this.#pressure = new BackPressure({
      cap: this.#limits.waitingBytes,
      backlog: deps.backlog ?? (() => 0),
      reopened: () => setImmediate(() => this.#readAgain()),
    });
    const { intake, registry, logger, now = Date.now, onAcknowledged = () => {} } = deps;
    this.#publishing = new Publishing({
      connections: this.#connections,
      intake,
      registry,
      logger,
      now,
      pressure: this.#pressure,
      unreleasedLimit: this.#limits.unreleased,
      onAcknowledged,
    });
  }

  async start(): Promise<void> {
    const { host = '127.0.0.1', port, tls: secure } = this.#deps;
    this.#aedes = await this.#broker();
    this.#sweep = setInterval(() => this.#endSilent(), this.#limits.sweep);
    // Two sockets' worth of read-ahead is plenty for packets of some hundred bytes, times thousands of trackers.
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 16_384 };
    await this.#listen(net.createServer(options), 'connection', port, this.#deps.plainHost ?? host);
    if (secure === undefined) return;
    const { cert, key } = secure;
    const server = tls.createServer({ ...options, cert, key, handshakeTimeout: this.#limits.connectTimeout });
    server.on('tlsClientError', () => this.#connections.countCut('tls'));
    await this.#listen(server, 'secureConnection', secure.port, host);
  }

  /** Takes no more, lets what is being committed be acknowledged (bounded), then closes every connection. */
  async stop(): Promise<void> {
    const aedes = this.#aedes;
    this.#aedes = undefined;
    clearInterval(this.#sweep);
    const servers = this.#servers.splice(0);
    for (const server of servers) server.close();
    if (aedes === undefined) return;
    const deadline = performance.now() + this.#limits.stopTimeout;
    for (const connection of this.#connections.all()) connection.stopReading();
    while (this.#connections.all().some((one) => one.acks.waiting) && performance.now() < deadline) await turn(5);
    // `end` sends what is still to be written, and waits for nothing more than the client's own end.
    for (const connection of this.#connections.all()) connection.socket.end();
    const goodbye = Math.min(deadline, performance.now() + 500);
    while (this.#connections.all().length > 0 && performance.now() < goodbye) await turn(5);
    this.#pressure.stop();
    await new Promise<void>((closed) => aedes.close(closed));
    for (const connection of this.#connections.all()) connection.socket.destroy();
  }

  /** The port it listens on (useful when it was given 0), plain and TLS. */
  get ports(): { plain: number; secure?: number } {
    const [plain, secure] = this.#servers.map((server) => (server.address() as net.AddressInfo).port);
    return secure === undefined ? { plain: plain ?? 0 } : { plain: plain ?? 0, secure };
  }

  counts(): MqttCounts {
    return this.#connections.counts();
  }

  /** bytes taken from clients and not yet settled */
  get waitingBytes(): number {
    return this.#pressure.held;
  }

  connected(username: string): boolean {
    return this.#connections.withUsername(username).length > 0;
  }

  /** Something about a device has changed: ends its connections when it is disabled or removed, or has a new key. */
  review(agency: string, deviceId: string): void {
    const { registry } = this.#deps;
    const device = registry.device(agency, deviceId);
    const keyHash = device?.enabled ? registry.credential(device.username)?.keyHash : undefined;
    for (const connection of this.#connections.ofDevice(agency, deviceId)) {
      if (connection.proven?.keyHash !== keyHash) connection.cut('disabled');
    }
  }

  /** Ends the connections a device opened before `at` (UTC ms): it is connected at another daemon since. */
  displace(username: string, at: number): void {
    for (const connection of this.#connections.withUsername(username)) {
      if (connection.provenAt < at) connection.cut('elsewhere');
    }
  }

  /**
   * Sends a command to a device. Resolves to whether it was delivered: acknowledged by the device, or written to it
   * when it listens at QoS 0. false: it is not connected, does not listen, or did not answer in time.
   */
  async command(username: string, payload: string | Uint8Array): Promise<boolean> {
    const listening = this.#connections.withUsername(username).filter((one) => one.commandQos !== undefined);
    const topic = commandTopic(username);
    const answers = await Promise.all(listening.map((one) => this.#send(one, topic, Buffer.from(payload))));
    return answers.includes(true);
  }

  #send(connection: Connection, topic: string, payload: Buffer): Promise<boolean> {
    const { client, commandQos: qos } = connection;
    if (client === undefined || qos === undefined) return Promise.resolve(false);
    const packet = { cmd: 'publish', topic, payload, qos, retain: false, dup: false } as const;
    return new Promise((resolve) => {
      if (qos === 0) return client.publish(packet, (error) => resolve(error === undefined || error === null));
      const timer = setTimeout(() => {
        connection.forgetAck(id);
        resolve(false);
      }, this.#limits.commandTimeout);
      const id = connection.expectAck((acknowledged) => {
        clearTimeout(timer);
        resolve(acknowledged);
      });
      client.publish(packet, () => {});
    });
  }

  async #broker(): Promise<QuietAedes> {
    const { identity, registry, logger, onConnected = () => {}, now = Date.now } = this.#deps;
    const connections = this.#connections;
    const publishing = this.#publishing;
    const keepAliveLimit = this.#limits.keepAlive;
    const aedes = new QuietAedes({
      ...mqttHooks({ connections, publishing, identity, registry, logger, keepAliveLimit, onConnected, now }),
      persistence: new Sessionless((client) => connections.of(client)),
      connectTimeout: this.#limits.connectTimeout,
      drainTimeout: this.#limits.drainTimeout,
      // Packets sent right behind CONNECT, before it is answered. Their bytes are bounded by the socket's read-ahead.
      queueLimit: 1000,
      maxClientsIdLength: 65_535 + 101,
    });
    aedes.on('clientError', (client, error) => this.#failed(client, error));
    aedes.on('connectionError', (client, error) => this.#failed(client, error));
    aedes.on('clientReady', (client) => {
      const connection = connections.of(client);
      if (connection !== undefined) connection.ready = true;
    });
    onError(aedes, (error) => logger.error({ err: error }, 'the MQTT broker failed'));
    aedes.on('unsubscribe', (topics, client) => {
      const connection = connections.of(client);
      const username = connection?.proven?.device.username;
      if (connection === undefined || username === undefined) return;
      if (topics.includes(commandTopic(username))) connection.commandQos = undefined;
    });
    await aedes.listen();
    return aedes;
  }

  async #listen(server: net.Server, event: 'connection' | 'secureConnection', port: number, host: string) {
    server.maxConnections = this.#limits.connections;
    server.on('drop', () => this.#connections.tooMany++);
    server.on(event, (socket: net.Socket) => this.#accept(socket));
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen(port, host, () => {
        server.off('error', failed);
        server.on('error', (error) => this.#deps.logger.error({ err: error }, 'the MQTT listener failed'));
        listening();
      });
    });
    this.#servers.push(server);
  }

  #accept(socket: net.Socket): void {
    const aedes = this.#aedes;
    if (aedes === undefined) {
      socket.destroy();
      return;
    }
    const connections = this.#connections;
    const connection = new Connection({
      socket,
      guard: new FrameGuard(this.#limits, this.#before, this.#after),
      due: this.#due,
      pressure: this.#pressure,
      drainTimeout: this.#limits.drainTimeout,
      takeBytes: (one, chunk) => this.#takeBytes(one, chunk),
      onCut: (reason) => connections.countCut(reason),
    });
    connections.opened(connection);
    connection.watch();
    socket.once('close', () => {
      connections.closed(connection);
      connection.closed();
    });
    const client = aedes.handle(socket);
    connections.bind(client, connection);
    keepParserIn(client, connection);
  }

  /** Aedes ended a connection: what it sent was no MQTT, it was silent for too long, or the network failed. */
  #failed(client: Client, error: Error & { code?: string }): void {
    const connection = this.#connections.of(client);
    const reason = reasons[error.message] ?? 'protocol';
    // refusals and cuts are counted where they happen; what has a code came from the network
    if (connection === undefined || connection.cutFor !== undefined || reason === 'refused') return;
    if (error.code !== undefined) return;
    this.#connections.countCut(reason);
    this.#deps.logger.debug(
      { device: connection.proven?.device.id, address: connection.address, reason, detail: error.message },
      'MQTT connection ended',
    );
  }

  #takeBytes(connection: Connection, chunk: Buffer): number {
    try {
      return this.#publishing.fromBytes(connection, chunk);
    } catch (error) {
      this.#publishing.failed(connection, error);
      return chunk.length;
    }
  }

  #readAgain(): void {
    for (const connection of this.#connections.all()) {
      if (this.#pressure.shut) return;
      connection.readAgain();
    }
  }

  #endSilent(): void {
    const now = performance.now();
    if (this.#pressure.shut) return;
    for (const connection of this.#connections.all()) if (connection.isSilent(now)) connection.cut('keep-alive');
  }
}

/** Aedes' own words for why it ends a connection, as reasons for the counters. */
const reasons: Readonly<Record<string, string>> = {
  'connect did not arrive in time': 'connect-timeout',
  'drain timeout': 'slow-reader',
  'connection closed': 'refused',
  'bad user name or password': 'refused',
  'unacceptable protocol version': 'version',
};

/** Without a listener an `error` event is thrown; Aedes' own type does not list it. */
function onError(events: EventEmitter, listener: (error: unknown) => void): void {
  events.on('error', listener);
}

function turn(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
