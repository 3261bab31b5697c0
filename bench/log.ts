import { closeSync, fdatasyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import type { LogRecord } from '../protocol/record.ts';
import { lessIsBetter, median, moreIsBetter, type Row } from './row.ts';

/** ms of one measurement; each is taken three times, both sides in turn, and the middle one counts. */
const duration = 700;
const rounds = 3;

const records: LogRecord[] = Array.from({ length: 10_000 }, (_, i) => ({
  topic: 'positions',
  agency: 'demo',
  value: {
    device: `van-${i % 40}`,
    fixTime: 1_764_000_000_000 + i * 1000,
    receivedAt: 1_764_000_000_321 + i * 1000,
    latitude: Math.round((21.1458 + Math.sin(i) * 0.05) * 1e6) / 1e6,
    longitude: Math.round((79.0882 + Math.cos(i) * 0.05) * 1e6) / 1e6,
    speed: (i * 7) % 60,
    course: (i * 13) % 360,
    accuracy: 5,
    ignition: true,
  },
}));

/** `count` records, going round. */
function some(first: number, count: number): LogRecord[] {
  const from = first % (records.length - count + 1);
  return records.slice(from, from + count);
}

/** Records a second with `lanes` appends of `batch` records each waiting to be settled, and main thread time of one. */
async function appendRate(log: EmbeddedLog, lanes: number, batch: number): Promise<{ rate: number; mainNs: number }> {
  const start = performance.now();
  const cpu = process.threadCpuUsage();
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    let running = lanes;
    const next = () => {
      if (performance.now() - start > duration) {
        if (--running === 0) resolve();
        return;
      }
      log.append(some(done, batch), (error) => {
        if (error) return reject(error);
        done += batch;
        next();
      });
    };
    for (let lane = 0; lane < lanes; lane++) next();
  });
  const { user, system } = process.threadCpuUsage(cpu);
  return { rate: (done / (performance.now() - start)) * 1000, mainNs: ((user + system) * 1000) / done };
}

function rateOf(write: (first: number) => number): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < duration) done += write(done);
  return (done / (performance.now() - start)) * 1000;
}

/** Durable appends against what else one could do: a commit per message, and a plain file with fdatasync. */
export async function logBench(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vantrail-bench-log-'));
  const log = new EmbeddedLog({ folder: join(folder, 'log'), logger: pino({ level: 'error' }) });
  await log.start();
  const db = new Database(join(folder, 'one-by-one.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE record (number INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO record (body) VALUES (?)');
  const plain = join(folder, 'plain.jsonl');
  const file = openSync(plain, 'a');
  try {
    const measured = { one: [], lanes100: [], lanes1000: [], batch1000: [], file1000: [], mainNs: [] } as Record<
      'one' | 'lanes100' | 'lanes1000' | 'batch1000' | 'file1000' | 'mainNs',
      number[]
    >;
    for (let round = 0; round < rounds; round++) {
      measured.one.push(
        rateOf((first) => {
          for (const record of some(first, 1)) insert.run(JSON.stringify(record));
          return 1;
        }),
      );
      measured.lanes100.push((await appendRate(log, 100, 1)).rate);
      const lanes1000 = await appendRate(log, 1000, 1);
      measured.lanes1000.push(lanes1000.rate);
      measured.mainNs.push(lanes1000.mainNs);
      measured.file1000.push(
        rateOf((first) => {
          writeFileSync(
            file,
            some(first, 1000).reduce((text, record) => `${text}${JSON.stringify(record)}\n`, ''),
          );
          fdatasyncSync(file);
          return 1000;
        }),
      );
      // Several at a time: while one commit is on its way the next one gathers, as it does under load.
      measured.batch1000.push((await appendRate(log, 8, 1000)).rate);
    }
    const of = (name: keyof typeof measured) => median(measured[name]);
    return [
      moreIsBetter('log: 100 single appends in flight / a commit each', of('lanes100'), of('one'), 5, 'records/s'),
      moreIsBetter('log: 1000 single appends in flight / a commit each', of('lanes1000'), of('one'), 10, 'records/s'),
      moreIsBetter(
        'log: 8 appends of 1000 in flight / file + fdatasync per 1000',
        of('batch1000'),
        of('file1000'),
        0.8,
        'records/s',
      ),
      lessIsBetter('log: main thread per record / 20 µs (50,000 a second)', of('mainNs'), 20_000, 4, 'ns'),
      await readRow(log, plain),
    ];
  } finally {
    closeSync(file);
    db.close();
    await log.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reading the log back, with checksums and unpacking, against parsing a plain file of the same kind of lines. */
async function readRow(log: EmbeddedLog, plain: string): Promise<Row> {
  const ours: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let start = performance.now();
    let count = 0;
    for await (const batch of log.read(null)) count += batch.records.length;
    ours.push((count / (performance.now() - start)) * 1000);
    start = performance.now();
    count = 0;
    for (const line of readFileSync(plain, 'utf8').split('\n')) {
      if (line !== '' && JSON.parse(line) !== null) count++;
    }
    other.push((count / (performance.now() - start)) * 1000);
  }
  return moreIsBetter('log: read / parse a plain file', median(ours), median(other), 0.5, 'records/s');
}
