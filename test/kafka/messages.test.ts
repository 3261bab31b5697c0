import { afterEach, describe, expect, it } from 'vitest';
import { messageProvider } from '../message-provider.ts';
import { kafkaLibs } from './brokers.ts';
import { startCluster } from './cluster.ts';

/** Messages a daemon has on their way at a time (`effects/notifier.ts`). */
const atOnce = 8;

describe.skipIf(kafkaLibs === undefined && process.env.CI !== 'true')('messages to people, with three daemons', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('are sent once each, and by another daemon when the one that sends them is killed', async () => {
    const { messages, args, close } = await messageProvider();
    ends.push(close);
    /** how many messages there were about an order */
    const about = (order: string) => messages.filter(({ key }) => key.startsWith(`order-link/${order}/`)).length;
    const cluster = await startCluster({ count: 1, daemons: 3, agency: 'gas', args });
    ends.push(() => cluster.stop());
    const apis = await Promise.all([0, 1, 2].map((n) => cluster.at(n)));
    const ask = async (n: number, path: string, body: object) => {
      const answer = await (apis[n] as (typeof apis)[0])('POST', path, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      return answer.body;
    };
    await ask(0, '/api/consumers', { id: 'c1', name: 'Consumer one', phone: '+91 98765 43210' });
    await ask(0, '/api/vans', { id: 'v1', name: 'Van one' });
    await cluster.settled();
    const first = await goOut(ask, [0, 1, 2], 0, 100);
    await expect.poll(() => first.filter((id) => about(id) === 0), { timeout: 60_000 }).toEqual([]);
    await cluster.settled();
    expect(first.filter((id) => about(id) !== 1)).toEqual([]);

    // Whoever sends for this agency ends, with orders going out at the others.
    const sender = (
      await Promise.all([0, 1, 2].map(async (n) => ({ n, sent: await cluster.figure(n, 'vantrail_messages_sent') })))
    ).find(({ sent }) => sent > 0);
    expect(sender).toBeDefined();
    const killed = sender?.n ?? 0;
    const left = [0, 1, 2].filter((n) => n !== killed);
    const during = goOut(ask, left, 100, 50);
    await expect.poll(() => messages.length - first.length).toBeGreaterThan(10);
    await cluster.daemons[killed]?.kill();
    const second = await during;
    await expect.poll(() => second.filter((id) => about(id) === 0), { timeout: 60_000 }).toEqual([]);
    const counts = second.map(about);
    console.log(`sent twice because a daemon was killed: ${counts.filter((count) => count > 1).length}`);
    expect(counts.filter((count) => count > 1).length).toBeLessThanOrEqual(atOnce);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });
});

/** Orders go out, each through another daemon than the one before. */
async function goOut(
  ask: (n: number, path: string, body: object) => Promise<unknown>,
  daemons: readonly number[],
  from: number,
  many: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < many; i++) {
    const id = `o${from + i}`;
    const at = daemons[i % daemons.length] ?? 0;
    await ask(at, '/api/orders', { id, consumerId: 'c1' });
    await ask(at, `/api/orders/${id}/assign`, { vanId: 'v1' });
    await ask(at, `/api/orders/${id}/start`, {});
    ids.push(id);
  }
  return ids;
}
