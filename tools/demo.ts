import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeFlags } from './node-flags.ts';

/**
 * `npm start`: the daemon with its embedded log, a demo agency and simulated vans, all of it on loopback. The daemon
 * and the simulator are the real programs, each in its own process; Ctrl-C ends them in reverse order.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const help = readFileSync(new URL('start-help.txt', import.meta.url), 'utf8').trimEnd();

const number = { type: 'string' } as const;
function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      'http-port': { ...number, default: '8080' },
      'mqtt-port': { ...number, default: '1883' },
      data: { type: 'string', default: join(root, 'data', 'demo') },
      vans: { ...number, default: '20' },
      consumers: { ...number, default: '2000' },
      seed: { ...number, default: '1' },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  for (const name of ['http-port', 'mqtt-port', 'vans', 'consumers', 'seed'] as const) {
    const limit = name.endsWith('port') ? 65_535 : 1_000_000;
    if (!/^\d+$/.test(values[name]) || Number(values[name]) > limit) {
      throw new Error(`--${name} must be a whole number from 0 to ${limit}, is '${values[name]}'`);
    }
  }
  if (!values.help && !values.version) {
    try {
      mkdirSync(values.data, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new Error(`--data must be a folder, is '${values.data}' (${(error as Error).message})`);
    }
  }
  return values;
}

type Options = ReturnType<typeof readOptions>;

const children: { name: string; process: ChildProcess; exited: Promise<number> }[] = [];
let stopping = false;

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) return console.log(help);
  if (options.version) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return console.log(version);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
  try {
    await bringUp(options);
  } catch (error) {
    if (stopping) return;
    console.error(`\n${(error as Error).message}`);
    await stop(1);
  }
}

async function bringUp(options: Options): Promise<void> {
  const { data } = options;
  const town = join(data, `town-${options.seed}.geojson`);
  if (!existsSync(town)) await finished('device-simulator/main.ts', ['town', '--seed', options.seed, '--out', town]);

  const log = join(data, 'daemon.log');
  // The simulated consumers' telephones: the daemon's messages go there.
  const phones = { port: await freePort(), secret: randomBytes(24).toString('hex') };
  const daemon = launch(
    'daemon',
    'daemon/main.ts',
    log,
    [
      ...['--demo', '--data', data, '--http-port', options['http-port'], '--mqtt-port', options['mqtt-port']],
      ...['--base-map', 'demo', '--town-file', town, '--admin-port', '0'],
      ...['--notify-url', `http://127.0.0.1:${phones.port}/`],
    ],
    { VANTRAIL_NOTIFY_SECRET: phones.secret, NODE_OPTIONS: [process.env.NODE_OPTIONS, ...nodeFlags].join(' ').trim() },
  );
  const { httpPort, mqttPort, adminPort } = await ready(daemon, log);
  const url = `http://127.0.0.1:${httpPort}`;
  const consoleUrl = `${url}/console/`;
  console.log(`
  Vantrail is running.

    Console          ${consoleUrl}   (signed in as the demo agency)
    Trackers (MQTT)  mqtt://127.0.0.1:${mqttPort}
    API              ${url}/api/docs
    Metrics          http://127.0.0.1:${adminPort}/metrics
    Data and logs    ${data}

  Ctrl-C stops everything.
`);
  const simulator = launch(
    'simulator',
    'device-simulator/main.ts',
    join(data, 'simulator.log'),
    [
      ...['vans', '--url', url, '--mqtt', `mqtt://127.0.0.1:${mqttPort}`, '--agency', 'demo', '--seed', options.seed],
      ...['--vans', options.vans, '--consumers', options.consumers, '--keys', join(data, 'simulator-keys.json')],
      ...(options.consumers === '0' ? [] : ['--orders', '--phones', String(phones.port)]),
      ...['--token-command', tokenCommand(data)],
    ],
    { VANTRAIL_PHONES_SECRET: phones.secret },
  );
  if (!options['no-open']) openBrowser(consoleUrl);
  if (options.consumers === '0') return;
  const consumerPage = await aLink(simulator.process);
  // The rest of the demo runs without it.
  const driverPage = await driversLink(url).catch((error: Error) => `none: ${error.message}`);
  console.log(`  Pages for phones, of this moment:

    A consumer's     ${consumerPage}   (with the delivery code)
    A driver's       ${driverPage}   (set a password; then ${url}/drive)
`);
}

/** The vans set out together; the last links of that moment are of stops that are still far, ms. */
const burst = 4000;

