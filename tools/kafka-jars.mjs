// The jars of Apache Kafka, with which tests run real brokers: found in a cache folder, or fetched once with Maven.
// `node tools/kafka-jars.mjs` prints the folder; without one it says why on stderr and ends with 1.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './set-up.mjs';

const pom = fileURLToPath(new URL('../test/kafka/pom.xml', import.meta.url));
/** Kafka 4 brokers need it. */
const oldestJava = 17;

/** The folder with the jars, or why there is none: `{libs}` or `{reason}`. */
export function kafkaJars() {
  const named = process.env.VANTRAIL_KAFKA_LIBS;
  if (named === '') return { reason: 'VANTRAIL_KAFKA_LIBS is empty: without Kafka' };
  if (named) return hasKafka(named) ? { libs: named } : { reason: `VANTRAIL_KAFKA_LIBS: no Kafka in ${named}` };
  const reason = javaIsMissing();
  if (reason) return { reason };
  const text = readFileSync(pom);
  const version = /kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(text)?.[1];
  // Another pom is another set of jars.
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const libs = join(homedir(), '.cache', 'vantrail', `kafka-${version}-${mark}`);
  return hasKafka(libs) ? { libs } : fetchJars(libs);
}

function hasKafka(folder) {
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('kafka_'));
}

function javaIsMissing() {
  if (javaVersion() >= oldestJava) return undefined;
  if (process.env.CI === 'true' && program('java', 'openjdk-17-jre-headless') && javaVersion() >= oldestJava)
    return undefined;
  return `no java ${oldestJava} or newer (on Debian: apt install openjdk-17-jre-headless)`;
}

function javaVersion() {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return error ? 0 : Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
}

function fetchJars(libs) {
  const hasMaven = () => spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!hasMaven() && !(process.env.CI === 'true' && program('mvn', 'maven') && hasMaven())) {
    return { reason: 'no mvn to fetch the jars of Kafka with (on Debian: apt install maven)' };
  }
  mkdirSync(dirname(libs), { recursive: true });
  // Into a folder of its own first, so that one who is interrupted, or runs at the same time, leaves no half a set.
  const folder = mkdtempSync(`${libs}-`);
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  const { status, stdout, error } = spawnSync('mvn', args, { encoding: 'utf8', timeout: 300_000 });
  try {
    if (status !== 0 || !hasKafka(folder)) {
      const said = error?.message ?? stdout.split('\n').find((line) => line.includes('ERROR')) ?? `exit code ${status}`;
      return { reason: `mvn could not fetch the jars of Kafka: ${said}` };
    }
    if (!hasKafka(libs)) {
      rmSync(libs, { recursive: true, force: true });
      renameSync(folder, libs);
    }
    return { libs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { libs, reason } = kafkaJars();
  if (libs) console.log(libs);
  else console.error(reason);
  process.exit(libs ? 0 : 1);
}
