import type { Packet } from 'mqtt-packet';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange, ExchangeMessage } from '../log/remote.ts';
import { connectOf, openBroker } from './broker.fixture.ts';
import { Courier } from './courier.ts';

/** An exchange between daemons of one process. */
function exchange(): Exchange & { sent: ExchangeMessage[] } {
  const listeners = new Set<(message: ExchangeMessage) => void>();
  const sent: ExchangeMessage[] = [];
  return {
    sent,
    send: async (message) => {
      sent.push(message);
      for (const listener of listeners) listener(message);
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const subscribe = (username: string): Packet => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: [{ topic: `vantrail/${username}/command`, qos: 0 }],
});

/** Daemons `a` and `b` on one exchange, each with its own broker. */
async function twoDaemons() {
  const between = exchange();
  const one = async (daemon: string) => {
    const told: { courier?: Courier } = {};
    const bed = await openBroker({ onConnected: (username) => told.courier?.connected(username) });
    const courier = new Courier({
      broker: bed.broker,
      exchange: between,
      daemon,
      logger: pino({ level: 'silent' }),
      answerWithin: 200,
    });
    told.courier = courier;
    await courier.start();
    ends.push(async () => {
      await courier.stop();
      await bed.close();
    });
    return { ...bed, courier };
  };
  return { a: await one('a'), b: await one('b'), between };
}

describe('a command to a tracker', () => {
  it('reaches it at another daemon, and the answer comes back', async () => {
    const { a, b } = await twoDaemons();
    const van = await b.connected('van-7');
    van.send(subscribe('van-7'));
    expect((await van.next()).cmd).toBe('suback');
    expect(await a.courier.command('van-7', '{"do":"locate"}')).toBe(true);
    expect(await van.next()).toMatchObject({ cmd: 'publish', topic: 'vantrail/van-7/command' });
  });

  it('is not passed on where the tracker is connected here', async () => {
    const { a, between } = await twoDaemons();
    const van = await a.connected('van-7');
    van.send(subscribe('van-7'));
    await van.next();
    expect(await a.courier.command('van-7', 'x')).toBe(true);
    expect(between.sent.filter(({ type }) => type !== 'connected')).toEqual([]);
  });

  it('is answered with false when the tracker is nowhere', async () => {
    const { a } = await twoDaemons();
    expect(await a.courier.command('van-7', 'x')).toBe(false);
  });
});

describe('a device that moves to another daemon', () => {
  it('does not stay connected at the first', async () => {
    const { a, b } = await twoDaemons();
    const before = await a.connected('van-7');
    const other = await a.connected('van-8');
    const after = await b.connected('van-7');
    await before.closed;
    expect(a.broker.counts().cut).toEqual({ elsewhere: 1 });
    await after.roundTrip();
    await other.roundTrip();
  });

  it('keeps a connection that it opened here after the news was sent', async () => {
    const { a, between } = await twoDaemons();
    const van = await a.raw();
    van.send(connectOf('van-7'));
    expect((await van.next()).cmd).toBe('connack');
    await between.send({ type: 'connected', daemon: 'b', username: 'van-7', at: Date.now() - 60_000 });
    await van.roundTrip();
  });
});
