import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { Publisher } from './publisher.ts';

const right = { username: 'van-1', key: 'right' };

/** A broker that can be taken away and put back on the same port, and remembers what reached it. */
class TestBroker {
  readonly received: string[] = [];
  readonly usernames: string[] = [];
  accepts = 'right';
  /** messages that arrive are neither kept nor acknowledged */
  isDeaf = false;
  port = 0;
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #sockets = new Set<Socket>();

  async start(): Promise<void> {
    const broker = await Aedes.createBroker();
    broker.authenticate = (_client, username, password, done) => {
      this.usernames.push(username ?? '');
      if (password?.toString() === this.accepts) done(null, true);
      else done(Object.assign(new Error('wrong key'), { returnCode: 4 }), false);
    };
    broker.authorizePublish = (_client, packet, done) => {
      if (this.isDeaf) return;
      this.received.push(packet.payload.toString());
      done(null);
    };
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      broker.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address) this.port = address.port;
    this.#broker = broker;
    this.#server = server;
  }

  /** Gone at once, as after kill -9. */
  async kill(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    await new Promise<void>((resolve) => (this.#broker ? this.#broker.close(() => resolve()) : resolve()));
  }
}

const broker = new TestBroker();
const publishers: Publisher[] = [];

function open(more: Partial<ConstructorParameters<typeof Publisher>[0]> = {}): Publisher {
  const publisher = new Publisher({
    url: `mqtt://127.0.0.1:${broker.port}`,
    credential: () => right,
    clientId: 'test',
    random: () => 0.05,
    ...more,
  });
  publishers.push(publisher);
  return publisher;
}

/** Looks again with every turn of the event loop until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(async () => {
  await Promise.all(publishers.splice(0).map((publisher) => publisher.stop()));
  await broker.kill();
  broker.received.length = 0;
  broker.accepts = 'right';
  broker.isDeaf = false;
  broker.port = 0;
});

describe('Publisher', () => {
  it('brings every message through a restart of the broker', async () => {
    await broker.start();
    const publisher = open();
    publisher.start();
    const sent: string[] = [];
    const publish = (count: number) => {
      for (let i = 0; i < count; i++) {
        sent.push(`point ${sent.length}`);
        publisher.publish('vantrail/van-1/position', sent.at(-1) ?? '');
      }
    };
    publish(60);
    await until(() => publisher.counts.acknowledged >= 20);
    // what is on its way now is lost with the broker
    broker.isDeaf = true;
    publish(60);
    await until(() => publisher.counts.connected);
    await broker.kill();
    await until(() => !publisher.counts.connected);
    publish(60);
    expect(publisher.counts.waiting).toBeGreaterThan(60);
    broker.isDeaf = false;
    await broker.start();
    await until(() => publisher.counts.waiting === 0);
    // at least once each, and once in effect
    expect(new Set(broker.received)).toEqual(new Set(sent));
    expect(publisher.counts).toMatchObject({ taken: 180, acknowledged: 180, dropped: 0 });
    // everything else waits while the newest goes first
    const afterwards = broker.received.slice(broker.received.indexOf('point 179'));
    expect(afterwards.length).toBeGreaterThan(60);
    const rest = afterwards.slice(1).map((text) => Number(text.slice(6)));
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
  });

  it('keeps no more than it may, and drops the oldest', async () => {
    await broker.start();
    const publisher = open({ capacity: 10 });
    for (let i = 0; i < 25; i++) publisher.publish('t', String(i));
    expect(publisher.counts).toMatchObject({ waiting: 10, dropped: 15 });
    publisher.start();
    await until(() => publisher.counts.waiting === 0);
    expect(broker.received.sort()).toEqual(['15', '16', '17', '18', '19', '20', '21', '22', '23', '24']);
  });

  it('says that it is refused, and uses a new key as soon as it has one', async () => {
    await broker.start();
    let key = 'old';
    const refusals: (string | undefined)[] = [];
    const publisher = open({
      credential: () => ({ username: 'van-1', key }),
      onChange: () => {
        refusals.push(publisher.counts.refused);
        key = 'right';
      },
    });
    publisher.publish('t', 'hello');
    publisher.start();
    await until(() => publisher.counts.acknowledged === 1);
    expect(refusals[0]).toMatch(/refused/i);
    expect(refusals.at(-1)).toBeUndefined();
  });

  it('sends what waits before it hangs up, and does not wait for ever', async () => {
    await broker.start();
    const publisher = open();
    publisher.start();
    publisher.publish('t', 'last words');
    await publisher.stop(5000);
    expect(broker.received).toEqual(['last words']);
    broker.isDeaf = true;
    const second = open();
    second.start();
    second.publish('t', 'unheard');
    await until(() => second.counts.connected);
    await second.stop(50);
    await second.stop(50);
    expect(second.counts.acknowledged).toBe(0);
  });
});