/** The link to an order, as it came to the telephone of a simulated consumer. */
function aLink(simulator: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let newest = '';
    simulator.on('message', ({ type, url }: { type?: string; url?: string }) => {
      if (type !== 'link' || url === undefined) return;
      if (newest === '') setTimeout(() => resolve(newest), burst);
      newest = url;
    });
  });
}

/** Makes the demo's driver, once, puts him on the first van, and answers a link by which he sets a password. */
async function driversLink(url: string): Promise<string> {
  const call = async (method: string, path: string, body?: object, token?: string) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const answer = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const json = await answer.json();
    if (!answer.ok && answer.status !== 409) throw new Error(`${method} ${path}: ${json.detail}`);
    return json;
  };
  const { accessToken } = await call('POST', '/api/session/demo', {});
  const id = 'driver';
  await call('POST', '/api/accounts', { id, role: 'DELIVERY_PARTNER', name: 'Demo driver' }, accessToken);
  const { items } = await call('GET', '/api/vans?limit=1', undefined, accessToken);
  const vanId: string = items[0].id;
  await call('PATCH', `/api/vans/${vanId}`, { driverId: id }, accessToken);
  await call('POST', '/api/devices', { id: `driver-${id}`, type: 'phone', vanId }, accessToken);
  const invitation = await call('POST', '/api/invitations', { accountId: id }, accessToken);
  return invitation.url;
}

/** What the daemon tells its parent once it serves. */
interface Ready {
  type: 'ready';
  httpPort: number;
  mqttPort: number;
  adminPort: number;
}

function ready(daemon: ReturnType<typeof launch>, log: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    daemon.process.on('message', (message: Ready) => message.type === 'ready' && resolve(message));
    void daemon.exited.then((code) => reject(new Error(`The daemon did not start (exit code ${code}).\n${tail(log)}`)));
  });
}

/** The last words of a program: of a log line, what it says. */
function tail(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-1);
  return lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line)).join('\n');
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The simulator runs for days, a token for minutes: how it gets another one. */
function tokenCommand(data: string): string {
  const words = [process.execPath, join(root, 'daemon/token.ts'), '--data', data];
  return `${words.map((word) => JSON.stringify(word)).join(' ')} --role ADMIN --agency demo --subject simulator`;
}

function launch(name: string, program: string, log: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = createWriteStream(log, { flags: 'a', mode: 0o600 });
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  const exited = new Promise<number>((resolve) => child.on('close', (code) => output.end(() => resolve(code ?? 1))));
  const entry = { name, process: child, exited };
  children.push(entry);
  void exited.then(async (code) => {
    if (stopping) return;
    console.error(`\nThe ${name} ended unexpectedly (exit code ${code}). Its last words:\n${tail(log)}`);
    await stop(1);
  });
  return entry;
}

async function finished(program: string, args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, program), ...args], { cwd: root, stdio: 'inherit' });
  const code = await new Promise<number>((resolve) => child.on('exit', (each) => resolve(each ?? 1)));
  if (code !== 0) throw new Error(`${program} ${args[0]} failed (exit code ${code})`);
}

/** Ends what was started, newest first; whatever has not ended after 10 s is killed. */
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (children.length > 0) console.log('\nStopping …');
  for (const child of children.toReversed()) {
    child.process.kill('SIGTERM');
    const timer = setTimeout(() => child.process.kill('SIGKILL'), 10_000);
    await child.exited;
    clearTimeout(timer);
  }
  process.exit(code);
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  // Without a desktop there is nothing to open; the address is on the screen.
  spawn(command as string, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

await main();
