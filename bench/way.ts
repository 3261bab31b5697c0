import { addAgency, type DaemonProcess, startDaemon, temporaryFolder, tokenFor } from '../test/daemon-process.ts';
import { answerOf, onCore, pinned } from './pinned.ts';
import { lessIsBetter, type Row } from './row.ts';

const trackers = 5000;
const perSecond = 10_000;
const consoles = 200;
const seconds = 25;
/** Until then connections, snapshots and the engine's compiler are at work; a daemon starts once and runs for weeks. */
const warmUpSeconds = 5;
/** The feed's tick and what may come on top of it, ms. */
const allowed = 50 + 15;

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
    node: onCore(0),
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
  const load = pinned('./way-load.ts', [], 1);
  load.send({ port: daemon.mqttPort, trackers: credentials, perSecond, seconds });
  // One person may open twenty feeds; two hundred consoles are those of ten people.
  const tokens = await Promise.all(
    Array.from({ length: consoles / 20 }, (_, n) =>
      tokenFor(folder, 'DISPATCHER', 'bench', ['--subject', `dispatcher-${n}`]),
    ),
  );
  const viewers = pinned('./way-consoles.ts', [new URL(daemon.url).port, '20', ...tokens], 1);
  await Promise.all([answerOf(load), answerOf(viewers)]);
  await new Promise((resolve) => setTimeout(resolve, warmUpSeconds * 1000));
  const since = Date.now();
  const [before, from] = [await processorSeconds(daemon), performance.now()];
  const { sent, acks } = await answerOf<{ sent: number; acks: number }>(load);
  const cores = ((await processorSeconds(daemon)) - before) / ((performance.now() - from) / 1000);
  viewers.send({ since });
  const delays = await answerOf<number[]>(viewers);
  for (const child of [load, viewers]) child.disconnect();
  await daemon.stop();
  await remove();
  if (acks !== sent) throw new Error(`${sent - acks} of ${sent} messages were not acknowledged`);
  const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.NaN;
  return [
    lessIsBetter('tracker → frame, p99, 5,000 trackers, 10,000 msg/s, 200 consoles', p99, allowed, 1, 'ms'),
    lessIsBetter('the daemon meanwhile', cores, 0.7, 1, 'cores'),
  ];
}
