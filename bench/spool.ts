import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, pinned } from './pinned.ts';
import { lessIsBetter, median, moreIsBetter, type Row } from './row.ts';

type Mode = 'embedded' | 'spool';

/** Connections and messages in flight on each, as in the ingest bench. */
const patterns = [
  { connections: 1000, inFlight: 1 },
  { connections: 100, inFlight: 20 },
] as const;
const rounds = 5;
/** what comes in ten minutes at 500 records a second */
const outage = 300_000;

/** Starts a server in a folder of its own, and ends and removes both when `work` is done. */
async function withServer<T>(mode: Mode, work: (server: ChildProcess, port: number) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-'));
  const server = pinned('./spool-server.ts', [mode, folder], 0);
  try {
    const { port } = await answerOf<{ port: number }>(server);
    return await work(server, port);
  } finally {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

/** µs of processor time the server's process has used, all of its threads together. */
async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  const { user, system } = await answerOf<NodeJS.CpuUsage>(server);
  return user + system;
}

interface Intake {
  /** acknowledged messages a second */
  rate: number;
  /** µs of processor time of the server for one of them */
  cpu: number;
}

function intake(mode: Mode, { connections, inFlight }: (typeof patterns)[number]): Promise<Intake> {
  return withServer(mode, async (server, port) => {
    const load = pinned('./mqtt-load.ts', [port, connections, inFlight].map(String), 1);
    try {
      await answerOf(load);
      await new Promise((warm) => setTimeout(warm, 1500));
      const before = await cpuOf(server);
      load.send({ measure: 3000 });
      const { acks, ms } = await answerOf<{ acks: number; ms: number }>(load);
      const rate = (acks * 1000) / ms;
      const cpu = ((await cpuOf(server)) - before) / acks;
      console.error(
        `  ${mode} ${connections} × ${inFlight}: ${Math.round(rate)} msg/s, ${cpu.toFixed(1)} µs of CPU each`,
      );
      return { rate, cpu };
    } finally {
      await ended(load);
    }
  });
}

function drain(): Promise<number> {
  return withServer('spool', async (server) => {
    server.send({ drain: outage });
    const { rate } = await answerOf<{ rate: number }>(server);
    console.error(`  drain: ${Math.round(rate)} records/s`);
    return rate;
  });
}

/**
 * Ingest on the spool, with its forwarder at work, against ingest on the embedded log alone; and how fast the spool
 * drains after an outage, against the fastest intake there is. The shared log is one in memory, so that the figures are
 * the spool's own.
 */
export async function spoolBench(): Promise<Row[]> {
  const rows: Row[] = [];
  let fastest = 0;
  for (const pattern of patterns) {
    const figures: Record<Mode, Intake[]> = { embedded: [], spool: [] };
    for (let round = 0; round < rounds; round++) {
      // In turn, and each first as often as the other: what else the machine does then hurts both alike.
      const order: readonly Mode[] = round % 2 === 0 ? ['embedded', 'spool'] : ['spool', 'embedded'];
      for (const mode of order) figures[mode].push(await intake(mode, pattern));
    }
    const middle = (mode: Mode, figure: keyof Intake) => median(figures[mode].map((one) => one[figure]));
    fastest = Math.max(fastest, middle('spool', 'rate'));
    const name = `spool: ingest ${pattern.connections} × ${pattern.inFlight}`;
    rows.push(
      moreIsBetter(
        `${name} / on the embedded log alone`,
        middle('spool', 'rate'),
        middle('embedded', 'rate'),
        0.9,
        'msg/s',
      ),
      // On a machine that does other things too this says more than the rate: server and load share nothing of it.
      lessIsBetter(
        `${name}, CPU of one / on the embedded log`,
        middle('spool', 'cpu'),
        middle('embedded', 'cpu'),
        0.9,
        'µs',
      ),
    );
  }
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await drain());
  rows.push(moreIsBetter('spool: drain after an outage / fastest intake', median(rates), fastest, 2, 'records/s'));
  return rows;
}
