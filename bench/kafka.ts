import { Kafka, logLevel } from 'kafkajs';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { KafkaLog } from '../daemon/log/kafka.ts';
import type { DaemonProcess } from '../test/daemon-process.ts';
import { openFeed } from '../test/feed-reader.ts';
import { kafkaLibs, startBrokers } from '../test/kafka/brokers.ts';
import { type Cluster, startCluster } from '../test/kafka/cluster.ts';
import { ClusterLoad } from '../test/kafka/cluster-load.ts';
import { answerOf, pinned } from './pinned.ts';
import { lessIsBetter, moreIsBetter, type Row } from './row.ts';

const agency = 'bench';
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.floor(sorted.length * share)] ?? Number.NaN;

/** Real brokers on this machine, which share its cores with everything else that is measured here. */
export async function kafkaBench(): Promise<Row[]> {
  if (kafkaLibs === undefined) {
    console.error('  left out: Java 17 and Maven are needed for the brokers');
    return [];
  }
  return [...(await forwarding()), ...(await wayThroughKafka()), ...(await acknowledging()), ...(await failover())];
}

/** Records a second that the forwarder's end of Kafka takes. */
async function forwarding(): Promise<Row[]> {
  const brokers = await startBrokers({ count: 1 });
  const log = new KafkaLog({
    ...{ brokers: brokers.addresses, prefix: 'bench', partitions: 3, replication: 1, origin: 'bench' },
    logger: pino({ level: 'error' }),
  });
  await log.start();
  const time = Date.now();
  const part = 1000;
  let sequence = 0;
  const records = () =>
    Array.from({ length: part }, () => {
      sequence++;
      const value = {
        ...{ device: `tracker-${sequence % 100}`, fixTime: time + sequence, receivedAt: time + sequence + 400 },
        ...{ latitude: 21.1458 + (sequence % 977) / 1e5, longitude: 79.0882, speed: sequence % 60, course: 271.3 },
      };
      return { record: { topic: 'positions' as const, agency: `agency-${sequence % 20}`, value }, sequence };
    });
  const run = async (seconds: number) => {
    const [began, from] = [performance.now(), sequence];
    while (performance.now() - began < seconds * 1000) await log.forward(records());
    return (sequence - from) / ((performance.now() - began) / 1000);
  };
  await run(2);
  const rate = await run(5);
  await log.stop();
  await brokers.stopAll();
  return [moreIsBetter('kafka: forwarded into one broker, at least 50,000 a second', rate, 50_000, 1, 'records/s')];
}

/** Trackers at one daemon, a console at another: everything it sees has passed Kafka. And what a daemon costs idle. */
async function wayThroughKafka(): Promise<Row[]> {
  const [trackers, perSecond, warmUpSeconds, seconds] = [500, 2000, 5, 20];
  const cluster = await startCluster({ count: 1, daemons: 2, agency });
  try {
    const api = await cluster.at(0);
    const credentials: { username: string; key: string }[] = [];
    for (let i = 0; i < trackers; i++) {
      await api('POST', '/api/vans', { id: `van-${i}` });
      credentials.push((await api('POST', '/api/devices', { id: `tracker-${i}`, vanId: `van-${i}` })).body);
    }
    await cluster.settled();
    const idle = await coresOf(cluster, 0, 10);
    const load = pinned('./way-load.ts', [], 1);
    load.send({
      port: cluster.daemons[0]?.mqttPort,
      trackers: credentials,
      perSecond,
      seconds: warmUpSeconds + seconds,
    });
    const port = new URL(cluster.daemons[1]?.url ?? '').port;
    const viewers = pinned('./way-consoles.ts', [port, '1', await cluster.token('DISPATCHER')], 1);
    await Promise.all([answerOf(load), answerOf(viewers)]);
    await sleep(warmUpSeconds * 1000);
    const since = Date.now();
    await answerOf(load);
    viewers.send({ since });
    const delays = await answerOf<number[]>(viewers);
    for (const child of [load, viewers]) child.disconnect();
    return [
      lessIsBetter('kafka: an idle daemon, at most 3 % of a core', idle, 0.03, 1, 'cores'),
      lessIsBetter(
        `kafka: tracker → frame at another daemon, p99, ${perSecond} msg/s`,
        percentile(delays, 0.99),
        110,
        1,
        'ms',
      ),
    ];
  } finally {
    await cluster.stop();
  }
}

