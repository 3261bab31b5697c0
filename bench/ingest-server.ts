import { mkdirSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { tuneCollector } from '../daemon/collector.ts';
import { hashKey } from '../daemon/domain/device-key.ts';
import { MqttBroker } from '../daemon/ingest/broker.ts';
import { Identity } from '../daemon/ingest/identity.ts';
import { Pipeline } from '../daemon/ingest/pipeline.ts';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import { Live } from '../daemon/project/live.ts';
import { Projector } from '../daemon/project/projector.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import { Trails } from '../daemon/project/trails.ts';
import type { Event, LogRecord } from '../protocol/record.ts';

/**
 * The server of the ingest bench, as a process of its own: `ingest-server MODE FOLDER`. Says its port to its
 * parent, and the processor time it used whenever it is asked.
 *
 *   bare    Aedes alone: it acknowledges and forgets
 *   full    our whole way, as `app.ts` wires it: door, identity, decode, admit, embedded log, registry, trails, live
 *   single  Aedes with one SQLite commit (FULL) for each message, the way one would begin
 */
const [mode = 'bare', folder = '.'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
// as the daemon does, and for all modes alike
tuneCollector();
const devices = 1000;
const agency = 'bench';

async function aedesOn(aedes: Aedes): Promise<number> {
  const server = net.createServer(aedes.handle);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

const bare = async (): Promise<number> => aedesOn(await Aedes.createBroker());

async function single(): Promise<number> {
  const db = new Database(join(folder, 'single.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE log (number INTEGER PRIMARY KEY, value BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO log (value) VALUES (?)');
  const aedes = await Aedes.createBroker({
    authorizePublish: (_client, packet, done) => {
      JSON.parse(packet.payload.toString());
      insert.run(packet.payload);
      done();
    },
  });
  return aedesOn(aedes);
}

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

async function full(): Promise<number> {
  const logger = pino({ level: 'warn' });
  const log = new EmbeddedLog({ folder: join(folder, 'log'), logger });
  await log.start();
  const registered = new RegistryProjection();
  const registry = registered.view;
  const trails = new Trails({ registry });
  const projections = [registered, trails, new Live({ registry, trails })];
  const projector = new Projector({ log, file: join(folder, 'projections.sqlite'), projections, logger });
  await projector.start();
  await new Promise<void>((resolve, reject) => {
    log.append(registrations(), (error) => (error === undefined ? resolve() : reject(error)));
  });
  if (registry.counts(agency).devices !== devices) throw new Error('the devices are not registered');
  const hasFix = trails.has.bind(trails);
  const broker = new MqttBroker({
    port: 0,
    intake: new Pipeline({ log, registry, hasFix }),
    identity: new Identity({ registry }),
    registry,
    logger,
    backlog: () => log.waitingBytes(),
  });
  await broker.start();
  return broker.ports.plain;
}

const modes: Record<string, () => Promise<number>> = { bare, full, single };
const port = await modes[mode]?.();
if (port === undefined) throw new Error(`no mode ${mode}`);
process.send?.({ port });
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit(0));
