import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeFlags } from '../tools/node-flags.ts';

export { nodeFlags };

/** The real daemon in a process of its own, for tests that kill, restart and ask it from outside. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export interface DaemonProcess {
  url: string;
  mqttPort: number;
  /** where a certificate was given */
  mqttTlsPort: number | undefined;
  adminUrl: string;
  data: string;
  process: ChildProcess;
  /** everything it wrote so far */
  output(): string;
  /** resolves when it has written this text `times` times (once unless told otherwise) since it began */
  said(text: string, times?: number): Promise<void>;
  /** kill -9, at once */
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code */
  stop(): Promise<number>;
}

/** What the daemon tells its parent once it serves. */
interface Ready {
  type: string;
  httpPort: number;
  mqttPort: number;
  mqttTlsPort?: number;
  adminPort: number;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'vantrail-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts `program` (the daemon unless told otherwise) on free ports of loopback and waits until it serves. */
export async function startDaemon(options: {
  data: string;
  args?: string[];
  program?: string;
  httpPort?: number;
  mqttPort?: number;
  /** the process dies when its heap outgrows this */
  heapMegabytes?: number;
  /** what starts Node, where it is not Node itself: a command and its arguments */
  node?: readonly string[];
}): Promise<DaemonProcess> {
  const [command = process.execPath, ...before] = options.node ?? [];
  const child = spawn(
    command,
    [
      ...before,
      ...nodeFlags,
      ...(options.heapMegabytes === undefined ? [] : [`--max-old-space-size=${options.heapMegabytes}`]),
      join(root, options.program ?? 'daemon/main.ts'),
      ...['--data', options.data, '--admin-port', '0'],
      ...['--http-port', String(options.httpPort ?? 0), '--mqtt-port', String(options.mqttPort ?? 0)],
      ...(options.args ?? []),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  running.add(child);
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code ?? -1);
    });
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.on('message', (message: Ready) => {
      if (message.type === 'ready') resolve(message);
    });
    void exited.then((code) => reject(new Error(`the daemon ended with ${code}:\n${output}`)));
  });
  return {
    url: `${ready.mqttTlsPort === undefined ? 'http' : 'https'}://127.0.0.1:${ready.httpPort}`,
    mqttPort: ready.mqttPort,
    mqttTlsPort: ready.mqttTlsPort,
    adminUrl: `http://127.0.0.1:${ready.adminPort}`,
    data: options.data,
    process: child,
    output: () => output,
    said: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.split(text).length <= times) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void exited.then((code) => reject(new Error(`the daemon ended with ${code} and never said '${text}'`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Runs a program to its end; answers its exit code and what it wrote. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, program), ...args], { cwd: root, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

/** Runs one of the command line tools and answers what it printed. */
export async function tool(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, program), ...args], { cwd: root });
  return stdout.trim();
}

/** A token made with the daemon's own key, as `npm run token` prints it. */
export function tokenFor(data: string, role: string, agency: string, more: readonly string[] = []): Promise<string> {
  return tool('daemon/token.ts', ['--data', data, '--role', role, '--agency', agency, ...more]);
}

/** Makes an agency by the command line tool and answers an administrator's way to the API. */
export async function addAgency(daemon: DaemonProcess, agency: string): Promise<Api> {
  await tool('daemon/agency.ts', ['add', agency, '--data', daemon.data, '--url', daemon.url]);
  return api(daemon.url, await tokenFor(daemon.data, 'ADMIN', agency));
}

export type Api = ReturnType<typeof api>;

/** Calls the API with a token; answers status, headers and the parsed body. */
export function api(url: string, token?: string) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let json: unknown = text;
    try {
      json = JSON.parse(text);
    } catch {
      // not every answer is JSON
    }
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
    return { status: response.status, headers: response.headers, text, body: json as any };
  };
}

/** The browser for browser tests; they are skipped by name where there is none. */
export const chromiumPath = process.env.VANTRAIL_CHROMIUM || undefined;
export const chromiumArgs = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
];

export const projectVersion = async () =>
  (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
