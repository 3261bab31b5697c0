import { addAgency, api, startDaemon, temporaryFolder, tokenFor } from '../test/daemon-process.ts';
import { answerOf, onCore, pinned } from './pinned.ts';
import { lessIsBetter, type Row } from './row.ts';

const trackers = 1000;
const positionsPerSecond = 5000;
const commandsPerSecond = 100;
const seconds = 20;
const warmUpSeconds = 3;
/** An order is assigned so many bookings after its own. */
const lag = 100;

/**
 * Commands at a steady pace (decided, committed, answered) while positions come in: half of them book an order, half put
 * one on a run. The clock of each begins when it was due, so that one that waits for another counts its wait.
 */
export async function commandsBench(): Promise<Row[]> {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({
    data: folder,
    node: onCore(0),
    args: ['--rate-limit', '10000000', '--address-rate-limit', '10000000', '--log-level', 'error'],
  });
  const admin = await addAgency(daemon, 'bench');
  const credentials: { username: string; key: string }[] = [];
  const consumers = 200;
  for (let i = 0; i < trackers; i += 20) {
    const some = Array.from({ length: 20 }, async (_, n) => {
      await admin('POST', '/api/vans', { id: `van-${i + n}` });
      const { body } = await admin('POST', '/api/devices', { id: `tracker-${i + n}`, vanId: `van-${i + n}` });
      return body as { username: string; key: string };
    });
    credentials.push(...(await Promise.all(some)));
  }
  for (let i = 0; i < consumers; i++) await admin('POST', '/api/consumers', { id: `c-${i}`, name: `Consumer ${i}` });
  const load = pinned('./way-load.ts', [], 1);
  load.send({ port: daemon.mqttPort, trackers: credentials, perSecond: positionsPerSecond, seconds: seconds + 5 });
  await answerOf(load);
  const call = api(daemon.url, await tokenFor(folder, 'DISPATCHER', 'bench'));
  const delays: number[] = [];
  const send = async (n: number, due: number) => {
    const order = Math.floor(n / 2);
    const answer =
      n % 2 === 0
        ? await call('POST', '/api/orders', { id: `o-${order}`, consumerId: `c-${order % consumers}` })
        : await call('POST', `/api/orders/o-${order - lag}/assign`, { vanId: `van-${order % trackers}` });
    if (answer.status >= 300 && order >= lag) throw new Error(`${answer.status} ${answer.text}`);
    if (due > warmUpSeconds * 1000) delays.push(performance.now() - began - due);
  };
  const began = performance.now();
  const running: Promise<void>[] = [];
  for (let n = 0; n < commandsPerSecond * seconds; n++) {
    const due = (n * 1000) / commandsPerSecond;
    const wait = due - (performance.now() - began);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(send(n, due));
  }
  await Promise.all(running);
  const { sent, acks } = await answerOf<{ sent: number; acks: number }>(load);
  load.disconnect();
  await daemon.stop();
  await remove();
  if (acks !== sent) throw new Error(`${sent - acks} of ${sent} positions were not acknowledged`);
  const sorted = delays.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  return [
    lessIsBetter('a command, p99, 100 commands/s beside 5,000 position msg/s', p99, 20, 1, 'ms'),
    lessIsBetter('a command, median', sorted[sorted.length >> 1] ?? Number.NaN, 20, 1, 'ms'),
  ];
}
