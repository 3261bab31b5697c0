import { join } from 'node:path';
import { pino } from 'pino';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import type { LogRecord } from '../protocol/record.ts';
import { addAgency, startDaemon, temporaryFolder } from '../test/daemon-process.ts';
import { lessIsBetter, type Row } from './row.ts';

const vans = 1000;
const fixesPerVan = 1000;
const together = 10_000;

/** Puts a million positions of a thousand vans into the log of a stopped daemon. */
async function fill(folder: string): Promise<void> {
  const log = new EmbeddedLog({ folder: join(folder, 'log'), logger: pino({ level: 'error' }) });
  await log.start();
  const start = Date.now() - fixesPerVan * 10_000;
  let records: LogRecord[] = [];
  const append = () =>
    new Promise<void>((resolve, reject) => log.append(records, (error) => (error ? reject(error) : resolve())));
  for (let n = 0; n < fixesPerVan; n++) {
    for (let van = 0; van < vans; van++) {
      const fixTime = start + n * 10_000 + van;
      const value = {
        device: `tracker-${van}`,
        fixTime,
        receivedAt: fixTime + 800,
        latitude: Math.round((21 + van / 1000 + n * 0.0005) * 1e6) / 1e6,
        longitude: 78.5,
        speed: 20,
        course: 0,
        battery: 80,
      };
      records.push({ topic: 'positions', agency: 'bench', value });
    }
    if (records.length < together && n < fixesPerVan - 1) continue;
    await append();
    records = [];
  }
  await log.stop();
}

/** How long a daemon with a million records takes until it serves: after `kill -9`, and with its projections deleted. */
export async function restartBench(): Promise<Row[]> {
  const { folder, remove } = await temporaryFolder();
  const args = ['--rate-limit', '10000000', '--log-level', 'error'];
  const first = await startDaemon({ data: folder, args });
  const agency = await addAgency(first, 'bench');
  for (let van = 0; van < vans; van++) {
    await agency('POST', '/api/vans', { id: `van-${van}`, name: `Van ${van}` });
    await agency('POST', '/api/devices', { id: `tracker-${van}`, vanId: `van-${van}` });
  }
  await first.stop();
  await fill(folder);
  const timed = async () => {
    const from = performance.now();
    const daemon = await startDaemon({ data: folder, args });
    const took = (performance.now() - from) / 1000;
    await daemon.kill();
    return took;
  };
  const rebuilt = await timed();
  const restarted = await timed();
  await remove();
  return [
    lessIsBetter('restart after kill -9 with 1 M records in the log', restarted, 5, 1, 's'),
    lessIsBetter('rebuild of all projections from 1 M records', rebuilt, 15, 1, 's'),
  ];
}
