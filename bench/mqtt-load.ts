import { once } from 'node:events';
import net from 'node:net';
import { generate } from 'mqtt-packet';

/**
 * The trackers of the ingest bench, as a process of their own: sockets and hand-made packets, since an MQTT library
 * would cost more than the broker it is to measure.
 *
 *   mqtt-load PORT CONNECTIONS IN_FLIGHT     then, for each message {measure} (ms): answers {acks, ms}
 */
const [port = 0, connections = 1, inFlight = 1] = process.argv.slice(2).map(Number);

/** The n-th device of the bench and its key. */
const username = (n: number) => `van-${n}`;
const start = Date.now() - 3_600_000;
let acks = 0;

/** A PUBLISH at QoS 1 whose message id and fix time can be written into it in place. */
function template(n: number) {
  const body = JSON.stringify({
    fixTime: start,
    latitude: 11.664321 + n / 10_000,
    longitude: 78.145678,
    speed: 32.4,
    course: 271.3,
    altitude: 312,
    accuracy: 8,
    battery: 87,
    ignition: true,
  });
  const topic = `vantrail/${username(n)}/position`;
  const bytes = generate({ cmd: 'publish', topic, payload: body, qos: 1, messageId: 1, dup: false, retain: false });
  const idAt = bytes.indexOf(body) - 2;
  const timeAt = bytes.indexOf(String(start));
  return { bytes, idAt, timeAt };
}

/** Writes the last six digits of the time: a message per ms for a quarter of an hour, each fix a new one. */
function writeTime(bytes: Buffer, at: number, time: number): void {
  let rest = time;
  for (let digit = at + 12; digit > at + 5; digit--) {
    bytes[digit] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

async function connect(n: number): Promise<() => void> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', (error) => {
    console.error(`connection ${n}: ${error.message}`);
    process.exit(1);
  });
  socket.on('close', () => process.exit(1));
  await once(socket, 'connect');
  const password = Buffer.from(`key of ${username(n)}`);
  const connack = once(socket, 'data');
  socket.write(generate({ cmd: 'connect', clientId: `c${n}`, username: username(n), password, keepalive: 600 }));
  const [answer] = (await connack) as [Buffer];
  if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`connection ${n} was refused`);

  const { bytes, idAt, timeAt } = template(n);
  const size = bytes.length;
  let id = 0;
  let time = start;
  const send = (count: number) => {
    const out = Buffer.allocUnsafe(size * count);
    for (let i = 0; i < count; i++) {
      id = (id % 65_535) + 1;
      bytes.writeUInt16BE(id, idAt);
      writeTime(bytes, timeAt, ++time);
      bytes.copy(out, i * size);
    }
    socket.write(out);
  };
  // Nothing but PUBACKs of four bytes comes back.
  let rest = 0;
  socket.on('data', (chunk) => {
    const whole = (rest + chunk.length) >> 2;
    rest = (rest + chunk.length) & 3;
    acks += whole;
    if (whole > 0) send(whole);
  });
  return () => send(inFlight);
}

const starts: (() => void)[] = [];
for (let n = 0; n < connections; n += 50) {
  const some = Array.from({ length: Math.min(50, connections - n) }, (_, i) => connect(n + i));
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
