import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { type Security, securityProperties } from './security.ts';
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts';

/** Real Kafka brokers (KRaft, no Docker) on free ports of loopback, for tests and soaks. */
export interface Brokers {
  /** host:port of each, for clients */
  addresses: string[];
  /** host:port where user names are asked for over TLS; with `security` only */
  secureAddresses: string[];
  /** host:port of each behind its proxy; with `proxied` only. Brokers among themselves do not go through it */
  proxiedAddresses: string[];
  proxies: TcpProxy[];
  /** the process of broker `n`, from 1 on */
  pid(n: number): number;
  /** kill -9 */
  kill(n: number): Promise<void>;
  /** SIGTERM */
  stop(n: number): Promise<void>;
  /** SIGSTOP: it keeps its connections and says nothing */
  pause(n: number): void;
  resume(n: number): void;
  /** starts one that was killed or stopped; resolves when it serves */
  restart(n: number): Promise<void>;
  /** the broker that leads the controllers */
  controller(): Promise<number>;
  /** the folder in which broker `n` keeps its log */
  folder(n: number): string;
  /** what broker `n` has written to its standard output since it was last started, for a message about a failure */
  output(n: number): string;
  stopAll(): Promise<void>;
}

/** The folder with Kafka's jars; undefined where there is no Java, or no way to get them (then stderr has the reason). */
export const kafkaLibs: string | undefined = findLibs();

