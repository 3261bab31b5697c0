#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { Command } from './commands/command.ts';
import { gpx } from './commands/gpx.ts';
import { opensky } from './commands/opensky.ts';
import { town } from './commands/town.ts';
import { vans } from './commands/vans.ts';
import { helpOf, UsageError } from './options.ts';

const commands: Readonly<Record<string, Command>> = { vans, gpx, opensky, town };
/** ms after a signal within which the program is gone, whatever still hangs */
const lastResort = 9500;

function usage(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `Usage: npm run simulate -- COMMAND [options]

Moving things that publish to a Vantrail daemon like real trackers.

${rows.join('\n')}

npm run simulate -- COMMAND --help tells a command's options.`;
}

function version(): string {
  const json = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return json.version;
}

/** Runs the command line; returns the exit code: 0 success, 1 failure, 2 wrong usage. */
async function main(args: readonly string[]): Promise<number> {
  const [name, ...own] = args;
  if (args.includes('--version')) {
    console.log(version());
    return 0;
  }
  const isHelp = args.includes('--help') || args.includes('-h');
  const chosen = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!chosen) {
    if (isHelp) {
      console.log(usage());
      return 0;
    }
    console.error(
      name === undefined ? usage() : `simulate: there is no command ${name} (${Object.keys(commands).join(', ')})`,
    );
    return 2;
  }
  if (isHelp) {
    console.log(`Usage: npm run simulate -- ${name} ${chosen.usage}\n\n${chosen.summary}\n\n${helpOf(chosen.options)}`);
    return 0;
  }
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
    setTimeout(() => process.exit(0), lastResort).unref();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const isTty = process.stderr.isTTY === true;
  try {
    await chosen.execute(own, {
      env: process.env,
      signal: stopping.signal,
      say: (line) => console.error(`${isTty ? '\r\u001b[K' : ''}${line}`),
      status: (line) => {
        if (isTty) process.stderr.write(`\r\u001b[K${line}`);
      },
    });
    if (isTty) process.stderr.write('\n');
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    console.error(`simulate ${name}: ${(error as Error).message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
