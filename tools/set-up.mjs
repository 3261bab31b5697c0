// What a fresh clone needs before anything of ours can run: packages, a browser for the browser tests, built pages.
// Plain JavaScript without dependencies: it runs on whatever Node ≥ 20 the machine has, before anything is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
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
  buildOnce('the pages', join(root, 'dist', '.sources'), sources, () => {
    for (const config of ['vite.config.ts', 'web-view/vite.config.ts']) {
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
      run(node, [vite, 'build', '--config', join(root, config), '--logLevel', 'error']);
    }
  });
}

/** Builds the desktop app's own part (main, cache, preload) when its sources changed. Its pages are those of `build`. */
export function buildDesktop() {
  const folders = ['desktop/main', 'desktop/preload', 'desktop/shared', 'desktop/icon', 'protocol'];
  const sources = [...folders, 'electron.vite.config.ts', 'package-lock.json'];
  buildOnce('the desktop app', join(root, 'dist', 'desktop', '.sources'), sources, () => {
    run(node, [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'error']);
    cpSync(join(root, 'desktop', 'icon'), join(root, 'dist', 'desktop', 'icon'), { recursive: true });
  });
}

function buildOnce(what, stamp, sources, work) {
  const hash = createHash('sha256');
  for (const source of sources) hashInto(hash, join(root, source));
  const digest = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say(`Building ${what} …`);
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

/** Electron's own binary, if somebody has fetched it; null: not here. */
export function ownElectron() {
  const folder = join(root, 'node_modules', 'electron');
  const pointer = join(folder, 'path.txt');
  const path = existsSync(pointer) ? join(folder, 'dist', readFileSync(pointer, 'utf8').trim()) : null;
  return path !== null && existsSync(path) ? path : null;
}

/** Where a test machine may keep a way to an Electron, beside the project. */
export const electronRuntime = join(root, '..', 'shared', 'electron-runtime', 'install');

/**
 * The path of an Electron that can run the built app, with a display for it, or null. Looks at VANTRAIL_ELECTRON, at
 * the runtime beside the project, and at Electron's own binary.
 */
export function electron() {
  const named = process.env.VANTRAIL_ELECTRON;
  if (named) return existsSync(named) ? named : null;
  const path = existsSync(electronRuntime) ? runtimeElectron() : ownElectron();
  if (path === null || process.platform !== 'linux') return path;
  // What Electron loads of the system, and a screen that needs no one to look at it.
  if (!program('Xvfb', 'xvfb')) return null;
  for (const library of ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1']) debian(library);
  return path;
}

function runtimeElectron() {
  const { status, stdout } = spawnSync(electronRuntime, [], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const path = (stdout ?? '').trim();
  return status === 0 && existsSync(path) ? path : null;
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
  if (!onPath(name)) aptInstall(debianPackage);
  return Boolean(onPath(name));
}

/** Installs a Debian package that is no program, where that is possible and it is not there. */
function debian(name) {
  if (spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0) aptInstall(name);
}

function aptInstall(name) {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return;
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], quiet);
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
