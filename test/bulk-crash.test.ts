import { afterEach, expect, it } from 'vitest';
import { addAgency, api, type DaemonProcess, startDaemon, temporaryFolder, tokenFor } from './daemon-process.ts';
import { listenToFeed } from './feed-listener.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const many = 120;
const vans = ['v1', 'v2', 'v3'];
const items = Array.from({ length: many }, (_, i) => ({ orderId: `o${i}`, vanId: vans[i % vans.length] ?? '' }));

async function agencyWithOrders() {
  const { folder, remove } = await temporaryFolder();
  ends.push(remove);
  const args = ['--log-level', 'warn', '--rate-limit', '10000000', '--address-rate-limit', '10000000'];
  let daemon = await startDaemon({ data: folder, args });
  ends.push(() => daemon.stop());
  const admin = await addAgency(daemon, 'gas');
  for (const id of vans) await admin('POST', '/api/vans', { id });
  await Promise.all(
    Array.from({ length: many }, async (_, i) => {
      await admin('POST', '/api/consumers', { id: `c${i}`, name: `Consumer ${i}` });
      await admin('POST', '/api/orders', { id: `o${i}`, consumerId: `c${i}` });
    }),
  );
  return {
    daemon: () => daemon,
    restart: async () => {
      daemon = await startDaemon({ data: folder, args });
    },
    call: async () => api(daemon.url, await tokenFor(folder, 'ADMIN', 'gas')),
  };
}

/** What each van drives, and how every order stands. */
async function stateOf(call: Awaited<ReturnType<typeof agencyWithOrders>>['call']) {
  const ask = await call();
  const runs: Record<string, unknown> = {};
  for (const van of vans) {
    const { stops } = (await ask('GET', `/api/vans/${van}/run`)).body;
    runs[van] = stops.map(({ order }: { order: { id: string; state: string } }) => `${order.id} ${order.state}`);
  }
  return runs;
}

it('a bulk assignment that a crash cuts off and that is repeated ends like one that was left alone', async () => {
  const calm = await agencyWithOrders();
  const done = await (await calm.call())('POST', '/api/orders/assign', { items });
  expect(done.body.items.every(({ status }: { status: number }) => status === 200)).toBe(true);
  const expected = await stateOf(calm.call);

  const wild = await agencyWithOrders();
  for (const killAfter of [1, 40]) {
    const feed = await listenToFeed(wild.daemon().url, await tokenFor(wild.daemon().data, 'ADMIN', 'gas'));
    const assigned = () =>
      feed.messages.filter((message) => message.type === 'event' && message.name === 'order').length;
    const cut = (await wild.call())('POST', '/api/orders/assign', { items }).catch((error: Error) => error);
    await feed.hears(() => assigned() >= killAfter);
    await (wild.daemon() as DaemonProcess).kill();
    await cut;
    await wild.restart();
  }
  expect((await (await wild.call())('POST', '/api/orders/assign', { items })).status).toBe(200);
  expect(await stateOf(wild.call)).toEqual(expected);
});
