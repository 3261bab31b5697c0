// Valhalla, with which tests ask a real router: its programs from the Python wheel, found in a cache folder or fetched
// once with pip, and osmium, which makes of OSM XML what they read.
// `node tools/valhalla.mjs` prints the folder; without one it says why on stderr and ends with 1.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './set-up.mjs';

const version = '3.9.1';
const sha256 = '7b49c5e5f86cefd555b473aaaf34df3305889d30aa889b8abd3b4c2acc622271';
/** What of it is run; `valhalla_build_config.py` needs nothing but Python itself. */
const programs = ['valhalla_build_tiles', 'valhalla_service'];

/** The folder with `bin/` and `valhalla_build_config.py`, or why there is none: `{folder}` or `{reason}`. */
export function valhalla() {
  const named = process.env.VANTRAIL_VALHALLA;
  if (named === '') return { reason: 'VANTRAIL_VALHALLA is empty: without Valhalla' };
  const reason = missing('osmium', 'osmium-tool') ?? missing('python3', 'python3');
  if (reason) return { reason };
  if (named) return isValhalla(named) ? { folder: named } : { reason: `VANTRAIL_VALHALLA: no Valhalla in ${named}` };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { reason: `the wheel of Valhalla is for Linux on x86-64, not for ${process.platform} on ${process.arch}` };
  }
  const home = join(homedir(), '.cache', 'vantrail', `valhalla-${version}`);
  const folder = join(home, 'valhalla');
  return isValhalla(folder) ? { folder } : fetchWheel(home, folder);
}

function isValhalla(folder) {
  return programs.every((name) => existsSync(join(folder, 'bin', name)));
}

function missing(name, debianPackage) {
  const isThere = () => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
  if (isThere() || (process.env.CI === 'true' && program(name, debianPackage) && isThere())) return undefined;
  return `no ${name} (on Debian: apt install ${debianPackage})`;
}

function fetchWheel(home, folder) {
  const python = (...args) => spawnSync('python3', args, { encoding: 'utf8', timeout: 300_000 });
  const hasPip = () => python('-m', 'pip', '--version').status === 0;
  if (!hasPip() && !(process.env.CI === 'true' && program('pip3', 'python3-pip') && hasPip())) {
    return { reason: 'no pip to fetch Valhalla with (on Debian: apt install python3-pip)' };
  }
  mkdirSync(dirname(home), { recursive: true });
  // Into a folder of its own first, so that one who is interrupted, or runs at the same time, leaves no half of it.
  const made = mkdtempSync(`${home}-`);
  try {
    const platform = ['--only-binary=:all:', '--python-version', '3.12', '--platform', 'manylinux_2_28_x86_64'];
    const got = python('-m', 'pip', 'download', '-q', '--no-deps', ...platform, '-d', made, `pyvalhalla==${version}`);
    const name = readdirSync(made).find((file) => file.endsWith('.whl'));
    if (got.status !== 0 || name === undefined) {
      const said = got.error?.message ?? got.stderr.trim().split('\n').at(-1);
      return { reason: `pip could not fetch Valhalla: ${said || `exit code ${got.status}`}` };
    }
    const wheel = join(made, name);
    const found = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    if (found !== sha256)
      return { reason: `${name} is not the file it was when it was tried: its SHA-256 is ${found}` };
    const { status, stderr } = python('-m', 'zipfile', '-e', wheel, made);
    if (status !== 0) return { reason: `${name} could not be unpacked: ${stderr}` };
    rmSync(wheel);
    for (const each of programs) chmodSync(join(made, 'valhalla', 'bin', each), 0o755);
    if (!isValhalla(folder)) {
      rmSync(home, { recursive: true, force: true });
      renameSync(made, home);
    }
    return { folder };
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, reason } = valhalla();
  if (folder) console.log(folder);
  else console.error(reason);
  process.exit(folder ? 0 : 1);
}