function findLibs(): string | undefined {
  const tool = fileURLToPath(new URL('../../tools/kafka-jars.mjs', import.meta.url));
  try {
    return execFileSync(process.execPath, [tool], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Shorter than Kafka's defaults, so that a dead broker is noticed after a second and not after nine. Measured with
 * kill -9: an acknowledgement stalls 1.3 s when a leader dies, 2.7 s when the controller does.
 */
const tuned = {
  'broker.session.timeout.ms': 1000,
  'broker.heartbeat.interval.ms': 200,
  'controller.quorum.fetch.timeout.ms': 1000,
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.election.backoff.max.ms': 300,
  'controller.quorum.request.timeout.ms': 1000,
  'replica.lag.time.max.ms': 3000,
  'replica.fetch.backoff.ms': 100,
  'leader.imbalance.check.interval.seconds': 8,
};

/** What a small cluster for tests needs beside that. */
const small = {
  'group.initial.rebalance.delay.ms': 0,
  'offsets.topic.num.partitions': 3,
  'auto.create.topics.enable': false,
  'unclean.leader.election.enable': false,
  'log.cleaner.dedupe.buffer.size': 8_388_608,
  'num.network.threads': 2,
  'num.io.threads': 4,
};

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface BrokersOptions {
  count: 1 | 3;
  /** user names and TLS on a second listener */
  security?: Security;
  /** a further listener behind a proxy for each broker */
  proxied?: boolean;
  /** further properties of every broker */
  properties?: Record<string, string | number | boolean>;
}

/** Starts brokers and resolves when all of them serve. */
export async function startBrokers({ count, security, proxied, properties = {} }: BrokersOptions): Promise<Brokers> {
  if (kafkaLibs === undefined) throw new Error('there is no Kafka here');
  const home = await mkdtemp(join(tmpdir(), 'vantrail-kafka-'));
  const ports = await freePorts(count * 4);
  const nodes = Array.from({ length: count }, (_, i) => ({
    port: ports[i] as number,
    controllerPort: ports[count + i] as number,
    securePort: ports[2 * count + i] as number,
    innerPort: ports[3 * count + i] as number,
  }));
  const voters = nodes.map(({ controllerPort }, i) => `${i + 1}@127.0.0.1:${controllerPort}`).join(',');
  const folder = (n: number) => join(home, `log-${n}`);
  const file = (n: number) => join(home, `${n}.properties`);
  const clusterId = randomBytes(16).toString('base64url');
  const proxies = proxied ? await Promise.all(nodes.map(({ innerPort }) => tcpProxy({ port: innerPort }))) : [];
  const children = new Map<number, { child: ChildProcess; closed: Promise<void>; output: () => string }>();

  await Promise.all(
    nodes.map(async ({ port, controllerPort, securePort, innerPort }, i) => {
      const n = i + 1;
      const secure = security === undefined ? '' : `,SASL_SSL://127.0.0.1:${securePort}`;
      const inner = proxied ? `,PROXIED://127.0.0.1:${innerPort}` : '';
      const outer = proxied ? `,PROXIED://127.0.0.1:${proxies[i]?.port}` : '';
      const settings = {
        'process.roles': 'broker,controller',
        'node.id': n,
        'controller.quorum.voters': voters,
        listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${secure}${inner}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${secure}${outer}`,
        'controller.listener.names': 'CONTROLLER',
        'listener.security.protocol.map':
          'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SASL_SSL:SASL_SSL',
        'inter.broker.listener.name': 'PLAINTEXT',
        'log.dirs': folder(n),
        'default.replication.factor': count,
        'min.insync.replicas': Math.max(1, count - 1),
        'offsets.topic.replication.factor': count,
        'transaction.state.log.replication.factor': count,
        'transaction.state.log.min.isr': Math.max(1, count - 1),
        ...tuned,
        ...small,
        ...(security === undefined ? {} : securityProperties(security)),
        ...properties,
      };
      await mkdir(folder(n));
      await writeFile(
        file(n),
        Object.entries(settings)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      );
      const users = (security?.users ?? []).map(
        ({ name, password }) => `SCRAM-SHA-512=[name=${name},password=${password}]`,
      );
      const scram256 = users.map((user) => user.replace('512', '256'));
      const add = [...users, ...scram256].flatMap((user) => ['--add-scram', user]);
      await java(['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file(n), ...add], []).closed;
    }),
  );

  const launch = (n: number) => {
    children.set(n, java(['kafka.Kafka', file(n)], ['-Xmx256m', ...archiveFlags()]));
  };
  const serves = (n: number) => untilServing(nodes[n - 1]?.port ?? 0, () => children.get(n));
  const end = async (n: number, signal: NodeJS.Signals) => {
    const { child, closed } = children.get(n) ?? {};
    // A stopped process takes SIGKILL, but SIGTERM only once it goes on.
    if (signal === 'SIGTERM') child?.kill('SIGCONT');
    child?.kill(signal);
    await closed?.catch(() => {});
  };
  await makeArchive();
  try {
    for (let n = 1; n <= count; n++) launch(n);
    await Promise.all(nodes.map((_, i) => serves(i + 1)));
  } catch (error) {
    await Promise.all(nodes.map((_, i) => end(i + 1, 'SIGKILL')));
    throw error;
  }
  return {
    addresses: nodes.map(({ port }) => `127.0.0.1:${port}`),
    secureAddresses: security === undefined ? [] : nodes.map(({ securePort }) => `127.0.0.1:${securePort}`),
    proxiedAddresses: proxies.map(({ port }) => `127.0.0.1:${port}`),
    proxies,
    pid: (n) => children.get(n)?.child.pid ?? 0,
    kill: (n) => end(n, 'SIGKILL'),
    stop: (n) => end(n, 'SIGTERM'),
    pause: (n) => void children.get(n)?.child.kill('SIGSTOP'),
    resume: (n) => void children.get(n)?.child.kill('SIGCONT'),
    restart: async (n) => {
      launch(n);
      await serves(n);
    },
    controller: () => controllerOf(nodes.map((_, i) => folder(i + 1))),
    folder,
    output: (n) => children.get(n)?.output() ?? '',
    stopAll: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all(nodes.map((_, i) => end(i + 1, 'SIGKILL')));
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs a class of Kafka. `closed` rejects, with what it wrote, when it fails by itself. */
function java(args: string[], flags: string[]): { child: ChildProcess; closed: Promise<void>; output: () => string } {
  const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];
  const child = spawn('java', [...flags, ...quick, '-cp', `${kafkaLibs}/*`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output = (output + bytes).slice(-20_000);
    });
  }
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0 || signal !== null || code === 143) resolve();
      else reject(new Error(`${args[0]} ended with ${code}:\n${output}`));
    });
  });
  closed.catch(() => {});
  return { child, closed, output: () => output };
}

const archive = () => join(kafkaLibs ?? '', 'classes.jsa');
const archiveFlags = () => (existsSync(archive()) ? [`-XX:SharedArchiveFile=${archive()}`] : []);

/** The classes of a broker as the JVM has them in memory, made once beside the jars: a second less for each start. */
async function makeArchive(): Promise<void> {
  if (existsSync(archive())) return;
  const home = await mkdtemp(join(tmpdir(), 'vantrail-kafka-archive-'));
  try {
    const [port, controllerPort] = await freePorts(2);
    const file = join(home, 'properties');
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': join(home, 'log'),
      ...small,
    };
    await writeFile(
      file,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    await java(['kafka.tools.StorageTool', 'format', '-t', randomBytes(16).toString('base64url'), '-c', file], [])
      .closed;
    const made = join(home, 'classes.jsa');
    const broker = java(['kafka.Kafka', file], ['-Xmx256m', `-XX:ArchiveClassesAtExit=${made}`]);
    await untilServing(port as number, () => broker);
    broker.child.kill('SIGTERM');
    await broker.closed;
    // Another test process may do the same at the same time; whole files replace one another.
    await rename(made, `${archive()}.${process.pid}`).catch(async () => {
      await writeFile(`${archive()}.${process.pid}`, await readFile(made));
    });
    await rename(`${archive()}.${process.pid}`, archive());
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Free ports of loopback, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Asks a broker until it answers. */
async function untilServing(
  port: number,
  broker: () => { child: ChildProcess; output: () => string } | undefined,
): Promise<void> {
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  for (;;) {
    const now = broker();
    if (now === undefined || now.child.exitCode !== null || now.child.signalCode !== null) {
      throw new Error(`a broker ended while it started:\n${now?.output()}`);
    }
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.some((each) => each.port === port)) return;
    } catch {
      // not yet
    } finally {
      await admin.disconnect().catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The leader of the controllers, as the youngest vote that any of them has written down says. */
async function controllerOf(folders: readonly string[]): Promise<number> {
  for (;;) {
    const states = await Promise.all(
      folders.map(async (folder) => {
        const text = await readFile(join(folder, '__cluster_metadata-0', 'quorum-state'), 'utf8').catch(() => '{}');
        return JSON.parse(text) as { leaderId?: number; leaderEpoch?: number };
      }),
    );
    const youngest = states.toSorted((a, b) => (b.leaderEpoch ?? 0) - (a.leaderEpoch ?? 0))[0];
    if (youngest?.leaderId !== undefined && youngest.leaderId > 0) return youngest.leaderId;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
