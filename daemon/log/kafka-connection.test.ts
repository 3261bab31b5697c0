import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// What mends the connections.
import './kafka.ts';
import type { Connection } from './kafka-connection.ts';
import { type KafkaRequest, kafkaRequest } from './kafka-requests.ts';

const load = createRequire(import.meta.url);

type Logger = Record<'debug' | 'info' | 'warn' | 'error', () => void> & { namespace(): Logger };
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => silent };

interface Asking extends Connection {
  send<T>(request: KafkaRequest<T>): Promise<T>;
}
const Asking = load('kafkajs/src/network/connection') as new (options: object) => Asking;
const { socketFactory } = { socketFactory: (load('kafkajs/src/network/socketFactory') as () => unknown)() };

/** A request whose answer is text. */
const question = () => kafkaRequest({ apiKey: 3, apiVersion: 0, apiName: 'Metadata' }, () => Buffer.alloc(0), String);

/** An answer as it comes from a broker: its length, the number of its request, and the text. */
function answer(number: number, text: string): Buffer {
  const bytes = Buffer.alloc(8 + Buffer.byteLength(text));
  bytes.writeInt32BE(bytes.length - 4);
  bytes.writeInt32BE(number, 4);
  bytes.write(text, 8);
  return bytes;
}

/** A broker that says what a test has it say. */
class Broker extends EventEmitter {
  readonly sockets: Socket[] = [];
  readonly server: Server = createServer((socket) => {
    this.sockets.push(socket);
    // It is the other side that breaks the line in these tests.
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.emit('asked', socket, bytes.readInt32BE(8)));
  });

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What it does when it is asked the next time; resolves when that is done. */
  async next(work: (socket: Socket, number: number) => void): Promise<void> {
    const [socket, number] = (await once(this, 'asked')) as [Socket, number];
    work(socket, number);
  }
}

describe('a connection to a broker', () => {
  let broker: Broker;
  const opened: Asking[] = [];
  const to = (port: number, more: object = {}) => {
    const connection = new Asking({
      ...{ host: '127.0.0.1', port, logger: silent, socketFactory },
      ...{ requestTimeout: 60_000, connectionTimeout: 60_000, ...more },
    });
    opened.push(connection);
    return connection;
  };
  /** What became of a request, when that is known. */
  const outcome = (asked: Promise<unknown>) =>
    asked.then(
      (text) => `answered ${text}`,
      (error: Error) => error.name,
    );

  beforeEach(async () => {
    broker = new Broker();
    await once(broker.server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    for (const connection of opened.splice(0)) {
      connection.rejectRequests(new Error('the test is over'));
      await connection.disconnect();
    }
    for (const socket of broker.sockets) socket.destroy();
    broker.server.close();
  });

  // Lengths that end up where the next answer's own length is looked for: too small, below zero, and far too large.
  it.each([
    ['zero', 0],
    ['one', 1],
    ['below zero', -1],
    ['a gigabyte', 2 ** 30],
  ])('forgets the beginning of an answer that was cut off (%s in the middle of the next)', async (_, inside) => {
    const connection = to(broker.port);
    await connection.connect();
    const first = outcome(connection.send(question()));
    // 12 bytes of it are missing.
    await broker.next((socket, number) => void socket.end(answer(number, 'the answer is cut off').subarray(0, -12)));
    expect(await first).toBe('KafkaJSConnectionClosedError');

    await connection.connect();
    const second = outcome(connection.send(question()));
    const text = Buffer.alloc(40);
    text.writeInt32BE(inside, 12 - 8);
    await broker.next((socket, number) => void socket.write(answer(number, text.toString('latin1'))));
    const third = outcome(connection.send(question()));
    await broker.next((socket, number) => void socket.write(answer(number, 'and the next')));
    expect(await third).toBe('answered and the next');
    expect(await second).toBe(`answered ${text.toString('latin1')}`);
  });

  it('does not listen to a socket that was given up', async () => {
    const connection = to(broker.port);
    await connection.connect();
    const first = outcome(connection.send(question()));
    let late: () => void = () => {};
    await broker.next((socket, number) => {
      late = () => socket.write(answer(number, 'too late').subarray(0, 9));
    });
    connection.rejectRequests(new Error('given up'));
    await connection.disconnect();
    await connection.connect();
    const second = outcome(connection.send(question()));
    await broker.next((socket, number) => {
      late();
      // The old line may be the faster one.
      setImmediate(() => setImmediate(() => socket.write(answer(number, 'in time'))));
    });
    expect(await second).toBe('answered in time');
    expect(await first).toBe('Error');
  });

  it('closes a socket that was given up, although the broker holds its end', async () => {
    const connection = to(broker.port);
    await connection.connect();
    const asked = outcome(connection.send(question()));
    let held: Socket | undefined;
    await broker.next((socket) => {
      socket.allowHalfOpen = true;
      held = socket;
    });
    const { socket } = connection;
    connection.rejectRequests(new Error('given up'));
    await connection.disconnect();
    expect(socket?.destroyed).toBe(true);
    expect(connection.socket).toBeUndefined();
    expect(await asked).toBe('Error');
    held?.destroy();
  });

  it('ends when what comes cannot be read, and can be made anew', async () => {
    const connection = to(broker.port);
    await connection.connect();
    const first = outcome(connection.send(question()));
    await broker.next((socket) => void socket.write(Buffer.from([0, 0, 0, 1, 7])));
    expect(await first).toBe('KafkaJSConnectionError');
    expect(connection.isConnected()).toBe(false);
    await connection.connect();
    const second = outcome(connection.send(question()));
    await broker.next((socket, number) => void socket.write(answer(number, 'well')));
    expect(await second).toBe('answered well');
  });

  it('is made once for all who want it at the same time', async () => {
    const connection = to(broker.port);
    const both = Promise.all([connection.connect(), connection.connect()]);
    expect(await both).toEqual([true, true]);
    const asked = outcome(connection.send(question()));
    await broker.next((socket, number) => void socket.write(answer(number, 'one line')));
    expect(await asked).toBe('answered one line');
    expect(broker.sockets).toHaveLength(1);
  });

  it('rejects at once whoever waits for it when it is given up', async () => {
    const connection = to(broker.port);
    const connected = outcome(connection.connect());
    await connection.disconnect();
    expect(await connected).toBe('KafkaJSConnectionError');
    expect(connection.isConnected()).toBe(false);
    expect(await connection.connect()).toBe(true);
  });

  it('gives up, and closes, a line on which nobody answers the greeting', async () => {
    const connection = to(broker.port, { ssl: {}, connectionTimeout: 50 });
    const connected = outcome(connection.connect());
    const [taken] = (await once(broker.server, 'connection')) as [Socket];
    const over = once(taken, 'close');
    expect(await connected).toBe('KafkaJSConnectionError');
    await over;
  });

  it('leaves nothing behind on sockets that are gone, however often it is closed', async () => {
    const warnings: string[] = [];
    const warned = ({ name }: Error) => warnings.push(name);
    process.on('warning', warned);
    broker.server.close();
    await once(broker.server, 'close');
    const connection = to(1);
    expect(await outcome(connection.connect())).toBe('KafkaJSConnectionError');
    for (let i = 0; i < 20; i++) await connection.disconnect();
    // Warnings are told in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });
});
