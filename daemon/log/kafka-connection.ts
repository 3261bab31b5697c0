import type { Socket } from 'node:net';

/** A connection of kafkajs 2.2.4, as far as its life is concerned. */
export interface Connection {
  host: string;
  port: number;
  ssl: object | null;
  /** ms */
  connectionTimeout: number;
  connectionStatus: 'connected' | 'disconnecting' | 'disconnected';
  authenticatedAt: unknown;
  /** of a sign-in that waits for its answer */
  authHandlers: { onError(): void } | null;
  socket?: Socket | undefined;
  socketFactory(to: { host: string; port: number; ssl: object | null; onConnect: () => void }): Socket;
  /** what has come of an answer that is not whole yet */
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  requestQueue: { scheduleRequestTimeoutCheck(): void; waitForPendingRequests(): Promise<void>; destroy(): void };
  /** also true while it disconnects and waits for answers */
  isConnected(): boolean;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  processData(bytes: Buffer): void;
  rejectRequests(error: Error): void;
  logError(message: string): void;
}

/** Its errors, which its other parts know by their names. */
export interface ConnectionErrors {
  KafkaJSConnectionError: new (message: string, where: { broker: string; code?: string }) => Error;
  KafkaJSConnectionClosedError: new (message: string, where: { host: string; port: number }) => Error;
}

/** Every answer begins with its length in so many bytes. */
const lengthBytes = 4;

/**
 * Gives the connections of kafkajs another life than their own, which does not stand a bad network:
 *
 * - It keeps the beginning of an answer that was cut off, and takes the next connection's first bytes for the rest of it.
 *   What follows is read from the middle: a length that is too small throws in the listener of the socket, which ends the
 *   process (its issue 715); a large one is waited for, and no request on that connection is ever answered again.
 * - A socket that was given up is only half closed and still listened to: what it brings late is mixed into the answers of
 *   the next one, and while a broker hangs each attempt leaves one more of them open.
 * - Two who want a connection at once open two sockets, of which one is forgotten but listened to.
 * - Each farewell to a socket that is gone leaves a listener on it (MaxListenersExceededWarning after ten).
 *
 * Here one socket at a time belongs to a connection, and only that one is listened to. Whatever ends it rejects all that
 * waits for it, at once. `connect` comes to an end within `connectionTimeout`.
 */
export function mendConnections(prototype: Connection, errors: ConnectionErrors): void {
  const opening = new WeakMap<Connection, Promise<boolean>>();

  prototype.connect = function () {
    if (this.isConnected()) return Promise.resolve(true);
    const already = opening.get(this);
    if (already !== undefined) return already;
    const opened = open(this, errors).finally(() => opening.delete(this));
    opening.set(this, opened);
    return opened;
  };

  prototype.disconnect = async function () {
    this.authenticatedAt = null;
    if (this.isConnected()) {
      this.connectionStatus = 'disconnecting';
      await this.requestQueue.waitForPendingRequests();
    }
    close(this, closedError(this, errors));
    return true;
  };
}

function open(connection: Connection, errors: ConnectionErrors): Promise<boolean> {
  const { host, port, ssl, connectionTimeout } = connection;
  const broker = `${host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  connection.authenticatedAt = null;
  connection.chunks = [];
  connection.bytesBuffered = 0;
  connection.bytesNeeded = lengthBytes;

  let state: 'opening' | 'open' | 'over' = 'opening';
  const onConnect = () => {
    clearTimeout(timer);
    state = 'open';
    connection.connectionStatus = 'connected';
    connection.requestQueue.scheduleRequestTimeoutCheck();
    resolve(true);
  };
  let socket: Socket;
  try {
    socket = connection.socketFactory({ host, port, ssl, onConnect });
  } catch (error) {
    const { message } = error as Error;
    return Promise.reject(new errors.KafkaJSConnectionError(`Failed to connect: ${message}`, { broker }));
  }
  connection.socket = socket;

  const end = (error: Error) => {
    state = 'over';
    clearTimeout(timer);
    if (connection.socket === socket) close(connection, error);
    reject(error);
  };
  const fail = (message: string, code?: string) => {
    connection.logError(message);
    end(new errors.KafkaJSConnectionError(message, code === undefined ? { broker } : { broker, code }));
  };
  const timer = setTimeout(() => fail('Connection timeout'), connectionTimeout);
  socket.on('data', (bytes) => {
    if (connection.socket !== socket) return;
    try {
      connection.processData(bytes);
    } catch (error) {
      fail(`what the broker sent cannot be read: ${(error as Error).message}`);
    }
  });
  socket.on('error', ({ message, code }: NodeJS.ErrnoException) => fail(`Connection error: ${message}`, code));
  const onClosed = () => {
    if (state === 'open') end(closedError(connection, errors));
    else if (state === 'opening') fail('Connection closed before it was made');
  };
  socket.on('end', onClosed);
  socket.on('close', onClosed);
  return promise;
}

function closedError({ host, port }: Connection, { KafkaJSConnectionClosedError }: ConnectionErrors): Error {
  return new KafkaJSConnectionClosedError('Closed connection', { host, port });
}

/** Parts with the socket, if there is one, and rejects whatever waits for it. */
function close(connection: Connection, error: Error): void {
  const { socket } = connection;
  connection.socket = undefined;
  connection.connectionStatus = 'disconnected';
  connection.authenticatedAt = null;
  connection.requestQueue.destroy();
  socket?.destroy();
  connection.authHandlers?.onError();
  connection.rejectRequests(error);
}
