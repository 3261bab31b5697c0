import { type Option, type Parsed, readOptions } from '../options.ts';

/** What a command may use of the world. */
export interface Context {
  env: Readonly<Record<string, string | undefined>>;
  /** ends the command: it then sends what waits, within seconds, and returns */
  signal: AbortSignal;
  /** a line for people, on standard error */
  say: (line: string) => void;
  /** the line that tells how it is going, written over itself on a terminal and left out elsewhere */
  status: (line: string) => void;
}

/** A command as the program sees it: its values are its own business. */
export interface Command {
  summary: string;
  /** what follows the command's name in its usage line */
  usage: string;
  options: Readonly<Record<string, Option<unknown>>>;
  execute: (args: readonly string[], context: Context) => Promise<void>;
}

/** Makes a command of its options and of what it does with their values. */
export function command<S extends Record<string, Option<unknown>>>(definition: {
  summary: string;
  usage: string;
  options: S;
  run: (parsed: Parsed<S>, context: Context) => Promise<void>;
}): Command {
  const { summary, usage, options, run } = definition;
  return {
    summary,
    usage,
    options,
    execute: async (args, context) => run(readOptions(args, options, context.env), context),
  };
}

/** Resolves after `ms` or when the signal fires, whichever is first. */
export function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener('abort', done);
  });
}

/** A signal that also fires after `ms`; 0 means never by itself. */
export function limited(signal: AbortSignal, ms: number): AbortSignal {
  return ms > 0 ? AbortSignal.any([signal, AbortSignal.timeout(ms)]) : signal;
}
