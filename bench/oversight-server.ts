import { join } from 'node:path';
import { pino } from 'pino';
import { tuneCollector } from '../daemon/collector.ts';
import { MqttBroker } from '../daemon/ingest/broker.ts';
import { Identity } from '../daemon/ingest/identity.ts';
import { Pipeline } from '../daemon/ingest/pipeline.ts';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import { ArrivalsClock } from '../daemon/project/arrivals-told.ts';
import { Projector } from '../daemon/project/projector.ts';
import { projectionsOf } from '../daemon/projections.ts';
import { Detours } from '../daemon/route/detour.ts';
import { RouteCache } from '../daemon/route/route-cache.ts';
import type { LogRecord } from '../protocol/record.ts';
import { Drive, worldOf } from './oversight-world.ts';

/**
 * The server of the oversight bench, as a process of its own: `oversight-server MODE FOLDER VANS STOPS ZONES`. Says its
 * port to its parent, and the processor time it used whenever it is asked.
 *
 *   prepare  writes the world into the log and says 'ready'
 *   plain    the way of a position as the daemon wires it, without what it finds out about vans
 *   watched  the same with motion, zones, arrivals and watch, and the clock of the estimates
 */
const [mode = 'plain', folder = '.', ...numbers] = process.argv.slice(2);
const [vans = 0, stops = 0, zones = 0] = numbers.map(Number);
tuneCollector(); // as the daemon does
const logger = pino({ level: 'warn' });

const log = new EmbeddedLog({ folder: join(folder, 'log'), logger });
await log.start();
const file = join(folder, 'projections.sqlite');
const config = { trailsKeptDays: 30, deadLettersKeptDays: 30 };
const ways = new RouteCache({ detours: new Detours() });
const all = projectionsOf({ log, file, config, ways, logger: () => logger });
const { registry, trails, live, health, deadLetters, silences, orders, alertActs, motionSettings } = all;
const { accounts, sharing, links, notices, audit, places, outcomes } = all;
const plain = [
  ...[registry, accounts, orders, sharing, links, notices, audit, places, alertActs, motionSettings],
  ...[trails, live, health, silences, deadLetters, outcomes],
];
const projector = mode === 'plain' ? new Projector({ log, file, projections: plain, logger }) : all.projector;
await projector.start();
await projector.caughtUp;

if (mode === 'prepare') {
  const drives = Array.from({ length: vans }, (_, i) => new Drive(i, stops));
  let records: LogRecord[] = [];
  const append = () =>
    new Promise<void>((resolve, reject) => {
      log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  for (const record of worldOf(drives, zones, Date.now())) {
    records.push(record);
    if (records.length < 5000) continue;
    await append();
    records = [];
  }
  await append();
  all.arrivals.refresh();
  await projector.stop();
  await log.stop();
  process.send?.('ready');
} else {
  if (mode === 'watched') {
    // A daemon starts once and runs for weeks: the first estimates of all vans are no part of what is measured.
    while (all.arrivals.refresh() > 0);
    projector.saveNow();
    await new ArrivalsClock(all.arrivals).start();
  }
  const hasFix = trails.has.bind(trails);
  const broker = new MqttBroker({
    port: 0,
    intake: new Pipeline({ log, registry: registry.view, hasFix }),
    identity: new Identity({ registry: registry.view }),
    registry: registry.view,
    logger,
    backlog: () => log.waitingBytes(),
  });
  await broker.start();
  process.send?.({ port: broker.ports.plain });
  process.on('message', () => process.send?.(process.cpuUsage()));
}
process.on('disconnect', () => process.exit(0));
