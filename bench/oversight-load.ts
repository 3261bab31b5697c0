import { once } from 'node:events';
import net from 'node:net';
import { generate } from 'mqtt-packet';
import { Drive, keyOf } from './oversight-world.ts';

/**
 * The trackers of the oversight bench, as a process of their own: each van drives its run, a fix for every second of it,
 * and sends the next one as soon as the last is acknowledged. What is sent is made before, so that this process is not
 * what is measured.
 *
 *   oversight-load PORT VANS STOPS FIXES     then, for each message {measure} (ms): answers {acks, ms}
 */
const [port = 0, vans = 0, stops = 0, fixes = 0] = process.argv.slice(2).map(Number);
let acks = 0;

/** What a van sends, one packet a fix. */
function packetsOf(drive: Drive, start: number): Buffer[] {
  const topic = `vantrail/${drive.device}/position`;
  return Array.from({ length: fixes }, (_, i) => {
    const { device: _device, receivedAt: _receivedAt, ...fix } = drive.next(start + i * 1000, 1).fix.value;
    const payload = JSON.stringify(fix);
    return generate({ cmd: 'publish', topic, payload, qos: 1, messageId: i + 1, dup: false, retain: false });
  });
}

async function connect(device: string, packets: readonly Buffer[]): Promise<() => void> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  const fail = (why: string) => {
    console.error(`${device}: ${why}`);
    process.exit(1);
  };
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the connection was ended'));
  await once(socket, 'connect');
  const connack = once(socket, 'data');
  socket.write(
    generate({
      cmd: 'connect',
      clientId: device,
      username: device,
      password: Buffer.from(keyOf(device)),
      keepalive: 600,
    }),
  );
  const [answer] = (await connack) as [Buffer];
  if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`${device} was refused`);
  let next = 0;
  const send = () => {
    const packet = packets[next++];
    if (packet === undefined) fail('it has nothing left to send');
    else socket.write(packet);
  };
  // Nothing but PUBACKs of four bytes comes back, one at a time.
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes < 4) return;
    bytes -= 4;
    acks++;
    send();
  });
  return send;
}

const start = Date.now() - 5000;
const packets = Array.from({ length: vans }, (_, i) => packetsOf(new Drive(i, stops), start));
const starts: (() => void)[] = [];
for (let n = 0; n < vans; n += 50) {
  const some = packets.slice(n, n + 50).map((each, i) => connect(new Drive(n + i, 0).device, each));
  starts.push(...(await Promise.all(some)));
}
for (const begin of starts) begin();

process.on('message', async ({ measure }: { measure: number }) => {
  const [before, from] = [acks, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, measure));
  process.send?.({ acks: acks - before, ms: performance.now() - from });
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
