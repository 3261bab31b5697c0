import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { api, type DaemonProcess, root, startDaemon, tokenFor, tool } from '../daemon-process.ts';

/** What the dispatcher of these tests types. */
const login = 'ravi@demo';
const password = 'seven green parrots';

export interface DemoAgency {
  daemon: DaemonProcess;
  /** what the daemon was started with, to start it once more */
  daemonArgs: string[];
  simulator: ChildProcess;
}

/** The demo agency with its town, vans under way, and a dispatcher who may sign in. */
export async function startDemoAgency({
  folder,
  vans,
  consumers,
}: {
  folder: string;
  vans: number;
  consumers: number;
}): Promise<DemoAgency> {
  const town = join(folder, 'town.geojson');
  await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
  const daemonArgs = ['--demo', '--base-map', 'demo', '--town-file', town, '--log-level', 'warn'];
  const daemon = await startDaemon({ data: folder, args: daemonArgs });
  const token = await tokenFor(folder, 'ADMIN', 'demo');
  const simulator = spawn(
    process.execPath,
    [
      join(root, 'device-simulator/main.ts'),
      ...['vans', '--url', daemon.url, '--mqtt', `mqtt://127.0.0.1:${daemon.mqttPort}`, '--agency', 'demo'],
      ...['--vans', String(vans), '--consumers', String(consumers), '--seed', '1', '--keys', join(folder, 'keys.json')],
    ],
    { cwd: root, stdio: 'ignore', env: { ...process.env, VANTRAIL_TOKEN: token } },
  );
  await addDispatcher(daemon, token);
  return { daemon, daemonArgs, simulator };
}

/** Types name and password, as a dispatcher does. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.locator('input[autocomplete="username"]').fill(login);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A dispatcher with a password, made as a person would: an agency's administrator invites, the invited one sets it. */
async function addDispatcher(daemon: DaemonProcess, token: string): Promise<void> {
  const admin = api(daemon.url, token);
  await taken(admin('POST', '/api/accounts', { id: 'ravi', name: 'Ravi', role: 'DISPATCHER' }));
  const invited = await taken(admin('POST', '/api/invitations', { accountId: 'ravi' }));
  const secret = /#invitation=([^"&\s]+)/.exec(invited)?.[1] ?? '';
  await taken(api(daemon.url)('POST', '/api/invitations/accept', { token: secret, password, refresh: 'body' }));
}

async function taken(answer: Promise<{ status: number; text: string }>): Promise<string> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`the daemon answered ${status}: ${text}`);
  return text;
}