async function coresOf(cluster: Cluster, n: number, seconds: number): Promise<number> {
  const used = () => cluster.figure(n, 'process_cpu_seconds_total');
  const [before, from] = [await used(), performance.now()];
  await sleep(seconds * 1000);
  return ((await used()) - before) / ((performance.now() - from) / 1000);
}

/** `--ack kafka`: from PUBLISH to PUBACK, beside a bare produce of kafkajs to the same brokers, both one at a time. */
async function acknowledging(): Promise<Row[]> {
  const messages = 2000;
  const cluster = await startCluster({ count: 3, daemons: 1, agency, args: ['--ack', 'kafka'] });
  try {
    const api = await cluster.at(0);
    await api('POST', '/api/vans', { id: 'van-1' });
    const { body } = await api('POST', '/api/devices', { id: 'tracker-1', vanId: 'van-1' });
    const { username, key } = body as { username: string; key: string };
    const client = await mqtt.connectAsync({
      host: '127.0.0.1',
      port: portOf(cluster.daemons[0]),
      username,
      password: key,
    });
    let fixTime = Date.now() - 3_600_000;
    const publish = () => {
      fixTime += 1000;
      const payload = JSON.stringify({ fixTime, latitude: 21.1, longitude: 78.6, speed: 20 });
      return client.publishAsync(`vantrail/${username}/position`, payload, { qos: 1 });
    };
    const ours = await timesOf(messages, publish);
    await client.endAsync();

    const producer = new Kafka({ brokers: cluster.brokers.addresses, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const message = {
      topic: 'vantrail.positions.v1',
      acks: -1,
      messages: [{ key: 'other', partition: 0, value: '{}' }],
    };
    const bare = await timesOf(messages, () => producer.send(message));
    await producer.disconnect();
    const name = 'kafka: PUBACK with --ack kafka, p99, at most 3 × a bare produce (three brokers)';
    return [lessIsBetter(name, percentile(ours, 0.99), 3 * percentile(bare, 0.99), 1, 'ms')];
  } finally {
    await cluster.stop();
  }
}

const portOf = (daemon: DaemonProcess | undefined) => daemon?.mqttPort ?? 0;

/** How long each of `count` calls took, one after the other, in order of length, ms. The first tenth warms up. */
async function timesOf(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 1.1 * count; i++) {
    const began = performance.now();
    await call();
    if (i >= 0.1 * count) times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** Three brokers with the tuned settings: the longest gap of a viewer when a broker or its own daemon is killed. */
async function failover(): Promise<Row[]> {
  const cluster = await startCluster({ count: 3, daemons: 3, agency });
  try {
    const load = new ClusterLoad(cluster);
    await load.register(await cluster.at(0), 20);
    // All trackers at daemon 0, the viewer at 1: what it sees has passed Kafka.
    for (const tracker of load.trackers) tracker.daemon = 0;
    await cluster.settled();
    load.start(2000);
    let at = 1;
    const viewer = await openFeed(() => cluster.daemons[at]?.url ?? '', await cluster.token('DISPATCHER'));
    await load.acknowledged(4000);

    const gapWhen = async (kill: () => Promise<void>) => {
      viewer.longestGap();
      await kill();
      await load.acknowledged(16_000);
      return viewer.longestGap() / 1000;
    };
    const controller = await cluster.brokers.controller();
    const gaps: number[] = [];
    // Each of the two leads a part of the partitions; which of them the agency's is in makes the longer gap.
    for (const n of [1, 2, 3].filter((each) => each !== controller)) {
      gaps.push(await gapWhen(() => cluster.brokers.kill(n)));
      await cluster.brokers.restart(n);
      // Its replicas are in sync again by then.
      await load.acknowledged(16_000);
    }
    const gapOfController = await gapWhen(async () => cluster.brokers.kill(await cluster.brokers.controller()));
    at = 2;
    const gapOfDaemon = await gapWhen(async () => {
      await cluster.daemons[1]?.kill();
    });
    viewer.close();
    load.stop();
    return [
      lessIsBetter('kafka: longest gap of a viewer, a leader killed, at most 5 s', Math.max(...gaps), 5, 1, 's'),
      lessIsBetter('kafka: longest gap of a viewer, the controller killed, at most 6 s', gapOfController, 6, 1, 's'),
      lessIsBetter('kafka: longest gap of a viewer, its daemon killed, at most 3 s', gapOfDaemon, 3, 1, 's'),
    ];
  } finally {
    await cluster.stop();
  }
}
