import { parseArgs } from 'node:util';

/** Wrong usage: the message names the option. Ends the program with code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** One option of a command: how it is read, what it is without one, and its line in `--help`. */
export interface Option<T> {
  help: string;
  /** shown in `--help` behind the option; absent for a switch */
  value?: string;
  /** environment variable that stands in for the option */
  env?: string;
  initial: T;
  /** returns the value, or throws an Error that says what it must be */
  read: (text: string) => T;
}

type Values<S> = { [K in keyof S]: S[K] extends Option<infer T> ? T : never };

export interface Parsed<S> {
  values: Values<S>;
  rest: string[];
}

/** Reads a command line by its options; anything unknown or wrong is a UsageError that names it. */
export function readOptions<S extends Record<string, Option<unknown>>>(
  args: readonly string[],
  options: S,
  env: Readonly<Record<string, string | undefined>>,
): Parsed<S> {
  const shape: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, option] of Object.entries(options)) shape[name] = { type: option.value ? 'string' : 'boolean' };
  const { values, positionals } = parsed(args, shape);
  const read: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const given = values[name];
    const fromEnv = option.env ? env[option.env] : undefined;
    const text = typeof given === 'string' ? given : given === true ? 'true' : fromEnv || undefined;
    const label = given === undefined && text !== undefined ? option.env : `--${name}`;
    try {
      read[name] = text === undefined ? option.initial : option.read(text);
    } catch (error) {
      throw new UsageError(`${label}: ${(error as Error).message}, not ${JSON.stringify(text)}`);
    }
  }
  return { values: read as Values<S>, rest: positionals };
}

function parsed(args: readonly string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = (error as Error).message.split('. To specify')[0] ?? '';
    throw new UsageError(message.replace(/\n/g, ' '));
  }
}

/** The lines of `--help` for these options. */
export function helpOf(options: Record<string, Option<unknown>>): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const left = `  --${name}${option.value ? ` ${option.value}` : ''}`;
    const initial = option.value && option.initial !== '' && option.initial !== undefined ? shown(option) : '';
    return { left, right: `${option.help}${initial}${option.env ? ` [${option.env}]` : ''}` };
  });
  const width = Math.max(...rows.map((row) => row.left.length)) + 2;
  return rows.map((row) => `${row.left.padEnd(width)}${row.right}`).join('\n');
}

function shown(option: Option<unknown>): string {
  const { initial, value } = option;
  return ` (default ${value === 'TIME' && typeof initial === 'number' ? `${initial / 1000}s` : String(initial)})`;
}

export const flag = (help: string): Option<boolean> => ({ help, initial: false, read: () => true });

export function text(value: string, help: string, initial = '', env?: string): Option<string> {
  return { help, value, initial, ...(env ? { env } : {}), read: (given) => given };
}

export function count(value: string, help: string, initial: number, least: number, most: number): Option<number> {
  return {
    help,
    value,
    initial,
    read: (given) => {
      const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
      if (!(number >= least && number <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
      return number;
    },
  };
}

export function factor(value: string, help: string, initial: number, least: number, most: number): Option<number> {
  return {
    help,
    value,
    initial,
    read: (given) => {
      const number = given.trim() === '' ? Number.NaN : Number(given);
      if (!(number >= least && number <= most)) throw new Error(`must be a number from ${least} to ${most}`);
      return number;
    },
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time such as 500ms, 2s, 5m or 1h, in ms. 0 as initial value means: none. */
export function time(help: string, initial: number, least: number, most: number): Option<number> {
  return {
    help,
    value: 'TIME',
    initial,
    read: (given) => {
      const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(given);
      const ms = match ? Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
      if (!(ms >= least && ms <= most)) {
        throw new Error(`must be a time such as 2s or 5m, from ${least / 1000}s to ${most / 1000}s`);
      }
      return ms;
    },
  };
}

export function address(help: string, initial: string, protocols: readonly string[]): Option<string> {
  return {
    help,
    value: 'URL',
    initial,
    read: (given) => {
      const url = URL.canParse(given) ? new URL(given) : undefined;
      if (!url || !protocols.includes(url.protocol))
        throw new Error(`must be an address beginning with ${protocols.join('// or ')}//`);
      return given;
    },
  };
}

export function choice<T extends string>(help: string, initial: T, choices: readonly T[]): Option<T> {
  return {
    help,
    value: choices.join('|'),
    initial,
    read: (given) => {
      const chosen = choices.find((one) => one === given);
      if (chosen === undefined) throw new Error(`must be ${choices.join(' or ')}`);
      return chosen;
    },
  };
}
