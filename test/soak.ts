import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cluster } from './soak/cluster.ts';
import { crash } from './soak/crash.ts';
import { fuzz } from './soak/fuzz.ts';
import { memory } from './soak/memory.ts';
import { order } from './soak/order.ts';
import { outage } from './soak/outage.ts';
import type { Outcome, Part } from './soak/part.ts';

/**
 * `npm run soak`: the long forms of the fault tests, one after the other, each bounded in time. The seed is printed;
 * given again it draws the same messages and the same moments, though not the machine's own timing.
 */
const parts: Readonly<Record<string, Part>> = { crash, fuzz, order, memory, cluster, outage };
/** A part that has not ended so long after its time hangs, minutes. */
const grace = 5;
const progressEvery = 3000;
const longest = 7 * 24 * 60;

const help = `npm run soak -- [--only NAME] [--minutes N] [--seed N]

  --only NAME   one of: ${Object.keys(parts).join(', ')}
  --minutes N   how long a part takes at most (default ${Object.entries(parts)
    .map(([name, { minutes }]) => `${name} ${minutes}`)
    .join(', ')})
  --seed N      the seed of an earlier soak (default: another one each time)
  --help --version

Exit code 0: everything holds; 1: something does not, or the soak was stopped; 2: wrong usage.`;

interface Options {
  only?: string;
  minutes?: number;
  seed: number;
}

function readOptions(): Options | string {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  if (values.help) return help;
  if (values.version) {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  }
  const { only, minutes, seed } = values;
  if (only !== undefined && !Object.hasOwn(parts, only)) {
    throw new Error(`--only must be one of ${Object.keys(parts).join(', ')}, is '${only}'`);
  }
  if (minutes !== undefined && !(/^\d+(\.\d+)?$/.test(minutes) && Number(minutes) > 0 && Number(minutes) <= longest)) {
    throw new Error(`--minutes must be a number above 0, at most ${longest}, is '${minutes}'`);
  }
  if (seed !== undefined && !(/^\d+$/.test(seed) && Number(seed) < 2 ** 31)) {
    throw new Error(`--seed must be a whole number from 0 to ${2 ** 31 - 1}, is '${seed}'`);
  }
  return {
    ...(only === undefined ? {} : { only }),
    ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
    seed: seed === undefined ? Date.now() % 2 ** 31 : Number(seed),
  };
}

/** Runs a part; whatever it throws is a fault of it. */
async function perform(name: string, part: Part, options: Options): Promise<Outcome> {
  const minutes = options.minutes ?? part.minutes;
  let said = 0;
  const began = Date.now();
  const progress = (line: string) => {
    const now = Date.now();
    if (now - said < progressEvery) return;
    said = now;
    process.stderr.write(`${name}  ${Math.round((now - began) / 1000)} s  ${line}\n`);
  };
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('it did not end')), (minutes + grace) * 60_000);
  try {
    const running = part.run({ deadline: began + minutes * 60_000, seed: options.seed, progress });
    return await Promise.race([running, hung]);
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).stack ?? String(error)}\n`);
    return { figures: {}, faults: [(error as Error).message.split('\n')[0] ?? 'it threw'] };
  } finally {
    clearTimeout(timer);
  }
}

function print(outcomes: ReadonlyMap<string, Outcome>): void {
  const rows = [...outcomes].flatMap(([name, { figures, faults }]) => [
    ...Object.entries(figures).map(([what, value]) => [name, what, value.toLocaleString('en')] as const),
    ...(faults.length === 0 ? [[name, 'holds', 'ok'] as const] : faults.map((fault) => [name, fault, 'NO'] as const)),
  ]);
  const [first, second, third] = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const [name, what, value] of rows) {
    console.log(`${name.padEnd(first ?? 0)}  ${what.padEnd(second ?? 0)}  ${value.padStart(third ?? 0)}`);
  }
}

async function main(): Promise<number> {
  let options: Options | string;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`${(error as Error).message.split('. To specify')[0]}\n\n${help}`);
    return 2;
  }
  if (typeof options === 'string') {
    console.log(options);
    return 0;
  }
  // All temporary folders, also those of child processes, lie in one that goes with this process, however it ends.
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-soak-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const outcomes = new Map<string, Outcome>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      print(outcomes);
      console.error('stopped before the end');
      process.exit(1); // the children are killed as this process exits
    });
  }
  console.log(`soak seed ${options.seed}`);
  for (const [name, part] of Object.entries(parts)) {
    if (options.only === undefined || options.only === name) outcomes.set(name, await perform(name, part, options));
  }
  print(outcomes);
  return [...outcomes.values()].every(({ faults }) => faults.length === 0) ? 0 : 1;
}

process.exit(await main());
