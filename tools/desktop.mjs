// npm run desktop: the Electron console · desktop:build: its packages · desktop:test: drives the built app.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, buildDesktop, electron, environment, install, node, ownElectron, root } from './set-up.mjs';

const help = `npm run desktop [-- ARGUMENTS OF ELECTRON]        builds and opens the desktop console
npm run desktop:build [-- ARGUMENTS OF electron-builder]  packages it for this system; --dir: a folder, no installer
npm run desktop:test                                    drives the built app in a real Electron

  --help --version`;

const [task, ...rest] = ['package', 'test'].includes(process.argv[2])
  ? process.argv.slice(2)
  : ['run', ...process.argv.slice(2)];

function go(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: environment(env) });
  if (error) throw new Error(`${command} could not be run: ${error.message}`);
  return status ?? 1;
}

/** Electron's own binary, fetched when somebody wants to run the app: an installation alone does not need it. */
function fetched() {
  if (ownElectron() === null) go(node, [join(root, 'node_modules', 'electron', 'install.js')]);
  const path = ownElectron();
  if (path === null) throw new Error('Electron could not be fetched; see what its installer says above');
  return path;
}

function runTask() {
  if (rest.includes('--help')) {
    console.log(help);
    return 0;
  }
  install();
  if (rest.includes('--version')) return go(node, ['-p', 'require("./package.json").version']);
  build();
  buildDesktop();
  if (task === 'run') return go(fetched(), [root, ...rest]);
  if (task === 'package') return go(node, [join(root, 'node_modules', 'electron-builder', 'cli.js'), ...rest]);
  const path = electron();
  if (path === null) {
    console.log('SKIPPED the desktop app in a real Electron: there is none here (npx install-electron fetches one)');
    return process.env.CI === 'true' ? 1 : 0;
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  return go(node, [vitest, 'run', 'test/desktop', ...rest], { VANTRAIL_ELECTRON: path });
}

try {
  process.exitCode = runTask();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
