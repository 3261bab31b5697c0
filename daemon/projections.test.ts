import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { LatLon } from '../protocol/geo.ts';
import type { LogRecord } from '../protocol/record.ts';
import { addAgency } from './domain/decide-agency.ts';
import { addConsumer } from './domain/decide-consumer.ts';
import { bookOrder, failOrder, reattemptOrder, startOrder } from './domain/decide-order.ts';
import { deliverOrder } from './domain/decide-order-delivery.ts';
import { assignOrder } from './domain/decide-run.ts';
import { addVan, changeVan } from './domain/decide-van.ts';
import type { Decide } from './domain/decision.ts';
import { MemoryLog } from './log/memory.ts';
import { folder, silent, tidy } from './project/story.fixture.ts';
import { projectionsOf } from './projections.ts';
import { straightWay } from './route/straight.ts';

const hour = 3_600_000;
/** Longer ago than verdicts are kept. */
const began = Date.now() - 3 * 24 * hour;
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(tidy);

/** All projections of a daemon, over a log that tells of three days ago. */
async function daemon() {
  const log = new MemoryLog();
  await log.start();
  const file = `${folder()}/projections.sqlite`;
  const config = { trailsKeptDays: 30, deadLettersKeptDays: 30 };
  const ways = { now: (from: LatLon, to: LatLon) => ({ ...straightWay(from, to, 1.3), by: 'straight' as const }) };
  const parts = projectionsOf({ log, file, config, ways, logger: () => silent });
  for (const service of [parts.projector, parts.replays]) {
    await service.start();
    undo.push(() => service.stop());
  }
  await parts.projector.caughtUp;
  let now = began;
  const append = (records: readonly LogRecord[]) =>
    new Promise<void>((resolve, reject) => log.append(records, (error) => (error ? reject(error) : resolve())));
  const decided = <T>(decide: Decide<T>) => {
    now += 60_000;
    const decision = decide(parts.registry.view, { now, newId: randomUUID, actor: 'ADMIN:anu' });
    if (!decision.ok) throw new Error(decision.detail);
    return [...decision.records, ...(decision.afterwards ?? [])];
  };
  const does = async (decide: Decide<unknown>) => append(decided(decide));
  /** Both decided on the same state, as at two daemons: the second loses. */
  const race = async (winner: Decide<unknown>, loser: Decide<unknown>) => {
    const both = [...decided(winner), ...decided(loser)];
    await append(both);
  };
  return { ...parts, file, does, race };
}

it('a replay of the outcomes ends with what was there, the losers of races long ago left out', async () => {
  const { orders, outcomes, projector, replays, file, does, race } = await daemon();
  await does(addAgency({ id: 'pune' }));
  await does(addVan('pune', { id: 'v1', driverId: 'ravi', capacity: { full: 10, empties: 10 } }));
  await does(addConsumer('pune', { id: 'c1', name: 'Asha' }));
  for (const id of ['o1', 'o2', 'o3']) {
    await does(bookOrder(orders, 'pune', { id, consumerId: 'c1', cylinders: 1 }));
    await does(assignOrder(orders, 'pune', id, { vanId: 'v1' }));
    await does(startOrder(orders, 'pune', id));
  }
  await race(
    deliverOrder(orders, 'pune', 'o1', { confirmation: 'code' }),
    failOrder(orders, 'pune', 'o1', 'nobody at home'),
  );
  await does(failOrder(orders, 'pune', 'o2', 'nobody at home'));
  await does(reattemptOrder(orders, 'pune', 'o2'));
  await race(changeVan('pune', { id: 'v1', driverId: 'sita' }), changeVan('pune', { id: 'v1', driverId: 'mohan' }));
  await does(failOrder(orders, 'pune', 'o3', 'nobody at home'));
  const told = () => ({
    ended: outcomes.between('pune', began, began + 24 * hour),
    drove: outcomes.driving('pune', began, began + 24 * hour),
  });
  const rows = () => {
    const db = new Database(file, { readonly: true });
    const tables = ['outcomes', 'shifts'].map((table) => db.prepare(`SELECT * FROM ${table}`).all());
    db.close();
    return tables;
  };
  const before = told();
  expect(before.ended.map(({ orderId, what }) => `${orderId} ${what}`)).toEqual([
    'o1 delivered',
    'o2 failed',
    'o3 failed',
  ]);
  expect(before.drove.map(({ driverId }) => driverId)).toEqual(['ravi', 'sita']);
  projector.saveNow();
  const saved = rows();
  const db = new Database(file);
  db.exec("DELETE FROM shifts; DELETE FROM outcomes WHERE order_id = 'o1'");
  db.close();
  expect(rows()).not.toEqual(saved);
  replays.begin('outcomes');
  await replays.over();
  expect(replays.status()).toMatchObject({ projection: 'outcomes', way: 'rebuild', state: 'done' });
  expect(rows()).toEqual(saved);
  expect(told()).toEqual(before);
});
