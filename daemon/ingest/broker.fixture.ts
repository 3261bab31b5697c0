import { once } from 'node:events';
import net from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { pino } from 'pino';
import { MqttBroker, type MqttBrokerDeps } from './broker.ts';
import { HeldLog } from './held-log.fixture.ts';
import { Identity } from './identity.ts';
import type { Intake } from './intake.ts';
import type { MqttLimits } from './mqtt-limits.ts';
import { Pipeline } from './pipeline.ts';
import { FixedRegistry, keyOf } from './registry.fixture.ts';

/** For tests: a broker with a pipeline on a log in memory, and devices van-7 and van-8 of the agency demo. */
export async function openBroker(
  more: { limits?: Partial<MqttLimits>; intake?: Intake } & Partial<Pick<MqttBrokerDeps, 'tls' | 'onConnected'>> = {},
) {
  const log = new HeldLog();
  const registry = new FixedRegistry();
  registry.add('demo', 'van-7');
  registry.add('demo', 'van-8');
  const pipeline = new Pipeline({ log, registry });
  const broker = new MqttBroker({
    port: 0,
    intake: pipeline,
    identity: new Identity({ registry }),
    registry,
    logger: pino({ level: 'silent' }),
    backlog: () => log.waitingBytes(),
    ...more,
  });
  await broker.start();
  const port = broker.ports.plain;
  const sockets: RawClient[] = [];
  return {
    log,
    registry,
    pipeline,
    broker,
    port,
    url: `mqtt://127.0.0.1:${port}`,
    /** a socket that has sent nothing yet */
    async raw(): Promise<RawClient> {
      const client = new RawClient(net.connect(port, '127.0.0.1'));
      sockets.push(client);
      await once(client.socket, 'connect');
      return client;
    },
    /** a socket that is connected as this device */
    async connected(id: string, packet: Partial<IConnectPacket> = {}): Promise<RawClient> {
      const client = await this.raw();
      client.send(connectOf(id, packet));
      const answer = await client.next();
      if (answer.cmd !== 'connack' || answer.returnCode !== 0) throw new Error(`not connected: ${answer.cmd}`);
      return client;
    },
    async close(): Promise<void> {
      for (const client of sockets) client.socket.destroy();
      await broker.stop();
    },
  };
}

export function connectOf(id: string, more: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    clientId: 'tracker',
    username: id,
    password: Buffer.from(keyOf(id)),
    keepalive: 60,
    clean: true,
    ...more,
  };
}

/** A native position of a van that can be told apart by its number. */
export function payloadOf(number: number): Buffer {
  return Buffer.from(JSON.stringify({ fixTime: Date.now() - 60_000 + number, latitude: 11.66, longitude: 78.14 }));
}

export function publishOf(messageId: number, more: object = {}): Packet {
  return {
    cmd: 'publish',
    topic: 'vantrail/van-7/position',
    payload: payloadOf(messageId),
    qos: 1,
    messageId,
    dup: false,
    retain: false,
    ...more,
  } as Packet;
}

/** A client made of bytes: it can do what no decent client would. */
export class RawClient {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  readonly received: Packet[] = [];
  #wake: (() => void)[] = [];
  #ended = false;

  constructor(socket: net.Socket) {
    this.socket = socket;
    const packets = parser();
    packets.on('packet', (packet) => {
      this.received.push(packet);
      for (const wake of this.#wake.splice(0)) wake();
    });
    socket.on('data', (bytes) => packets.parse(bytes));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#ended = true;
        for (const wake of this.#wake.splice(0)) wake();
        resolve();
      }),
    );
  }

  send(...packets: (Packet | Buffer)[]): boolean {
    return this.socket.write(Buffer.concat(packets.map((one) => (Buffer.isBuffer(one) ? one : generate(one)))));
  }

  /** The next packet not yet asked for. */
  async next(): Promise<Packet> {
    while (this.received.length === 0) {
      if (this.#ended) throw new Error('the connection was closed');
      await new Promise<void>((woken) => this.#wake.push(woken));
    }
    return this.received.shift() as Packet;
  }

  /** The message ids of the next `count` packets, which must all be of this kind. */
  async ids(cmd: Packet['cmd'], count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) {
      const packet = await this.next();
      if (packet.cmd !== cmd) throw new Error(`expected ${cmd}, got ${packet.cmd}`);
      ids.push(packet.messageId ?? 0);
    }
    return ids;
  }

  /** A round trip: everything sent before it has been read when it resolves (PINGREQ is answered at once). */
  async roundTrip(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    const answer = await this.next();
    if (answer.cmd !== 'pingresp') throw new Error(`expected pingresp, got ${answer.cmd}`);
  }
}
