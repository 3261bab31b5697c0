import { once } from 'node:events';
import net from 'node:net';
import { generate } from 'mqtt-packet';

/**
 * The trackers of the way bench, as a process of their own: each on its connection, publishing at QoS 1 at a steady
 * pace, spread evenly over the period. A fix's `fixTime` is the moment it is sent, so whoever sees it can tell the
 * delay. The parent sends {port, trackers: [{username, key}], perSecond, seconds}; answers 'ready', then {sent, acks}.
 */
interface Task {
  port: number;
  trackers: { username: string; key: string }[];
  perSecond: number;
  seconds: number;
}

async function connect(port: number, username: string, key: string, onAcks: (count: number) => void) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', (error) => {
    console.error(`${username}: ${error.message}`);
    process.exit(1);
  });
  await once(socket, 'connect');
  const answered = once(socket, 'data');
  socket.write(generate({ cmd: 'connect', clientId: username, username, password: Buffer.from(key), keepalive: 600 }));
  const [connack] = (await answered) as [Buffer];
  if (connack[0] !== 0x20 || connack[3] !== 0) throw new Error(`${username} was refused`);
  // Nothing but PUBACKs of four bytes comes back.
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    onAcks(bytes >> 2);
    bytes &= 3;
  });
  return socket;
}

process.once('message', async ({ port, trackers, perSecond, seconds }: Task) => {
  let acks = 0;
  const count = (more: number) => {
    acks += more;
  };
  const sockets: net.Socket[] = [];
  for (let i = 0; i < trackers.length; i += 50) {
    const some = trackers.slice(i, i + 50);
    sockets.push(...(await Promise.all(some.map(({ username, key }) => connect(port, username, key, count)))));
  }
  process.send?.('ready');
  const started = performance.now();
  let sent = 0;
  const pace = setInterval(() => {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - started) * perSecond) / 1000));
    const now = Date.now();
    for (; sent < due; sent++) {
      const n = sent % sockets.length;
      const round = Math.floor(sent / sockets.length);
      const { username } = trackers[n] as Task['trackers'][number];
      // Up and down a road: a van that were put back to its start would be a jump, which no van drives.
      const along = round % 200 < 100 ? round % 200 : 200 - (round % 200);
      const payload = JSON.stringify({
        fixTime: now,
        latitude: 21 + n / 100_000 + along * 0.0001,
        longitude: 78.5,
        speed: 32.4,
        course: 0,
        battery: 87,
        ignition: true,
      });
      const topic = `vantrail/${username}/position`;
      const messageId = (round % 65_535) + 1;
      sockets[n]?.write(generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false }));
    }
    if (sent < perSecond * seconds) return;
    clearInterval(pace);
    // What is under way now is answered within the second, or was not answered in time.
    setTimeout(() => process.send?.({ sent, acks }), 1000);
  }, 2);
});
process.on('disconnect', () => process.exit(0));
