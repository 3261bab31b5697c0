import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median, moreIsBetter, type Row } from './row.ts';

/** What a server process runs: bare Aedes, our whole way, or Aedes with one commit per message. */
type Mode = 'bare' | 'full' | 'single';

/** Connections and messages in flight on each: many quiet vans, and few that empty their memory. */
const patterns = [
  { connections: 1000, inFlight: 1, target: 0.8 },
  { connections: 100, inFlight: 20, target: 0.75 },
] as const;
const rounds = 3;

/** Server and load each on a core of its own, where the system can do that. */
const pinning = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

function child(file: string, args: readonly string[], core: number): ChildProcess {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const [command = process.execPath, ...before] = pinning
    ? ['taskset', '-c', String(core), process.execPath]
    : [process.execPath];
  const made = spawn(command, [...before, script, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  made.once('exit', (code) => {
    if (code !== 0 && code !== null) console.error(`${file} ${args.join(' ')} ended with code ${code}`);
  });
  return made;
}

async function answerOf<T>(made: ChildProcess): Promise<T> {
  const [answer] = await Promise.race([
    once(made, 'message'),
    once(made, 'exit').then(() => {
      throw new Error('a process of the bench ended before its time');
    }),
  ]);
  return answer as T;
}

/** Acknowledged messages a second. */
async function measure(mode: Mode, pattern: (typeof patterns)[number], ms: number): Promise<number> {
  const server = child('./ingest-server.ts', [mode], 0);
  const { port } = await answerOf<{ port: number }>(server);
  const load = child('./mqtt-load.ts', [port, pattern.connections, pattern.inFlight].map(String), 1);
  try {
    await answerOf(load);
    load.send({ warmUp: 1500, measure: ms });
    const { acks, ms: took } = await answerOf<{ acks: number; ms: number }>(load);
    return (acks * 1000) / took;
  } finally {
    for (const one of [load, server]) {
      if (one.exitCode !== null) continue;
      const gone = once(one, 'exit');
      one.disconnect();
      await gone;
    }
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
    rows.push(moreIsBetter(`${name} against bare Aedes`, ours, bare, target, 'msg/s'));
    rows.push(moreIsBetter(`${name} against a commit per message`, ours, single, 10, 'msg/s'));
  }
  return rows;
}
