import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, pinned } from './pinned.ts';
import { forComparison, median, moreIsBetter, type Row } from './row.ts';

/** What a server process runs: bare Aedes, our whole way, or Aedes with one commit per message. */
type Mode = 'bare' | 'full' | 'single';

/** Connections and messages in flight on each: many quiet vans, and few that empty their memory. */
const patterns = [
  { connections: 1000, inFlight: 1, target: 0.8 },
  { connections: 100, inFlight: 20, target: 0.75 },
] as const;
const rounds = 3;

/** µs of processor time the server's process has used, all of its threads together. */
async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  const { user, system } = await answerOf<NodeJS.CpuUsage>(server);
  return user + system;
}

/** Acknowledged messages a second. */
async function measure(mode: Mode, { connections, inFlight }: (typeof patterns)[number], ms: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-'));
  const server = pinned('./ingest-server.ts', [mode, folder], 0);
  const children = [server];
  try {
    const { port } = await answerOf<{ port: number }>(server);
    const load = pinned('./mqtt-load.ts', [port, connections, inFlight].map(String), 1);
    children.push(load);
    await answerOf(load);
    await new Promise((warm) => setTimeout(warm, 1500));
    const before = await cpuOf(server);
    load.send({ measure: ms });
    const { acks, ms: took } = await answerOf<{ acks: number; ms: number }>(load);
    const rate = (acks * 1000) / took;
    const each = ((await cpuOf(server)) - before) / acks;
    console.error(
      `  ${mode} ${connections} × ${inFlight}: ${Math.round(rate)} msg/s, ${each.toFixed(1)} µs of CPU each`,
    );
    return rate;
  } finally {
    for (const one of children.reverse()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      const gone = once(one, 'exit');
      one.disconnect();
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * QoS 1 publishes acknowledged a second: our whole way (frame guard, identity, decode, admit, FULL commit before
 * PUBACK, projection) against bare Aedes, which acknowledges and forgets; and against one commit for each message.
 */
export async function ingestBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const pattern of patterns) {
    const { connections, inFlight, target } = pattern;
    const figures: Record<Mode, number[]> = { bare: [], full: [], single: [] };
    for (let round = 0; round < rounds; round++) {
      figures.bare.push(await measure('bare', pattern, 3000));
      figures.full.push(await measure('full', pattern, 3000));
    }
    figures.single.push(await measure('single', pattern, 2000));
    const [ours, bare, single] = [median(figures.full), median(figures.bare), median(figures.single)];
    const name = `ingest ${connections} × ${inFlight}`;
    // Each pair ran in one breath: its ratio outlives the moods of a shared machine, the medians of the sides do not.
    const ratio = median(figures.full.map((full, n) => full / (figures.bare[n] ?? Number.NaN)));
    rows.push({
      ...moreIsBetter(`${name} against bare Aedes`, ours, bare, target, 'msg/s'),
      ratio,
      ok: ratio >= target,
    });
    // With one message in flight each, bare Aedes itself is less than 10 × as fast as one commit for each message.
    const against = `${name} against a commit per message`;
    if (inFlight === 1) rows.push(forComparison(against, ours, single, 'msg/s'));
    else rows.push(moreIsBetter(against, ours, single, 10, 'msg/s'));
  }
  return rows;
}
