import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { LogError } from '../log/log.ts';
import { connectOf, openBroker, payloadOf, publishOf, type RawClient } from './broker.fixture.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(more: Parameters<typeof openBroker>[0] = {}) {
  const bed = await openBroker(more);
  open.push(() => bed.close());
  return bed;
}

/** A fixed header that promises `length` bytes. */
function header(first: number, length: number): Buffer {
  const bytes = [first];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** Writes `total` bytes as fast as the other side takes them, or until it ends the connection. */
async function pour(client: RawClient, total: number): Promise<void> {
  const chunk = Buffer.alloc(65_536, 0x41);
  for (let sent = 0; sent < total && !client.socket.destroyed; sent += chunk.length) {
    if (!client.socket.write(chunk)) {
      await Promise.race([client.closed, new Promise((drained) => client.socket.once('drain', drained))]);
    }
  }
}

describe('what is no decent client', () => {
  it('is cut at the header of an oversized packet, small before CONNECT is through, larger after', async () => {
    const bed = await setUp();
    const before = await bed.raw();
    before.send(header(0x10, 16_385));
    await before.closed;
    const behind = await bed.raw();
    behind.send(generate(connectOf('van-7')), header(0x32, 20_000));
    await behind.closed;

    const after = await bed.connected('van-7');
    after.send(publishOf(1, { payload: Buffer.alloc(200_000, 0x20), topic: 'vantrail/van-7/raw' }));
    expect(await after.ids('puback', 1)).toEqual([1]);
    after.send(header(0x32, 262_145));
    await after.closed;
    expect(bed.broker.counts().cut).toEqual({ 'too-big': 3 });
  });

  it('may pour 200 MB of unfinished CONNECTs without the memory growing with them', async () => {
    const bed = await setUp();
    const pourOne = async () => {
      const client = await bed.raw();
      client.send(header(0x10, 200_000_000));
      await pour(client, 20_000_000);
      await client.closed;
    };
    await pourOne(); // the sockets' buffers and the compiler's memory come with the first
    const before = process.memoryUsage();
    for (let i = 0; i < 10; i++) await pourOne();
    await (await bed.connected('van-7')).roundTrip();
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000);
    expect(after.rss - before.rss).toBeLessThan(60_000_000);
    expect(bed.broker.counts().cut).toEqual({ 'too-big': 11 });
  });

  it('is cut when halves of packets add up beyond their budget', async () => {
    const bed = await setUp({ limits: { unfinishedBeforeConnect: 30_000 } });
    const halves = [await bed.raw(), await bed.raw(), await bed.raw()];
    for (const half of halves) half.send(header(0x10, 16_000), Buffer.alloc(12_000));
    await Promise.race(halves.map((half) => half.closed));
    await bed.connected('van-7'); // a whole one still passes
    expect(bed.broker.counts().cut).toEqual({ unfinished: 1 });
  });

  it('is cut when CONNECT does not arrive in time, or nothing does', async () => {
    const bed = await setUp({ limits: { connectTimeout: 40 } });
    const [silent, slow] = [await bed.raw(), await bed.raw()];
    slow.send(generate(connectOf('van-7')).subarray(0, 10));
    await Promise.all([silent.closed, slow.closed]);
    expect(bed.broker.counts().cut).toEqual({ 'connect-timeout': 2 });
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'not-connect'],
    ['a TLS hello', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), 'not-connect'],
    ['PUBLISH first', generate(publishOf(1)), 'not-connect'],
    ['a length without end', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]), 'malformed'],
    ['a CONNECT of nothing', Buffer.from([0x10, 0x00]), 'protocol'],
    ['another protocol', generate({ ...connectOf('van-7'), protocolId: 'HTTP' as 'MQTT' }), 'protocol'],
  ])('is cut for %s', async (_, bytes, reason) => {
    const bed = await setUp();
    const client = await bed.raw();
    client.send(bytes);
    await client.closed;
    expect(client.received).toEqual([]);
    expect(bed.broker.counts().cut).toEqual({ [reason]: 1 });
  });

  it.each([
    ['a second CONNECT', generate(connectOf('van-7')), 'protocol'],
    ['a topic with NUL', publishOf(1, { topic: 'vantrail/van-7/pos\0ition' }), 'bad-topic'],
    ['a topic that is no UTF-8', Buffer.from([0x30, 0x05, 0x00, 0x02, 0xff, 0xfe, 0x41]), 'bad-topic'],
    ['a topic with a wildcard', publishOf(1, { topic: 'vantrail/van-7/+' }), 'protocol'],
    ['an empty topic', Buffer.from([0x30, 0x03, 0x00, 0x00, 0x41]), 'protocol'],
    ['a topic longer than its packet', Buffer.from([0x30, 0x03, 0x01, 0x00, 0x41]), 'protocol'],
    ['101 levels', publishOf(1, { topic: '/'.repeat(100) }), 'protocol'],
    ['SUBSCRIBE with wrong flags', Buffer.from([0x80, 0x02, 0x00, 0x01]), 'protocol'],
    ['QoS 3', Buffer.from([0x36, 0x05, 0x00, 0x01, 0x41, 0x00, 0x01]), 'protocol'],
    ['SUBACK', Buffer.from([0x90, 0x03, 0x00, 0x01, 0x00]), 'malformed'],
  ])('is cut after CONNECT for %s, alone', async (_, sent, reason) => {
    const bed = await setUp();
    const van = await bed.connected('van-7');
    van.send(sent);
    await van.closed;
    expect(bed.broker.counts().cut).toEqual({ [reason]: 1 });
    expect(bed.log.records).toEqual([]);
    await (await bed.connected('van-7')).roundTrip();
  });

  it('cannot end the process with mutated packets, and others are served meanwhile', async () => {
    const bed = await setUp();
    const seeds = [
      generate(connectOf('van-7')),
      generate(connectOf('van-7', { protocolVersion: 5 })),
      generate(publishOf(1)),
      generate(publishOf(2, { qos: 2 })),
      generate({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'vantrail/van-7/command', qos: 1 }] }),
      generate({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['vantrail/van-7/command'] }),
      generate({ cmd: 'pubrel', messageId: 2 }),
      generate({ cmd: 'puback', messageId: 2 }),
      generate({ cmd: 'pingreq' }),
    ];
    const mutation = fc.record({
      packets: fc.array(fc.nat(seeds.length - 1), { minLength: 1, maxLength: 6 }),
      flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      connect: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ packets, flips, connect }) => {
        const bytes = Buffer.concat(packets.map((i) => seeds[i] ?? Buffer.alloc(0)));
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        const client = await bed.raw();
        client.send(...(connect ? [generate(connectOf('van-7', { clientId: 'fuzz' }))] : []), bytes);
        client.socket.end();
        await client.closed;
      }),
      { numRuns: 400, seed: 20_261_120 },
    );
    const van = await bed.connected('van-8');
    van.send(publishOf(7, { topic: 'vantrail/van-8/position' }));
    expect(await van.ids('puback', 1)).toEqual([7]);
  });
});

