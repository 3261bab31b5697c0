// What a fresh clone needs before anything of ours can run: packages, a browser for the browser tests, built pages.
// Plain JavaScript without dependencies: it runs on whatever Node ≥ 20 the machine has, before anything is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** The Node of node_modules: the one version everything is tested with. */
export const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const say = (line) => process.stderr.write(`${line}\n`);

/** Environment for our programs: the pinned Node first on the path. */
export function environment(more = {}) {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...more };
}

/** Installs the packages of the lock file when it has changed since the last time. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.vantrail-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(node)) return;
  say('Installing packages (once for each change of package-lock.json) …');
  // Not `npm ci`: it refuses a lock file that lacks an optional package of some other platform.
  const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...options], { shell: process.platform === 'win32' });
  if (!existsSync(node))
    throw new Error(`npm install ended well, but ${node} is missing; remove node_modules and try again`);
  writeFileSync(stamp, lock);
}

/** Builds the pages whose sources changed. */
export function build() {
  const sources = ['desktop/renderer', 'desktop/shared', 'web-view', 'protocol', 'vite.config.ts', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const source of sources) hashInto(hash, join(root, source));
  const digest = hash.digest('hex');
  const stamp = join(root, 'dist', '.sources');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('Building the pages …');
  for (const config of ['vite.config.ts', 'web-view/vite.config.ts']) {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    run(node, [vite, 'build', '--config', join(root, config), '--logLevel', 'error']);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, digest);
}

/**
 * The path of a Chromium for the browser tests, or null. Looks at VANTRAIL_CHROMIUM and the usual names, then tries
 * Playwright's own download, then Debian's package (as root).
 */
export function chromium() {
  const found = installedChromium();
  if (found) return found;
  say('No Chromium found; trying the download that Playwright keeps …');
  const playwright = join(root, 'node_modules', 'playwright-core', 'cli.js');
  if (spawnSync(node, [playwright, 'install', 'chromium'], { stdio: 'ignore', timeout: 180_000 }).status === 0) {
    const path = execFileSync(node, ['-e', 'console.log(require("playwright-core").chromium.executablePath())'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
    if (existsSync(path)) return path;
  }
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    say('… and Debian’s package …');
    const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
  }
  return installedChromium();
}

function installedChromium() {
  const named = process.env.VANTRAIL_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const path = onPath(name);
    if (path) return path;
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return existsSync(mac) ? mac : null;
}

/** Installs Debian packages that tests use as foreign programs, where that is possible; answers whether it is there. */
export function program(name, debianPackage) {
  if (onPath(name)) return true;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return false;
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], quiet);
  return Boolean(onPath(name));
}

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return null;
}

function hashInto(hash, path) {
  if (!existsSync(path)) return;
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    hash.update(path).update(readFileSync(path));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.name.includes('.test.')) hashInto(hash, join(path, entry.name));
  }
}

/** Runs a program in the project folder and throws with its name when it fails. */
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: environment(), ...options });
  if (error) throw new Error(`${command} could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''} failed (exit code ${status})`);
}
