import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The folder with Valhalla's programs; undefined where they cannot be had (then stderr has the reason). */
export const valhallaFolder: string | undefined = findFolder();

function findFolder(): string | undefined {
  const tool = fileURLToPath(new URL('../../tools/valhalla.mjs', import.meta.url));
  try {
    return execFileSync(process.execPath, [tool], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch {
    return undefined;
  }
}

/** A real Valhalla on a free port of loopback. */
export interface ValhallaService {
  url: string;
  /** SIGSTOP: it keeps its connections and says nothing */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Builds tiles from OSM XML and serves them; resolves when it answers. */
export async function startValhalla(osmXml: string): Promise<ValhallaService> {
  if (valhallaFolder === undefined) throw new Error('there is no Valhalla here');
  const bin = (name: string) => join(valhallaFolder, 'bin', name);
  const home = await mkdtemp(join(tmpdir(), 'valhalla-'));
  const inHome = (name: string) => join(home, name);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(inHome('town.osm'), osmXml);
  await execute('osmium', ['cat', inHome('town.osm'), '-o', inHome('town.osm.pbf')]);
  // Its parts talk over sockets that have fixed names unless told otherwise: two services would share them.
  const sockets = ['loki', 'thor', 'odin', 'meili'].flatMap((part) => [
    `--${part}-service-proxy`,
    `ipc://${inHome(part)}`,
  ]);
  const options = [
    ...['--mjolnir-tile-dir', inHome('tiles'), '--mjolnir-tile-extract', '', '--mjolnir-traffic-extract', ''],
    ...['--mjolnir-admin', '', '--mjolnir-timezone', '', '--mjolnir-landmarks', '', '--mjolnir-concurrency', '1'],
    ...['--httpd-service-listen', `tcp://127.0.0.1:${port}`],
    ...['--httpd-service-loopback', `ipc://${inHome('loopback')}`],
    ...['--httpd-service-interrupt', `ipc://${inHome('interrupt')}`, ...sockets],
  ];
  const { stdout } = await execute('python3', [join(valhallaFolder, 'valhalla_build_config.py'), ...options]);
  await writeFile(inHome('valhalla.json'), stdout);
  await execute(bin('valhalla_build_tiles'), ['-c', inHome('valhalla.json'), inHome('town.osm.pbf')]);
  const child = spawn(bin('valhalla_service'), [inHome('valhalla.json'), '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output = (output + bytes).slice(-20_000);
    });
  }
  const closed = once(child, 'close').then(() => running.delete(child));
  const stop = async () => {
    // It would go on for half a minute to finish what nobody waits for.
    child.kill('SIGKILL');
    await closed;
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await stop();
      throw new Error(`Valhalla ended while it started:\n${output}`);
    }
    const answer = await fetch(`${url}/status`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url, pause: () => void child.kill('SIGSTOP'), resume: () => void child.kill('SIGCONT'), stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
