import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { addAgency } from '../daemon/domain/decide-agency.ts';
import { testServer } from '../daemon/http/server.fixture.ts';
import { importConsumers, rowsTogether } from '../daemon/import/consumer-import.ts';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import { BatchCommands } from '../daemon/project/batch-commands.ts';
import { Commands } from '../daemon/project/commands.ts';
import { Projector } from '../daemon/project/projector.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import { throughDaemon } from './import-daemon.ts';
import { consumer, consumers, csv } from './import-list.ts';
import { forComparison, lessIsBetter, median, type Row } from './row.ts';

/** The first one is cold on both sides; the middle of them counts. */
const rounds = 5;
const batches = Math.ceil(consumers / rowsTogether);

/**
 * A distributor's list of 60,000 consumers, from its bytes to the last answer, beside writing the same rows as JSON
 * lines into SQLite with a FULL commit for every batch of as many rows as an import hands to the log together. Both
 * sides of a round are measured one after the other, so that they meet the same load. And the same through the whole
 * daemon, where every projection takes each event.
 */
export async function importBench(): Promise<Row[]> {
  const ours: Imported[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-import-'));
    plain.push(jsonLines(join(folder, 'lines.sqlite')));
    ours.push(await imported(folder));
    rmSync(folder, { recursive: true });
  }
  const daemon = await throughDaemon();
  const middle = (of: (round: Imported, index: number) => number) => median(ours.map(of));
  const times = middle(({ first }, i) => first / (plain[i] ?? Number.NaN));
  const first = middle((round) => round.first);
  const bytes = middle((round) => round.bytes);
  const firstByte = middle((round) => round.firstByte);
  return [
    lessIsBetter('import: 60,000 consumers, times the JSON lines with FULL commits', times, 3, 1, 'times'),
    forComparison('import: 60,000 consumers, beside the JSON lines', first, median(plain), 'ms'),
    forComparison(
      'import: FULL commits, beside those of the JSON lines',
      middle((round) => round.commits),
      batches,
      '',
    ),
    forComparison(
      'import: left for the registry to write in slices afterwards, beside it',
      middle((round) => round.rest),
      first,
      'ms',
    ),
    forComparison(
      'import: others wait for the event loop, p99, beside 20',
      middle((round) => round.wait),
      20,
      'ms',
    ),
    forComparison(
      'import: 60,000 consumers through the whole daemon, beside only reading and deciding them there',
      daemon.imported,
      daemon.decided,
      'ms',
    ),
    lessIsBetter(
      'import: the same list once more / the first time',
      middle((round) => round.again),
      first,
      1,
      'ms',
    ),
    lessIsBetter('markers of 60,000 consumers: bytes', bytes, 1_000_000, 1, 'B'),
    lessIsBetter('markers of 60,000 consumers: first ones at the reader', firstByte, 300, 1, 'ms'),
  ];
}

interface Imported {
  /** ms */
  first: number;
  again: number;
  /** ms to write at once what the registry has in memory and writes in slices, in the seconds after */
  rest: number;
  commits: number;
  /** ms that others wait for the event loop while a list is imported, p99 */
  wait: number;
  /** of the markers: ms to the first, and bytes of all */
  firstByte: number;
  bytes: number;
}

async function imported(folder: string): Promise<Imported> {
  const logger = pino({ level: 'silent' });
  const log = new EmbeddedLog({ folder: join(folder, 'log'), logger });
  await log.start();
  const registry = new RegistryProjection();
  const projector = new Projector({ log, file: join(folder, 'projections.sqlite'), projections: [registry], logger });
  await projector.start();
  await projector.caughtUp;
  const commands = new Commands({ log, registry, now: Date.now });
  for (const id of ['bench', 'other']) await commands.execute(addAgency({ id }), { actor: 'ADMIN:bench' });
  const batch = new BatchCommands({ log, view: registry.view, verdicts: registry.verdicts, now: Date.now });
  const list = Buffer.from(csv());
  const once = async (agency: string) => {
    const start = performance.now();
    const order = { agency, actor: 'ADMIN:bench', format: 'csv' as const, dryRun: false };
    for await (const report of importConsumers(pieces(list), order, { view: registry.view, batch, now: Date.now })) {
      if (report.type === 'bad' || report.type === 'failed') throw new Error(JSON.stringify(report));
    }
    return performance.now() - start;
  };
  const before = log.mark().commit;
  const first = await once('bench');
  const begun = performance.now();
  projector.saveNow();
  const rest = performance.now() - begun;
  const commits = log.mark().commit - before;
  const again = await once('bench');
  const markersRead = await markers(registry);
  // Not while it is measured: looking every millisecond takes time itself.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await once('other');
  delay.disable();
  await projector.stop();
  await log.stop();
  return { first, again, rest, commits, wait: delay.percentile(99) / 1e6, ...markersRead };
}

/** All consumers as markers, through HTTP: ms to the first ones at the reader, and all bytes. */
async function markers(registry: RegistryProjection): Promise<{ firstByte: number; bytes: number }> {
  const bed = await testServer();
  bed.world.registry = registry.view;
  await bed.server.start();
  const authorization = `Bearer ${await bed.token('DISPATCHER', 'bench', 'bench')}`;
  const start = performance.now();
  const url = `http://127.0.0.1:${bed.server.port}/api/consumers/markers`;
  const { body } = await fetch(url, { headers: { authorization } });
  let firstByte = Number.NaN;
  let bytes = 0;
  for await (const piece of body ?? []) {
    if (bytes === 0) firstByte = performance.now() - start;
    bytes += piece.length;
  }
  await bed.server.stop();
  await bed.remove();
  return { firstByte, bytes };
}

/** The rows as they are kept, in batches of the same size. */
function jsonLines(file: string): number {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE line (text TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO line VALUES (?)');
  const rows = Array.from({ length: consumers }, (_, i) => consumer(i));
  const start = performance.now();
  for (let first = 0; first < consumers; first += rowsTogether) {
    db.transaction(() => {
      for (const row of rows.slice(first, first + rowsTogether)) insert.run(JSON.stringify(row));
    })();
  }
  const took = performance.now() - start;
  db.close();
  return took;
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
