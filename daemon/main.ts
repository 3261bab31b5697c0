import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { AppDeps } from './app.ts';
import { tuneCollector } from './collector.ts';
import { type Config, readConfig } from './config.ts';
import { checkPaths } from './config-paths.ts';
import { UsageError } from './options.ts';

/** A stop that takes longer than this is cut short, ms; what is acknowledged is durable in any case. */
const stopTimeout = 9500;

/**
 * Runs the daemon until SIGTERM or SIGINT. Exit codes: 0 stopped, 1 could not start or broke, 2 wrong options. Tells a
 * parent process, where there is one, the ports it listens on.
 */
export async function main(more: Pick<AppDeps, 'aroundIntake' | 'makeLog'> = {}): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  let config: Config;
  try {
    const reading = readConfig(process.argv.slice(2), process.env, (path) => readFileSync(path, 'utf8'));
    if ('help' in reading) return console.log(reading.help);
    if ('version' in reading) return console.log(version);
    config = reading.config;
    checkPaths(config);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
    return;
  }

  // What lies in the data folder is people's homes and keys: for the daemon's own account alone.
  process.umask(0o077);
  tuneCollector();
  const logger = pino({ level: config.logLevel, base: null });
  // Node then ends the process with 1, and says so on the standard error output whatever the level is.
  process.on('uncaughtExceptionMonitor', (err, origin) => {
    logger.fatal({ err, origin }, 'an error that nothing caught ends the daemon; what it acknowledged is durable');
  });
  try {
    const pagesFolder = fileURLToPath(new URL('../dist', import.meta.url));
    // All of the daemon is loaded here, so that --help and a wrong option are answered at once.
    const { createApp } = await import('./app.ts');
    const app = await createApp({ config, version, pagesFolder, logger, ...more });
    let stopping = false;
    const stop = async (signal: string) => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), stopTimeout).unref();
      await app.stop();
      logger.info('stopped');
      process.exit(0);
    };
    process.on('SIGTERM', (signal) => void stop(signal));
    process.on('SIGINT', (signal) => void stop(signal));
    await app.start();
    const ports = app.ports();
    logger.info({ ...ports, host: config.host, data: config.data, version }, 'Vantrail is serving');
    process.send?.({ type: 'ready', ...ports });
  } catch (error) {
    const { message } = error as Error;
    const full = hasNoRoom(error) ? `no room on the disk of ${config.data}; free some and start again: ` : '';
    logger.fatal({ err: error }, full + message);
    process.exit(1);
  }
}

/** Whether the system or SQLite said that a disk is full, wherever that was. */
function hasNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    code === 'ENOSPC' ||
    code === 'SQLITE_FULL' ||
    (error as { kind?: unknown }).kind === 'full' ||
    hasNoRoom(error.cause)
  );
}

if (import.meta.main) await main();
