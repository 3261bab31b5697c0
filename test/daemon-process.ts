import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The real daemon in a process of its own, for tests that kill, restart and ask it from outside. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export interface DaemonProcess {
  url: string;
  mqttPort: number;
  adminUrl: string;
  data: string;
  process: ChildProcess;
  /** everything it wrote so far */
  output(): string;
  /** kill -9, at once */
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code */
  stop(): Promise<number>;
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
}): Promise<DaemonProcess> {
  const child = spawn(
    process.execPath,
    [
      join(root, options.program ?? 'daemon/main.ts'),
      ...['--data', options.data, '--admin-port', '0'],
      ...['--http-port', String(options.httpPort ?? 0), '--mqtt-port', String(options.mqttPort ?? 0)],
      ...(options.args ?? []),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  running.add(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const exited = new Promise<number>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code ?? -1);
    });
  });
  const ready = await new Promise<{ httpPort: number; mqttPort: number; adminPort: number }>((resolve, reject) => {
    child.on('message', (message: { type: string; httpPort: number; mqttPort: number; adminPort: number }) => {
      if (message.type === 'ready') resolve(message);
    });
    void exited.then((code) => reject(new Error(`the daemon ended with ${code}:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${ready.httpPort}`,
    mqttPort: ready.mqttPort,
    adminUrl: `http://127.0.0.1:${ready.adminPort}`,
    data: options.data,
    process: child,
    output: () => output,
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
