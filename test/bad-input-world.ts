import { join } from 'node:path';
import { Keys } from '../daemon/http/keys.ts';
import { Tokens } from '../daemon/http/tokens.ts';
import type { Role } from '../protocol/claims.ts';
import type { DeadLetter } from '../protocol/record.ts';
import { type Api, api, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';

export interface TestDevice {
  username: string;
  key: string;
  osmandToken: string;
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** For the tables of bad input: a daemon with the agencies demo and other, and in demo van-7 with its tracker. */
export async function startWorld() {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({ data: folder, args: ['--log-level', 'debug'] });
  const demo = await makeAgency(daemon, 'demo');
  const other = await makeAgency(daemon, 'other');
  await demo('POST', '/api/vans', { id: 'van-7' });
  const device: TestDevice = (await demo('POST', '/api/devices', { id: 'van-7', vanId: 'van-7' })).body;
  const seen = new Set<string>();
  return {
    daemon,
    demo,
    other,
    device,
    basic: basicOf(device.username, device.key),
    /** the dead letters that have come since this was last asked, oldest first; their bytes as text */
    async newLetters() {
      const { body } = await demo('GET', '/api/dead-letters?limit=5');
      const fresh = (body.items as DeadLetter[]).filter(({ id }) => !seen.has(id)).reverse();
      for (const { id } of fresh) seen.add(id);
      return fresh.map((letter) => ({ ...letter, text: Buffer.from(letter.bytes, 'base64').toString() }));
    },
    async stop() {
      await daemon.stop();
      await remove();
    },
  };
}

/** A token made with the daemon's own key; `ago`: as one that was made so many ms ago. */
export function signedToken(
  data: string,
  claims: { role: Role; agency: string; subject?: string; scopes?: string[] },
  ago = 0,
): Promise<string> {
  const tokens = new Tokens({ keys: new Keys(join(data, 'keys')), now: () => Date.now() - ago });
  return tokens.sign({ subject: 'operator-tool', ...claims });
}

export async function makeAgency(daemon: DaemonProcess, agency: string): Promise<Api> {
  const operator = await signedToken(daemon.data, { role: 'ADMIN', agency, subject: 'operator' });
  const { status, text } = await api(daemon.url, operator)('POST', '/api/agencies', { id: agency });
  if (status !== 201) throw new Error(`no agency: ${text}`);
  return api(daemon.url, await signedToken(daemon.data, { role: 'ADMIN', agency }));
}

export const basicOf = (username: string, key: string) =>
  `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`;

/** A position in JSON, field by field as text, so that it can hold what JSON.stringify would not write. */
export function positionText(fields: Readonly<Record<string, string>>): string {
  const all = { latitude: '21', longitude: '79', ...fields };
  return `{${Object.entries(all)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;
}

export const deep = '['.repeat(10_000) + ']'.repeat(10_000);
