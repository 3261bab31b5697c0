import { readFileSync } from 'node:fs';
import { type Reading, type Sources, UsageError } from './options.ts';

/** The version in package.json: the one place that has it. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What a program reads its options from. */
function sources(): Sources {
  return { argv: process.argv.slice(2), env: process.env, readFile: (path) => readFileSync(path, 'utf8') };
}

/** The text of `--help` or `--version`, when that is what was asked for. */
export function asked<T>(reading: Reading<T>): string | undefined {
  if ('help' in reading) return reading.help;
  return 'version' in reading ? version() : undefined;
}

/**
 * Runs a command line tool to its end: prints what it returns, or one line about what went wrong. Exit code 0 success,
 * 1 failure, 2 wrong usage. What it writes (a backup, say) is for its own account alone.
 */
export async function runTool(tool: (from: Sources) => Promise<string>): Promise<void> {
  process.umask(0o077);
  try {
    process.stdout.write(`${await tool(sources())}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof UsageError ? error.exitCode : 1;
  }
}
