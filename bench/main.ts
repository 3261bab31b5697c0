import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Row } from './row.ts';

/** What some benches let one choose. */
interface Options {
  /** how long the map's heap is watched */
  minutes: number;
}

/**
 * `npm run bench`: ratios, both sides measured in one run on the machine at hand. A ratio says something anywhere; the
 * absolute figures beside it are only this machine's, on this day.
 */
const benches: Record<string, (options: Options) => Promise<Row[]>> = {
  log: async () => (await import('./log.ts')).logBench(),
  ingest: async () => (await import('./ingest.ts')).ingestBench(),
  fanout: async () => (await import('./fanout.ts')).fanoutBench(),
  way: async () => (await import('./way.ts')).wayBench(),
  trail: async () => (await import('./trail.ts')).trailBench(),
  cache: async () => (await import('./cache.ts')).cacheBench(),
  restart: async () => (await import('./restart.ts')).restartBench(),
  spool: async () => (await import('./spool.ts')).spoolBench(),
  commands: async () => (await import('./commands.ts')).commandsBench(),
  visibility: async () => (await import('./visibility.ts')).visibilityBench(),
  zones: async () => (await import('./zones.ts')).zonesBench(),
  folds: async () => (await import('./folds.ts')).foldsBench(),
  oversight: async () => (await import('./oversight.ts')).oversightBench(),
  'oversight-ingest': async () => (await import('./oversight-ingest.ts')).oversightIngestBench(),
  estimates: async () => (await import('./estimates.ts')).estimatesBench(),
  alerts: async () => (await import('./alerts.ts')).alertsBench(),
  kafka: async () => (await import('./kafka.ts')).kafkaBench(),
  places: async () => (await import('./places.ts')).placesBench(),
  pages: async () => (await import('./pages.ts')).pagesBench(),
  import: async () => (await import('./import.ts')).importBench(),
  desktop: async () => (await import('./desktop-start.ts')).desktopStartBench(),
  board: async () => (await import('./board.ts')).boardBench(),
  map: async (options) => (await import('./map.ts')).mapBench(options),
};

const help = `npm run bench -- [--only NAME] [--json FILE]

  --only NAME   one of: ${Object.keys(benches).join(', ')}
  --json FILE   also write [{name, ours, other, ratio, target, ok, unit}]
  --minutes N   how long the console's heap is watched under load, 0.5 unless given; the promise is about 30
  --help --version`;

function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toPrecision(3);
}

function print(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.name,
    figure(row.ours),
    figure(row.other),
    row.unit,
    row.ratio.toFixed(2),
    row.target === null ? '' : `≥ ${row.target}`,
    row.target === null ? '' : row.ok ? 'ok' : 'MISSED',
  ]);
  const table = [['what', 'ours', 'other', 'unit', 'ratio', 'target', ''], ...cells];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table) {
    const padded = line.map((cell, column) =>
      column === 0 || column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(padded.join('  '));
  }
}

async function main(): Promise<number> {
  let values: { only?: string; json?: string; minutes?: string; help?: boolean; version?: boolean };
  let minutes: number;
  try {
    ({ values } = parseArgs({
      options: {
        only: { type: 'string' },
        json: { type: 'string' },
        minutes: { type: 'string' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }));
    if (values.only !== undefined && !(values.only in benches)) throw new Error(`--only: no bench '${values.only}'`);
    minutes = Number(values.minutes ?? '0.5');
    if (!(minutes > 0 && minutes <= 1440))
      throw new Error(`--minutes must be a number up to 1440, is '${values.minutes}'`);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.version) {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    console.log((JSON.parse(text) as { version: string }).version);
    return 0;
  }
  if (values.json !== undefined) {
    try {
      closeSync(openSync(values.json, 'a')); // not after minutes of measuring
    } catch (error) {
      console.error(`--json: ${values.json} cannot be written: ${(error as Error).message}`);
      return 2;
    }
  }
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (values.only !== undefined && values.only !== name) continue;
    console.error(`measuring ${name} …`);
    try {
      rows.push(...(await bench({ minutes })));
    } catch (error) {
      // What the others took minutes to measure is not lost with this one.
      console.error(`${name}: ${(error as Error).message}`);
      failed.push(name);
    }
  }
  print(rows);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return failed.length === 0 && rows.every((row) => row.ok) ? 0 : 1;
}

process.exit(await main());
