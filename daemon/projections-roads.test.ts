import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { destination } from '../protocol/geo.ts';
import type { LogRecord } from '../protocol/record.ts';
import { addAgency } from './domain/decide-agency.ts';
import { addConsumer } from './domain/decide-consumer.ts';
import { addDevice } from './domain/decide-device.ts';
import { bookOrder, startOrder } from './domain/decide-order.ts';
import { assignOrder } from './domain/decide-run.ts';
import { addVan } from './domain/decide-van.ts';
import type { Decide } from './domain/decision.ts';
import { MemoryLog } from './log/memory.ts';
import { Commands } from './project/commands.ts';
import { projectionsOf } from './projections.ts';
import { Detours } from './route/detour.ts';
import { RouteCache } from './route/route-cache.ts';

/*
 * All projections as the daemon wires them.
 */

const silent = pino({ level: 'silent' });
const godown = { latitude: 18.52, longitude: 73.85 };
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('an agency whose roads are more crooked than others waits longer, by what it has learnt itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-projections-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  const log = new MemoryLog();
  await log.start();
  const detours = new Detours();
  const { orders, registry, projector, arrivals } = projectionsOf({
    log,
    file: join(folder, 'projections.sqlite'),
    config: { trailsKeptDays: 30, deadLettersKeptDays: 30 },
    ways: new RouteCache({ detours }),
    logger: () => silent,
  });
  await projector.start();
  await projector.caughtUp;
  ends.push(
    () => log.stop(),
    () => projector.stop(),
  );
  const commands = new Commands({ log, registry, now: Date.now });
  const does = async <T>(decide: Decide<T>) => {
    const answer = await commands.execute(decide, { actor: 'test' });
    if (!answer.ok) throw new Error(`${answer.kind}: ${answer.detail}`);
  };
  // What a week of trips comes to: the hills need twice the straight line, the plain hardly more than it.
  for (const [agency, factor] of Object.entries({ plain: 1.1, hills: 2 })) {
    detours.drove(agency, { straight: 1_000_000, driven: factor * 1_000_000 });
    await does(addAgency({ id: agency, godown }));
    await does(addVan(agency, { id: 'v1', driverId: 'ravi' }));
    await does(addDevice(agency, { id: 'gps', vanId: 'v1', keyHash: `of ${agency}` }));
    await does(addConsumer(agency, { id: 'c1', name: 'Asha', ...destination(godown, 90, 4000) }));
    await does(bookOrder(orders, agency, { id: 'o1', consumerId: 'c1' }));
    await does(assignOrder(orders, agency, 'o1', { vanId: 'v1' }));
    await does(startOrder(orders, agency, 'o1'));
  }
  const now = Date.now();
  const value = { device: 'gps', fixTime: now - 1000, receivedAt: now, speed: 30, accuracy: 5, ...godown };
  const fixes = ['plain', 'hills'].map((agency): LogRecord => ({ topic: 'positions', agency, value }));
  await new Promise<void>((resolve, reject) => {
    log.append(fixes, (error) => (error === undefined ? resolve() : reject(error)));
  });
  const remaining = (agency: string) => (arrivals.stop(agency, 'o1')?.likely ?? Number.NaN) - now;
  // Nothing else differs between the two.
  expect(remaining('hills') / remaining('plain')).toBeGreaterThan(1.6);
  expect(remaining('hills') / remaining('plain')).toBeLessThan(2);
});
