import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectVersion, run, temporaryFolder } from './daemon-process.ts';

/** Every program: --help, --version, and what is wrong is named, with exit code 2 for usage and 1 for failure. */
const programs = {
  daemon: 'daemon/main.ts',
  token: 'daemon/token.ts',
  agency: 'daemon/agency.ts',
  simulate: 'device-simulator/main.ts',
  replay: 'daemon/replay.ts',
  start: 'tools/demo.ts',
  bench: 'bench/main.ts',
} as const;
type Name = keyof typeof programs;

let folder: string;
let remove: () => Promise<void>;
let version: string;
beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  version = await projectVersion();
});
afterAll(() => remove());

/** Runs a program; `DATA` stands for an empty folder. */
const start = (name: Name, line: string, env: Record<string, string> = {}) =>
  run(
    programs[name],
    line.split(' ').map((word) => (word === 'DATA' ? folder : word)),
    { ...process.env, ...env },
  );

describe.each(Object.keys(programs) as Name[])('%s', (name) => {
  it.concurrent('--help tells its options and ends with 0', async () => {
    const { code, out, err } = await start(name, '--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/npm (run|start)/);
    expect(out).toContain(name === 'simulate' ? 'COMMAND' : '--help');
  });

  it.concurrent('--version tells its version and ends with 0', async () => {
    expect(await start(name, '--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('what is wrong', () => {
  const somewhere = '--http-port 0 --mqtt-port 0 --admin-port 0';
  // biome-ignore format: a table
  const rows: [name: Name, line: string, code: number, message: RegExp][] = [
    ['daemon', '--speed 7', 2, /^Unknown option '--speed'; see --help\n$/],
    ['daemon', 'stray', 2, /^Unexpected argument 'stray'; see --help\n$/],
    ['daemon', '--http-port', 2, /^Option '--http-port <value>' argument missing; see --help\n$/],
    ['daemon', '--http-port http', 2, /^--http-port: "http" is wrong: must be a whole number, at least 0, at most 65535\n$/],
    ['daemon', '--http-port 65536', 2, /^--http-port: 65536 is wrong: must be a whole number, at least 0, at most 65535\n$/],
    ['daemon', '--mqtt-port 1.5', 2, /^--mqtt-port: 1.5 is wrong: must be a whole number/],
    ['daemon', '--log-level loud', 2, /^--log-level: "loud" is wrong: must be one of "trace", "debug",/],
    ['daemon', '--trust-proxy everyone', 2, /^--trust-proxy: "everyone" is wrong: must be an address or a network such as 10.0.0.0\/8\n$/],
    ['replay', '--projection live', 2, /^--projection: "live" is wrong: must be one of "registry", "trails", "health", "dead-letters", "outcomes"\n$/],
    ['daemon', '--config /nowhere.json', 2, /^--config: "\/nowhere.json" cannot be read: ENOENT.*\n$/],
    ['daemon', '--config LICENSE', 2, /^--config: LICENSE must be JSON: .*\n/],
    ['daemon', '--config package.json', 2, /^package.json: "name" is no option; see --help\n$/],
    ['daemon', `--data package.json ${somewhere}`, 2, /^--data: "package.json" is wrong: must be a folder the daemon can write to \(EEXIST.*\)\n$/],
    ['daemon', `--data DATA ${somewhere} --base-map demo --town-file /nowhere`, 2, /^--town-file: "\/nowhere" is wrong: cannot be read \(ENOENT.*\)\n$/],
    ['daemon', `--data DATA ${somewhere} --pages-folder package.json`, 2, /^--pages-folder: "package.json" is wrong: must be a folder \(it is a file\)\n$/],
    ['daemon', '--base-map mapbox --mapbox-token-file /nowhere', 2, /^--mapbox-token: the file \/nowhere cannot be read: ENOENT.*\n$/],
    ['daemon', '--base-map mapbox --mapbox-token sk.secret', 2, /^--mapbox-token: \(secret\) is wrong: must be a public token \(pk.…\), the console shows it\n$/],
    ['token', '--speed', 2, /^Unknown option '--speed'; see --help\n$/],
    ['token', '--agency demo', 2, /^--role is missing: must be one of ADMIN, DISPATCHER,/],
    ['token', '--role ADMIN', 2, /^--agency is missing: must be the id of an agency\n$/],
    ['token', '--role KING --agency demo', 2, /^--role: "KING" is wrong: must be one of "ADMIN",/],
    ['token', '--role ADMIN --agency demo --data DATA', 1, /^there are no keys in \S+: start the daemon once, or name its folder with --data\n$/],
    ['agency', '--speed', 2, /^Unknown option '--speed'; see --help\n$/],
    ['agency', 'remove demo', 2, /^remove is no command: must be add ID or link ID\n$/],
    ['agency', 'add', 2, /^add needs one id: npm run -s agency -- add ID\n$/],
    ['agency', 'link', 2, /^link needs one id: npm run -s agency -- link ID\n$/],
    ['agency', 'add demo --admin Boss', 2, /^--admin: "Boss" is wrong: must be small letters, digits, . _ and -\n$/],
    ['agency', 'add Demo', 2, /^"Demo" is wrong: an id is 1 to 32 small letters, digits and dashes\n$/],
    ['agency', 'add demo --url ftp://x', 2, /^--url: "ftp:\/\/x" is wrong: must be a text: http or https address/],
    ['agency', 'add demo --data DATA', 1, /^there are no keys in \S+: start the daemon once, or name its folder with --data\n$/],
    ['simulate', '--speed', 2, /^simulate: there is no command --speed \(vans, gpx, opensky, town\)\n$/],
    ['simulate', 'ships', 2, /^simulate: there is no command ships \(vans, gpx, opensky, town\)\n$/],
    ['simulate', 'vans --speed', 2, /^simulate vans: .*--speed/],
    ['simulate', 'vans --vans many', 2, /^simulate vans: --vans: must be a whole number from 1 to 10000, not "many"\n$/],
    ['simulate', 'vans --mqtt http://x', 2, /^simulate vans: --mqtt: must be an address beginning with mqtt:\/\/ or mqtts:\/\/, not "http:\/\/x"\n$/],
    ['simulate', 'gpx /nowhere.gpx', 1, /^simulate gpx: \/nowhere.gpx: ENOENT.*\n$/],
    ['start', '--speed', 2, /^Unknown option '--speed'\n/],
    ['start', 'stray', 2, /^Unexpected argument 'stray'/],
    ['start', '--vans many', 2, /^--vans must be a whole number from 0 to 1000000, is 'many'\n/],
    ['start', '--http-port 65536', 2, /^--http-port must be a whole number from 0 to 65535, is '65536'\n/],
    ['start', '--data package.json', 2, /^--data .*package.json/],
    ['bench', '--speed', 2, /^Unknown option '--speed'\n/],
    ['bench', '--only nothing', 2, /^--only: no bench 'nothing'\n/],
    ['bench', '--only fanout --json /nowhere/x.json', 2, /^--json: \/nowhere\/x.json cannot be written: ENOENT.*\n$/],
  ];
  it.concurrent.each(rows)('%s %s: %i', async (name, line, code, message) => {
    const answer = await start(name, line);
    expect(answer.err).toMatch(message);
    expect([answer.code, answer.out]).toEqual([code, '']);
    // A line for a person, never the trace of a fault.
    expect(answer.err).not.toMatch(/^\s+at /m);
    expect(answer.err).not.toContain('sk.secret');
  });

  it.concurrent('in the environment is named by its variable', async () => {
    const { code, err } = await start('daemon', `--data DATA`, { VANTRAIL_HTTP_PORT: 'http' });
    expect([code, err]).toEqual([
      2,
      'VANTRAIL_HTTP_PORT: "http" is wrong: must be a whole number, at least 0, at most 65535\n',
    ]);
  });
});
