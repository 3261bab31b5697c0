import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOf, pinned } from './pinned.ts';
import { forComparison, median, moreIsBetter, type Row } from './row.ts';

/**
 * What the main way loses by what the daemon finds out: positions of vans on their runs acknowledged a second, with and
 * without motion, zones, arrivals and watch. All threads of the server share one core, so whatever they use is missing.
 */
const vans = 5000;
const stops = 10;
const zones = 10_000;
/** Of each van: enough for the warm-up and the measurement. */
const fixes = 75;
const rounds = 3;
const warmUp = 2000;
const measured = 4000;

type Mode = 'plain' | 'watched';

export async function oversightIngestBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-bench-oversight-'));
  try {
    const world = join(folder, 'world');
    const prepared = pinned('./oversight-server.ts', ['prepare', world, ...[vans, stops, zones].map(String)], 0);
    await answerOf(prepared);
    await ended(prepared);
    const rates: Record<Mode, number[]> = { plain: [], watched: [] };
    const costs: Record<Mode, number[]> = { plain: [], watched: [] };
    for (let round = 0; round < rounds; round++) {
      for (const mode of ['plain', 'watched'] as const) {
        const own = join(folder, mode);
        cpSync(world, own, { recursive: true });
        const { rate, each } = await measure(mode, own);
        rmSync(own, { recursive: true });
        rates[mode].push(rate);
        costs[mode].push(each);
        console.error(`  ${mode}: ${Math.round(rate)} positions/s, ${each.toFixed(1)} µs of CPU each`);
      }
    }
    const name = `oversight: positions of ${vans.toLocaleString('en')} vans on their runs, all on one core`;
    // Each pair ran in one breath: its ratio outlives the moods of a shared machine, the medians of the sides do not.
    const ratio = median(rates.watched.map((rate, n) => rate / (rates.plain[n] ?? Number.NaN)));
    const [ours, other] = [median(rates.watched), median(rates.plain)];
    return [
      { ...moreIsBetter(`${name} / without`, ours, other, 0.9, 'msg/s'), ratio, ok: ratio >= 0.9 },
      forComparison('oversight: CPU of such a position / without', median(costs.watched), median(costs.plain), 'µs'),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Acknowledged positions a second, and the µs of processor time of each, all threads of the server together. */
async function measure(mode: Mode, folder: string): Promise<{ rate: number; each: number }> {
  const server = pinned('./oversight-server.ts', [mode, folder], 0);
  const children = [server];
  const cpu = async () => {
    server.send('cpu');
    const { user, system } = await answerOf<NodeJS.CpuUsage>(server);
    return user + system;
  };
  try {
    const { port } = await answerOf<{ port: number }>(server);
    const load = pinned('./oversight-load.ts', [port, vans, stops, fixes].map(String), 1);
    children.push(load);
    await answerOf(load);
    await new Promise((warm) => setTimeout(warm, warmUp));
    const before = await cpu();
    load.send({ measure: measured });
    const { acks, ms } = await answerOf<{ acks: number; ms: number }>(load);
    return { rate: (acks * 1000) / ms, each: ((await cpu()) - before) / acks };
  } finally {
    for (const one of children.reverse()) await ended(one);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}
