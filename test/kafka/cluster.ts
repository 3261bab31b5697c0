import { join } from 'node:path';
import { type Api, api, type DaemonProcess, startDaemon, temporaryFolder, tool } from '../daemon-process.ts';
import { type Brokers, type BrokersOptions, startBrokers } from './brokers.ts';

/** Daemons, each a process of its own, on one log in real Kafka brokers. */
export interface Cluster {
  brokers: Brokers;
  /** by number, from 0 on; a restarted one is another object */
  daemons: DaemonProcess[];
  /** an administrator's way to the API of daemon `n` */
  at(n: number): Promise<Api>;
  /** starts daemon `n` on its old folder and ports; resolves when it serves */
  restart(n: number): Promise<void>;
  /** starts one more daemon, on an empty folder */
  add(): Promise<DaemonProcess>;
  token(role?: string, more?: readonly string[]): Promise<string>;
  /** a figure of daemon `n`'s metrics */
  figure(n: number, name: string): Promise<number>;
  /** resolves when every daemon is ready, has forwarded its spool, and has read everything */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions extends Pick<BrokersOptions, 'count' | 'proxied' | 'properties'> {
  daemons: number;
  agency: string;
  /** where the daemons are told that the brokers are; the brokers' own addresses unless told otherwise */
  through?: (brokers: Brokers) => readonly string[];
  args?: readonly string[];
}

/** Starts brokers, daemons and an agency. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { count, daemons: many, agency, through = ({ addresses }) => addresses, args = [], ...more } = options;
  const [brokers, { folder, remove }] = await Promise.all([startBrokers({ count, ...more }), temporaryFolder()]);
  const keysFile = join(folder, 'keys.json');
  await tool('daemon/token.ts', ['--keys-file', keysFile, '--rotate-key']);
  const daemons: DaemonProcess[] = [];
  const start = async (n: number) => {
    const before = daemons[n];
    daemons[n] = await startDaemon({
      data: join(folder, `daemon-${n}`),
      ...(before === undefined ? {} : { httpPort: Number(new URL(before.url).port), mqttPort: before.mqttPort }),
      args: [
        ...['--log', 'kafka', '--kafka-brokers', through(brokers).join(','), '--kafka-replication', String(count)],
        ...['--keys-file', keysFile, '--kafka-partitions', '3', '--log-level', 'warn'],
        ...['--rate-limit', '10000000', '--address-rate-limit', '10000000', ...args],
      ],
    });
    watch(daemons[n]);
  };
  // Whatever a test says about a daemon that is gone, this says why it went.
  const watch = (daemon: DaemonProcess | undefined) => {
    daemon?.process.once('exit', (code, signal) => {
      // These two are the tests' own; V8 ends a process without memory with another one.
      if (code === 0 || signal === 'SIGKILL' || signal === 'SIGTERM') return;
      console.error(`a daemon ended with ${code ?? signal}:\n${daemon.output()}`);
    });
  };
  const token = (role = 'ADMIN', extra: readonly string[] = []) =>
    tool('daemon/token.ts', ['--keys-file', keysFile, '--role', role, '--agency', agency, ...extra]);
  const daemonAt = (n: number): DaemonProcess => {
    const daemon = daemons[n];
    if (daemon === undefined) throw new Error(`there is no daemon ${n}`);
    return daemon;
  };
  const figure = async (n: number, name: string) => {
    const text = await (await fetch(`${daemonAt(n).adminUrl}/metrics`)).text();
    const found = new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`daemon ${n} has no metric ${name}`);
    return Number(found);
  };
  const isSettled = async (n: number) => {
    const { body } = await api(daemonAt(n).adminUrl)('GET', '/readyz');
    if (body.ready !== true) return false;
    return (
      (await figure(n, 'vantrail_spool_waiting_records')) === 0 && (await figure(n, 'vantrail_log_lag_records')) === 0
    );
  };
  const stop = async () => {
    await Promise.all(daemons.map((daemon) => daemon.kill()));
    await brokers.stopAll();
    await remove();
  };
  try {
    await start(0);
    await tool('daemon/agency.ts', ['add', agency, '--keys-file', keysFile, '--url', daemonAt(0).url]);
    await Promise.all(Array.from({ length: many - 1 }, (_, i) => start(i + 1)));
  } catch (error) {
    // Nobody else knows of the brokers yet.
    await stop();
    throw error;
  }
  return {
    brokers,
    daemons,
    token,
    figure,
    at: async (n) => api(daemonAt(n).url, await token()),
    restart: start,
    add: async () => {
      await start(daemons.length);
      return daemonAt(daemons.length - 1);
    },
    async settled() {
      // Twice in a row by all: what one forwards the others have yet to read.
      for (let quiet = 0; quiet < 2; ) {
        const all = await Promise.all(daemons.map((_, n) => isSettled(n)));
        quiet = all.every(Boolean) ? quiet + 1 : 0;
      }
    },
    stop,
  };
}
