import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { tuneCollector } from '../daemon/collector.ts';
import { hashKey } from '../daemon/domain/device-key.ts';
import { MqttBroker } from '../daemon/ingest/broker.ts';
import { Identity } from '../daemon/ingest/identity.ts';
import { Pipeline } from '../daemon/ingest/pipeline.ts';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import type { Log } from '../daemon/log/log.ts';
import { MemoryBrokers, MemoryRemote } from '../daemon/log/memory-remote.ts';
import type { RemoteLog } from '../daemon/log/remote.ts';
import { SpooledLog } from '../daemon/log/spool.ts';
import { Live } from '../daemon/project/live.ts';
import { Projector } from '../daemon/project/projector.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import { Trails } from '../daemon/project/trails.ts';
import type { Event, LogRecord } from '../protocol/record.ts';

/**
 * The server of the spool bench, as a process of its own: `spool-server MODE FOLDER`. Says its port to its parent, the
 * processor time it used when asked `cpu`, and how fast the spool drained when told `{drain: records}`.
 *
 *   embedded   the whole way of ingest on the embedded log alone
 *   spool      the same on a spool, whose forwarder carries everything to a shared log in memory
 */
const [mode = 'embedded', folder = '.'] = process.argv.slice(2);
tuneCollector();
const logger = pino({ level: 'error' });
const devices = 1000;
const agency = 'bench';
const time = Date.now() - 86_400_000;

function event(type: Event['type'], data: object, number: number): LogRecord {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { topic: 'events', agency, value: { id, time, actor: 'bench', type, expects: [], data } as unknown as Event };
}

function registrations(): LogRecord[] {
  const added = { id: agency, name: 'Bench', timeZone: 'Asia/Kolkata', language: 'en' };
  const records = [event('agency-added', { agency: added }, 0)];
  for (let n = 0; n < devices; n++) {
    const id = `van-${n}`;
    records.push(
      event('van-added', { id, name: id, kind: 'van' }, 2 * n + 1),
      event('device-added', { id, username: id, type: 'replay', vanId: id, from: time }, 2 * n + 2),
      {
        topic: 'accounts',
        agency,
        id,
        value: { kind: 'device', username: id, deviceId: id, keyHash: hashKey(`key of ${id}`) },
      },
    );
  }
  return records;
}

function fixes(first: number, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    topic: 'positions',
    agency,
    value: {
      device: `van-${(first + i) % devices}`,
      fixTime: time + (first + i) * 10,
      receivedAt: time + (first + i) * 10 + 321,
      latitude: Math.round((21.1458 + Math.sin(first + i) * 0.05) * 1e6) / 1e6,
      longitude: Math.round((79.0882 + Math.cos(first + i) * 0.05) * 1e6) / 1e6,
      speed: ((first + i) * 7) % 60,
      course: ((first + i) * 13) % 360,
    },
  }));
}

/** Where another shared log is to be measured, this is the one line to change. */
const sharedLog = (origin: string): RemoteLog & { cut(): void; mend(): void } =>
  new MemoryRemote({ brokers: new MemoryBrokers({ keep: false }), origin });
let shared: ReturnType<typeof sharedLog> | undefined;

function makeLog(): (EmbeddedLog | SpooledLog) & Log {
  if (mode === 'embedded') return new EmbeddedLog({ folder: join(folder, 'log'), logger });
  return new SpooledLog({
    folder: join(folder, 'spool'),
    daemon: 'bench',
    remote: (origin) => {
      shared = sharedLog(origin);
      return shared;
    },
    saved: () => undefined,
    logger,
  });
}

const append = (to: Log, records: readonly LogRecord[]) =>
  new Promise<void>((resolve, reject) => {
    to.append(records, (error) => (error === undefined ? resolve() : reject(error)));
  });

const log = makeLog();
await log.start();
const registered = new RegistryProjection();
const registry = registered.view;
const trails = new Trails({ registry });
const projections = [registered, trails, new Live({ registry, trails })];
const projector = new Projector({ log, file: join(folder, 'projections.sqlite'), projections, logger });
await projector.start();
await projector.caughtUp;
await append(log, registrations());
if (registry.counts(agency).devices !== devices) throw new Error('the devices are not registered');
const broker = new MqttBroker({
  port: 0,
  intake: new Pipeline({ log, registry, hasFix: trails.has.bind(trails) }),
  identity: new Identity({ registry }),
  registry,
  logger,
  backlog: () => log.waitingBytes(),
});
await broker.start();

/** Records a second that are forwarded after an outage in which `records` came, while 2,000 a second still come. */
async function drain(records: number): Promise<number> {
  if (!(log instanceof SpooledLog)) throw new Error('only a spool drains');
  shared?.cut();
  const lot = 1000;
  for (let first = 0; first < records; first += lot) await append(log, fixes(first, lot));
  const before = log.counts().forwarded;
  const start = performance.now();
  shared?.mend();
  let next = records;
  while (log.counts().waitingRecords > lot) {
    await sleep(10);
    log.append(fixes(next, 20), () => {});
    next += 20;
  }
  return ((log.counts().forwarded - before) * 1000) / (performance.now() - start);
}

process.on('message', (question: 'cpu' | { drain: number }) => {
  if (question === 'cpu') process.send?.(process.cpuUsage());
  else void drain(question.drain).then((rate) => process.send?.({ rate }));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: broker.ports.plain });
