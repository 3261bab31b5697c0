import { setImmediate } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type Api, addAgency, api, type DaemonProcess, startDaemon, tokenFor } from './daemon-process.ts';

export interface CrashResult {
  rounds: number;
  published: number;
  acknowledged: number;
  /** acknowledged points that are nowhere in the trails */
  lost: number;
  /** points that stand in a trail more than once */
  doubled: number;
}

interface Tracker {
  username: string;
  key: string;
  client?: MqttClient;
  /** fixTimes that were acknowledged, and of those in flight */
  acknowledged: Set<number>;
  unacknowledged: Set<number>;
  next: number;
}

/** Messages a tracker has in flight at once. */
const inFlight = 10;

/**
 * Real MQTT clients publish as fast as they are answered; the daemon is killed with `kill -9` at a random moment and
 * started again, over and over. In the end every acknowledged point must stand in the trails exactly once. Trackers
 * send again what was not acknowledged, as real ones do.
 */
export async function crashRounds(options: {
  data: string;
  rounds: number;
  trackers: number;
  program?: string;
  random: () => number;
  /** told after each round: how many there were, and how many messages they published */
  onRound?: (round: number, published: number) => void;
  /** asked after each round; true ends the rounds early */
  enough?: () => boolean;
}): Promise<CrashResult> {
  const start = () => startDaemon({ data: options.data, ...(options.program ? { program: options.program } : {}) });
  let daemon = await start();
  const agency = await addAgency(daemon, 'crash');
  const from = Date.now() - 3_600_000;
  const trackers = await register(agency, options.trackers, from);
  let published = 0;
  let rounds = 0;
  while (rounds < options.rounds && !(rounds > 0 && options.enough?.())) {
    const aim = 200 + Math.floor(options.random() * 1500);
    let acknowledgedNow = 0;
    let stopped = false;
    await new Promise<void>((resolve) => {
      for (const tracker of trackers) {
        void run(tracker, daemon.mqttPort, () => stopped, {
          published: () => published++,
          acknowledged: () => {
            if (++acknowledgedNow >= aim) resolve();
          },
        });
      }
    });
    await daemon.kill();
    stopped = true;
    for (const tracker of trackers) tracker.client?.end(true);
    daemon = await start();
    rounds++;
    options.onRound?.(rounds, published);
  }
  const result = await compare(daemon, trackers, from);
  await daemon.stop();
  return { rounds, published, ...result };
}

async function register(agency: Api, count: number, from: number): Promise<Tracker[]> {
  const trackers: Tracker[] = [];
  for (let i = 0; i < count; i++) {
    await agency('POST', '/api/vans', { id: `van-${i}`, name: `Van ${i}` });
    const { body, status, text } = await agency('POST', '/api/devices', { id: `tracker-${i}`, vanId: `van-${i}` });
    if (status !== 201) throw new Error(`device not registered: ${text}`);
    const { username, key } = body as { username: string; key: string };
    trackers.push({ username, key, acknowledged: new Set(), unacknowledged: new Set(), next: from + i });
  }
  return trackers;
}

async function run(
  tracker: Tracker,
  port: number,
  stopped: () => boolean,
  count: { published: () => void; acknowledged: () => void },
): Promise<void> {
  const { username, key } = tracker;
  const client = mqtt.connect({ host: '127.0.0.1', port, username, password: key, reconnectPeriod: 0 });
  tracker.client = client;
  client.on('error', () => {});
  await new Promise<void>((resolve) => {
    client.once('connect', () => resolve());
    client.once('close', resolve);
  });
  const again = [...tracker.unacknowledged];
  const send = (fixTime: number) =>
    new Promise<void>((resolve) => {
      tracker.unacknowledged.add(fixTime);
      count.published();
      const payload = JSON.stringify({ fixTime, latitude: 21 + (fixTime % 1000) / 1e5, longitude: 78, speed: 20 });
      client.publish(`vantrail/${username}/position`, payload, { qos: 1 }, (error) => {
        if (!error) {
          tracker.unacknowledged.delete(fixTime);
          tracker.acknowledged.add(fixTime);
          count.acknowledged();
        }
        resolve();
      });
    });
  const lane = async () => {
    while (!stopped() && client.connected) {
      const fixTime = again.pop() ?? tracker.next++;
      await send(fixTime);
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function compare(daemon: DaemonProcess, trackers: Tracker[], from: number) {
  const agency = api(daemon.url, await tokenFor(daemon.data, 'ADMIN', 'crash'));
  let acknowledged = 0;
  let lost = 0;
  let doubled = 0;
  for (const [i, tracker] of trackers.entries()) {
    const { body, status, text } = await agency(
      'GET',
      `/api/vans/van-${i}/trail?from=${from - 1}&to=${from + 86_400_000}&format=json`,
    );
    if (status !== 200) throw new Error(`no trail from ${daemon.url}: ${text}`);
    const kept = new Map<number, number>();
    for (const { fixTime } of (body as { items: { fixTime: number }[] }).items) {
      kept.set(fixTime, (kept.get(fixTime) ?? 0) + 1);
    }
    acknowledged += tracker.acknowledged.size;
    for (const fixTime of tracker.acknowledged) if (!kept.has(fixTime)) lost++;
    for (const times of kept.values()) if (times > 1) doubled++;
  }
  return { acknowledged, lost, doubled };
}
