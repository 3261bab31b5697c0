import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const { VANTRAIL_TOKEN: _, ...env } = process.env;

function start(args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const end = once(child, 'close').then(([code]) => ({ code: code as number, out, err }));
  return { child, end };
}

describe('simulate', () => {
  it.each([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['--help'], 0, /vans .*\n.*gpx .*\n.*opensky .*\n.*town /, /^$/],
    [['gpx', '--help'], 0, /--speed FACTOR/, /^$/],
    [[], 2, /^$/, /Usage/],
    [['boats'], 2, /^$/, /no command boats/],
    [['town', '--colour', 'red'], 2, /^$/, /simulate town: .*--colour/],
    [['opensky', '--bbox', '1,2,3'], 2, /^$/, /--bbox/],
    [['gpx'], 2, /^$/, /PATH/],
    [['gpx', '/nowhere/at-all.gpx'], 1, /^$/, /at-all\.gpx/],
    [['town', '--out', '/nowhere/town.json'], 1, /^$/, /nowhere/],
  ])('%j ends with %i', async (args, code, out, err) => {
    const ended = await start(args).end;
    expect(ended.err).toMatch(err);
    expect(ended.out).toMatch(out);
    expect(ended.code).toBe(code);
  });

  it('ends with 0 on SIGTERM, also while it waits for the daemon', async () => {
    const daemon = createServer(() => child.kill('SIGTERM'));
    daemon.listen(0, '127.0.0.1');
    await once(daemon, 'listening');
    const token = `h.${Buffer.from('{"agency":"demo","exp":99999999999}').toString('base64url')}.s`;
    const url = `http://127.0.0.1:${(daemon.address() as AddressInfo).port}`;
    const { child, end } = start([
      'vans',
      '--url',
      url,
      '--token',
      token,
      '--vans',
      '1',
      '--keys',
      join(tmpdir(), 'no-such-folder', 'keys.json'),
    ]);
    expect(await end).toMatchObject({ code: 0 });
    daemon.closeAllConnections();
    daemon.close();
  });

  it('is of the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect((await start(['--version']).end).out.trim()).toBe(version);
  });
});
