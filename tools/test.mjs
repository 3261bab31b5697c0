// npm test: sets up what is missing, runs every check and every test, and ends with one line that counts them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaJars } from './kafka-jars.mjs';
import {
  build,
  buildDesktop,
  chromium,
  electron,
  electronRuntime,
  environment,
  install,
  node,
  program,
  root,
} from './set-up.mjs';
import { valhalla } from './valhalla.mjs';

const ci = process.env.CI === 'true';
let passed = 0;
const failures = [];
const skipped = [];

function step(name, work) {
  console.log(`\n── ${name}`);
  try {
    work();
    passed++;
  } catch (error) {
    failures.push(`${name}: ${error.message}`);
  }
}

function tool(name, path, args) {
  step(name, () => {
    const { status } = spawnSync(node, [join(root, 'node_modules', path), ...args], {
      cwd: root,
      stdio: 'inherit',
      env: environment(),
    });
    if (status !== 0) throw new Error(`exit code ${status}`);
  });
}

function finish() {
  for (const failure of failures) console.log(`FAILED  ${failure}`);
  for (const name of skipped) console.log(`SKIPPED ${name}`);
  const tail = skipped.length > 0 && !ci ? `, ${skipped.length} skipped` : '';
  console.log(`\n${passed} passed, ${failures.length} failed${tail}`);
  process.exit(failures.length === 0 && (passed > 0 || !ci) ? 0 : 1);
}

step('packages', install);
if (failures.length > 0) finish();
tool('format and lint', '@biomejs/biome/bin/biome', ['check', '.']);
tool('types', 'typescript/bin/tsc', ['-p', '.']);
tool('dead code', 'knip/bin/knip.js', []);
step('build of the pages', build);
step('build of the desktop app', buildDesktop);

const browser = chromium();
const mosquitto = program('mosquitto_pub', 'mosquitto-clients');
if (ci && !browser) failures.push('Chromium: none found and none could be installed');
if (ci && !mosquitto) failures.push('mosquitto_pub: not found and could not be installed');
const promtool = program('promtool', 'prometheus');
const compose = program('docker-compose', 'docker-compose');
if (ci && !promtool) failures.push('promtool: not found and could not be installed');
if (ci && !compose) failures.push('docker-compose: not found and could not be installed');
const desktop = electron();
// Where no Electron is to be had the tests of the built app are skipped, by name; a machine that has one must use it.
if (ci && !desktop && existsSync(electronRuntime)) failures.push('Electron: its runtime is here and gave none');
const kafka = kafkaJars();
if (ci && !kafka.libs) failures.push(`Kafka: ${kafka.reason}`);
const router = valhalla();
if (ci && !router.folder) failures.push(`Valhalla: ${router.reason}`);

const folder = mkdtempSync(join(tmpdir(), 'vantrail-test-'));
const report = join(folder, 'report.json');
console.log('\n── tests');
spawnSync(
  node,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: environment({
      VANTRAIL_CHROMIUM: browser ?? '',
      VANTRAIL_KAFKA_LIBS: kafka.libs ?? '',
      VANTRAIL_VALHALLA: router.folder ?? '',
      VANTRAIL_ELECTRON: desktop ?? '',
    }),
  },
);
try {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const file of testResults) {
    const path = file.name.slice(root.length);
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      failures.push(`${path}: ${String(file.message).split('\n')[0]}`);
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed++;
      else if (test.status === 'failed') failures.push(`${path}: ${test.fullName}\n${test.failureMessages.join('\n')}`);
      else if (ci && !(desktop === null && path.startsWith('test/desktop/')))
        failures.push(`${path}: ${test.fullName} (skipped, which CI does not allow)`);
      else skipped.push(`${path}: ${test.fullName}`);
    }
  }
} catch (error) {
  failures.push(`tests: no report was written (${error.message})`);
}
rmSync(folder, { recursive: true, force: true });
finish();
