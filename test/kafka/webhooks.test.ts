import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../daemon-process.ts';
import { webhookReceiver } from '../webhook-receiver.ts';
import { kafkaLibs } from './brokers.ts';
import { startCluster } from './cluster.ts';

/** Deliveries that may not be on record yet when a daemon ends (`effects/webhook-record.ts`). */
const mostUnrecorded = 100;
const subscribed = ['order-booked', 'order-assigned', 'order-started', 'order-cancelled'] as const;

describe.skipIf(kafkaLibs === undefined && process.env.CI !== 'true')('a webhook, with two daemons', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('takes each event once, and goes on from another daemon when the one that sends is killed', async () => {
    const receiver = await webhookReceiver();
    ends.push(receiver.close);
    const cluster = await startCluster({ count: 1, daemons: 2, agency: 'gas', args: ['--webhook-private'] });
    ends.push(() => cluster.stop());
    const apis = await Promise.all([0, 1].map((n) => cluster.at(n)));
    const ask = async (n: number, path: string, body: object) => {
      const answer = await (apis[n] as (typeof apis)[0])('POST', path, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      return answer.body;
    };
    await ask(0, '/api/consumers', { id: 'c1', name: 'Consumer one' });
    await ask(0, '/api/vans', { id: 'v1', name: 'Van one' });
    const { secret } = await ask(0, '/api/webhooks', { id: 'erp', url: receiver.url, events: subscribed });
    receiver.knows(secret);
    await cluster.settled();

    /** Orders through the given daemons in turn, each booked, assigned, gone out and cancelled: four events. */
    const orders = async (daemons: readonly number[], from: number, many: number) => {
      for (let i = from; i < from + many; i++) {
        const at = daemons[i % daemons.length] ?? 0;
        await ask(at, '/api/orders', { id: `o${i}`, consumerId: 'c1' });
        await ask(at, `/api/orders/o${i}/assign`, { vanId: 'v1' });
        await ask(at, `/api/orders/o${i}/start`, {});
        await ask(at, `/api/orders/o${i}/cancel`, {});
      }
    };
    const { deliveries } = receiver;
    const keys = () => deliveries.map(({ id }) => id);
    await orders([0, 1], 0, 15);
    await expect.poll(() => new Set(keys()).size, { timeout: 60_000 }).toBe(60);
    expect(deliveries).toHaveLength(60);
    const sent = await Promise.all([0, 1].map((n) => cluster.figure(n, 'vantrail_webhooks_taken')));
    // One of the two speaks for the agency, whichever took the commands.
    expect(sent.toSorted((a, b) => a - b)).toEqual([0, 60]);

    const [killed, left] = sent[0] === 60 ? [0, 1] : [1, 0];
    const during = orders([left], 15, 15);
    await expect.poll(() => deliveries.length, { timeout: 60_000 }).toBeGreaterThan(75);
    await cluster.daemons[killed]?.kill();
    await during;
    await expect.poll(() => new Set(keys()).size, { timeout: 60_000 }).toBe(120);
    expect(await cluster.figure(left, 'vantrail_webhooks_taken')).toBeGreaterThan(0);

    // What was not on record yet came again, under its own key, and nothing more than that; the order held.
    console.log(`sent twice because a daemon was killed: ${deliveries.length - 120}`);
    expect(deliveries.length - 120).toBeLessThanOrEqual(mostUnrecorded);
    const first = [...new Set(keys())].map((key) => deliveries.find(({ id }) => id === key)?.type);
    expect(first).toEqual(Array.from({ length: 30 }, () => subscribed).flat());
    expect(receiver.refused()).toBe(0);
    expect(deliveries.every(({ agency, webhook }) => agency === 'gas' && webhook === 'erp')).toBe(true);

    // The same events are on Kafka, in the same order, for any program that reads as docs/kafka.md says.
    const reader = spawn(process.execPath, [join(root, 'test/outside-reader.ts'), cluster.brokers.addresses[0] ?? ''], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    ends.push(() => reader.kill());
    const onKafka: string[] = [];
    for await (const line of createInterface(reader.stdout)) {
      // kafkajs writes there too.
      if (!line.startsWith('gas ')) continue;
      const { id, type } = JSON.parse(line.slice('gas '.length)) as { id: string; type: string };
      if ((subscribed as readonly string[]).includes(type)) onKafka.push(id);
      if (onKafka.length === 120) break;
    }
    expect(onKafka).toEqual([...new Set(keys())]);
  });
});
