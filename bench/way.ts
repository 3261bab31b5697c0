import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { addAgency, type DaemonProcess, startDaemon, temporaryFolder, tokenFor } from '../test/daemon-process.ts';
import { lessIsBetter, type Row } from './row.ts';

const trackers = 5000;
const perSecond = 10_000;
const consoles = 200;
const seconds = 20;
/** The feed's tick and what may come on top of it, ms. */
const allowed = 50 + 15;

const program = (name: string, args: string[] = []) => fork(fileURLToPath(new URL(name, import.meta.url)), args);

async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}

/** Seconds of processor time the daemon has used, as it says itself. */
async function processorSeconds(daemon: DaemonProcess): Promise<number> {
  const text = await (await fetch(`${daemon.adminUrl}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

/** The whole way under load: 5,000 trackers, 10,000 messages a second, 200 consoles that see everything. */
export async function wayBench(): Promise<Row[]> {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({
    data: folder,
    args: ['--rate-limit', '10000000', '--address-rate-limit', '10000000', '--log-level', 'error'],
  });
  const agency = await addAgency(daemon, 'bench');
  const credentials: { username: string; key: string }[] = [];
  for (let i = 0; i < trackers; i += 20) {
    const some = Array.from({ length: 20 }, async (_, n) => {
      await agency('POST', '/api/vans', { id: `van-${i + n}`, name: `Van ${i + n}` });
      const { body } = await agency('POST', '/api/devices', { id: `tracker-${i + n}`, vanId: `van-${i + n}` });
      return body as { username: string; key: string };
    });
    credentials.push(...(await Promise.all(some)));
  }
  const load = program('./way-load.ts');
  load.send({ port: daemon.mqttPort, trackers: credentials, perSecond, seconds });
  const token = await tokenFor(folder, 'DISPATCHER', 'bench');
  // One person may open twenty feeds; two hundred dispatchers have ten groups of them.
  const groups = await Promise.all(
    Array.from({ length: consoles / 20 }, async (_, n) => {
      const own = n === 0 ? token : await tokenFor(folder, 'DISPATCHER', 'bench', ['--subject', `dispatcher-${n}`]);
      return program('./way-consoles.ts', [`${daemon.url.replace('http', 'ws')}/feed`, own, '20']);
    }),
  );
  await Promise.all([answer(load), ...groups.map((group) => answer(group))]);
  const [before, from] = [await processorSeconds(daemon), performance.now()];
  const { sent, acks } = await answer<{ sent: number; acks: number }>(load);
  const cores = ((await processorSeconds(daemon)) - before) / ((performance.now() - from) / 1000);
  const [first] = groups;
  first?.send('report');
  const delays = first ? await answer<number[]>(first) : [];
  for (const child of [load, ...groups]) child.disconnect();
  await daemon.stop();
  await remove();
  if (acks !== sent) throw new Error(`${sent - acks} of ${sent} messages were not acknowledged`);
  const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.NaN;
  return [
    lessIsBetter('tracker → frame, p99, 5,000 trackers, 10,000 msg/s, 200 consoles', p99, allowed, 1, 'ms'),
    lessIsBetter('the daemon meanwhile', cores, 0.7, 1, 'cores'),
  ];
}
