import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { root } from '../daemon-process.ts';

/** The Electron of these tests; they are skipped by name where there is none. */
export const electronPath = process.env.VANTRAIL_ELECTRON || undefined;
/** Where the pictures go when they are asked for. */
const pictures = process.env.VANTRAIL_PICTURES;

/** A screen that nobody looks at, for a machine without one. */
export async function openDisplay(): Promise<{ name: string | undefined; close(): void }> {
  if (process.platform !== 'linux' || process.env.DISPLAY) return { name: process.env.DISPLAY, close() {} };
  const args = ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(server.stdio[3] as Readable, 'data');
  return { name: `:${String(number).trim()}`, close: () => void server.kill() };
}

export interface BuiltApp {
  app: ElectronApplication;
  page: Page;
  /** errors of the page, and what its console said in red */
  complaints: string[];
  picture(name: string): Promise<void>;
}

interface Launch {
  userData: string;
  display: string | undefined;
  /** further arguments, an address for one */
  args?: string[];
  /** a folder to start instead of the project's */
  from?: string;
}

/** Starts it once more beside the one that runs, as the system does for an address; answers its exit code. */
export async function secondStart(of: Launch, address: string): Promise<number> {
  const env = environmentOf(of.display);
  const child = spawn(electronPath as string, [...argumentsOf(of), address], { env, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code as number;
}

function argumentsOf({ userData, from = root, args = [] }: Launch): string[] {
  return [
    from,
    ...['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--ignore-gpu-blocklist'],
    `--user-data-dir=${userData}`,
    ...args,
  ];
}

function environmentOf(display: string | undefined): Record<string, string> {
  const env = { ...process.env, SHIM_NODE: process.execPath, ...(display === undefined ? {} : { DISPLAY: display }) };
  return env as Record<string, string>;
}

/** Starts the built, unpackaged app and waits for its window. */
export async function launch(options: Launch): Promise<BuiltApp> {
  const app = await _electron.launch({
    executablePath: electronPath as string,
    args: argumentsOf(options),
    env: environmentOf(options.display),
    timeout: 180_000,
  });
  const page = await app.firstWindow({ timeout: 180_000 });
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A page that is offline says so in red by itself; that is not our mistake.
    const isNetwork = /ERR_CONNECTION|WebSocket|status of 503/.test(message.text());
    if (message.type() === 'error' && !isNetwork) complaints.push(message.text());
  });
  const built: BuiltApp = {
    app,
    page,
    complaints,
    async picture(name) {
      if (pictures === undefined) return;
      mkdirSync(pictures, { recursive: true });
      await built.page.screenshot({ path: join(pictures, `${name}.png`) });
    },
  };
  return built;
}

/** Starts it as a person does, with nothing that looks into it and the graphics that this computer has. */
export function startAsPerson({ userData, display, from = root }: Launch): ChildProcess {
  // Chromium's own sandbox cannot be had as root.
  const args = [from, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${userData}`];
  return spawn(electronPath as string, args, { env: environmentOf(display), stdio: ['ignore', 'pipe', 'ignore'] });
}

/**
 * A folder to start that has a key ring: these machines have none, so one stands in whose key is a word. Everything
 * else is the built app. `first` is a script of main that runs before it.
 */
export function withKeyRing(folder: string, first = ''): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'vantrail', version: '0.0.0', main: 'main.cjs' }));
  writeFileSync(
    join(folder, 'main.cjs'),
    `const { safeStorage } = require('electron');
safeStorage.isEncryptionAvailable = () => true;
safeStorage.getSelectedStorageBackend = () => 'gnome_libsecret';
const turn = (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
safeStorage.encryptString = (text) => turn(Buffer.from(text));
safeStorage.decryptString = (bytes) => turn(bytes).toString();
${first}
require(${JSON.stringify(join(root, 'dist/desktop/main/main.cjs'))});
`,
  );
  return folder;
}
