import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay on loopback that can behave like a bad network. */
export interface TcpProxy {
  port: number;
  /** ends all connections now; new ones are taken */
  drop(): void;
  /** from now on new connections are closed at once; `false` takes them again */
  refuse(on: boolean): void;
  /** bytes a second each connection may carry towards the client; undefined: no limit */
  throttle(bytesPerSecond: number | undefined): void;
  /** from now on nothing is passed on in either direction, and nothing is closed; `false` passes on what was held */
  hold(on: boolean): void;
  /** the next `count` pieces that come from the target are thrown away and their connection is closed: the request was
   * carried out, and its sender never hears of it */
  loseAnswers(count: number): void;
  /** of the next `count` pieces that come from the target half is passed on, and their connection is closed: what was
   * sent breaks off in the middle of an answer */
  cutAnswers(count: number): void;
  /** connections taken since the start */
  readonly connections: number;
  close(): Promise<void>;
}

const tick = 20;

/** Relays a free port of loopback to `target`. */
export async function tcpProxy(target: { port: number; host?: string }, port = 0): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let isRefusing = false;
  let isHolding = false;
  let limit: number | undefined;
  let answersToLose = 0;
  let answersToCut = 0;
  let connections = 0;
  const end = ([client, server]: [Socket, Socket]) => {
    client.destroy();
    server.destroy();
  };
  const resumeAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resume();
  };
  const listener = createServer((client) => {
    connections++;
    if (isRefusing) {
      client.destroy();
      return;
    }
    const server = connect(target.port, target.host ?? '127.0.0.1');
    const pair: [Socket, Socket] = [client, server];
    pairs.add(pair);
    const over = () => {
      end(pair);
      pairs.delete(pair);
    };
    for (const socket of pair) socket.setNoDelay(true).on('error', over).on('close', over);
    client.on('data', (bytes) => void server.write(bytes));
    server.on('data', (bytes) => {
      if (answersToLose > 0) {
        answersToLose--;
        over();
        return;
      }
      if (answersToCut > 0) {
        answersToCut--;
        server.pause();
        client.end(bytes.subarray(0, bytes.length >> 1), over);
        return;
      }
      client.write(bytes);
      if (limit === undefined) return;
      // What came at once is waited for at once: over a second it is the limit.
      server.pause();
      setTimeout(() => !isHolding && server.resume(), Math.max(tick, (1000 * bytes.length) / limit));
    });
    if (isHolding) for (const socket of pair) socket.pause();
  });
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    drop: () => pairs.forEach(end),
    refuse: (on) => {
      isRefusing = on;
    },
    throttle: (bytesPerSecond) => {
      limit = bytesPerSecond;
      if (bytesPerSecond === undefined && !isHolding) resumeAll();
    },
    hold: (on) => {
      isHolding = on;
      if (on) for (const pair of pairs) for (const socket of pair) socket.pause();
      else resumeAll();
    },
    loseAnswers: (count) => {
      answersToLose = count;
    },
    cutAnswers: (count) => {
      answersToCut = count;
    },
    get connections() {
      return connections;
    },
    close: async () => {
      pairs.forEach(end);
      listener.close();
      if (listener.listening) await once(listener, 'close');
    },
  };
}
