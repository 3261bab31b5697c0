// npm start: sets up what is missing, then goes on with the pinned Node.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, environment, install, node, root } from './set-up.mjs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Vantrail needs Node 20 or newer to start; this is ${process.version}.`);
  process.exit(1);
}
// Whoever asks what this is need not wait for an installation first.
if (process.argv.includes('--help')) {
  process.stdout.write(readFileSync(new URL('start-help.txt', import.meta.url)));
  process.exit(0);
}
if (process.argv.includes('--version')) {
  console.log(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  process.exit(0);
}
try {
  install();
  build();
} catch (error) {
  console.error(`Set-up failed: ${error.message}`);
  process.exit(1);
}
const demo = spawn(node, [join(root, 'tools', 'demo.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: environment(),
});
// Ctrl-C reaches the whole process group, so the demo stops by itself; a signal to us alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code) => process.exit(code ?? 1));