describe('faults of our own', () => {
  it('cost a client its connection, unacknowledged, when the intake throws', async () => {
    let broken = true;
    const bed = await setUp({
      intake: {
        take(_input, _sender, settled) {
          if (broken) throw new Error('broken');
          settled(undefined, { accepted: 1, duplicates: 0, rejected: [] });
        },
      },
    });
    const van = await bed.connected('van-7');
    van.send(publishOf(1));
    await van.closed;
    expect(van.received).toEqual([]);
    expect(bed.broker.counts().cut).toEqual({ fault: 1 });
    expect(bed.broker.waitingBytes).toBe(0);
    broken = false;
    const again = await bed.connected('van-7');
    again.send(publishOf(1));
    expect(await again.ids('puback', 1)).toEqual([1]);
  });
});

describe('a log that is slower than the trackers', () => {
  it('stops the reading at the cap, and everything is acknowledged once it goes on', async () => {
    const bed = await setUp({ limits: { waitingBytes: 200_000 } });
    bed.log.held = true;
    const count = 1000;
    const vans = [await bed.connected('van-7', { clientId: 'a' }), await bed.connected('van-7', { clientId: 'b' })];
    // 2 MB in all, ten times the cap
    const message = (id: number) =>
      publishOf(id, { topic: 'vantrail/van-7/raw', payload: Buffer.concat([Buffer.alloc(1000, 0x20), payloadOf(id)]) });
    const sent = vans.map(async (van) => {
      for (let id = 1; id <= count; id++) {
        if (!van.send(message(id))) await new Promise((drained) => van.socket.once('drain', drained));
      }
    });
    const acknowledged = vans.map((van) => van.ids('puback', count));
    let most = 0;
    const committer = (async () => {
      for (let done = 0; done < count * vans.length; ) {
        await bed.log.waits(1);
        most = Math.max(most, bed.broker.waitingBytes);
        const batch = Math.min(bed.log.waiting.length, 37);
        bed.log.commit(batch);
        done += batch;
        await new Promise((later) => setImmediate(later));
      }
    })();
    await Promise.all([...sent, committer]);
    const ids = Array.from({ length: count }, (_, i) => i + 1);
    for (const answers of acknowledged) expect(await answers).toEqual(ids);
    // what was read in one go when the cap was reached may lie above it, one read-ahead per connection
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(200_000 + vans.length * 140_000);
    expect(bed.broker.waitingBytes).toBe(0);
  });

  it('still answers CONNECT while it holds the others back', async () => {
    const bed = await setUp({ limits: { waitingBytes: 1000 } });
    bed.log.held = true;
    const van = await bed.connected('van-7');
    van.send(publishOf(1, { payload: Buffer.alloc(5000, 0x20) }));
    await bed.log.waits(1);
    const other = await bed.connected('van-8');
    other.send(publishOf(1, { topic: 'vantrail/van-8/position' }));
    await (await bed.raw()).socket.end();
    await bed.connected('van-8', { clientId: 'third' });
    expect(bed.log.waiting).toHaveLength(1); // the second message stays unread
    bed.log.commit();
    expect(await van.ids('puback', 1)).toEqual([1]);
    await bed.log.waits(1);
    bed.log.commit();
    expect(await other.ids('puback', 1)).toEqual([1]);
  });

  it('forgets what it held for clients that left, and for a log that failed', async () => {
    const bed = await setUp();
    bed.log.held = true;
    const van = await bed.connected('van-7');
    van.send(publishOf(1), publishOf(2));
    await bed.log.waits(2);
    van.socket.destroy();
    bed.log.commit(1);
    bed.log.fail(new LogError('io', 'gone'));
    expect(bed.broker.waitingBytes).toBe(0);
  });
});
