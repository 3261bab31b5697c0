import { parseArgs } from 'node:util';
import type { Static, TObject, TProperties } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Options of a program from one schema: an object whose properties are strings, integers, booleans, unions of literals
 * or lists of strings. The schema gives type, default, rule and `--help`; each option is
 *
 *   flag `--http-port`  >  environment `VANTRAIL_HTTP_PORT`  >  key `httpPort` of the JSON file (`--config`)  >  default
 *
 * An option marked `secret: true` can also be read from a file: `--mapbox-token-file`, `VANTRAIL_MAPBOX_TOKEN_FILE`,
 * `mapboxTokenFile`. Environment variables that no option has are ignored: Kubernetes sets `VANTRAIL_PORT` and more
 * for a service of this name. Unknown flags and unknown keys of the file are refused.
 */
export class UsageError extends Error {
  override name = 'UsageError';
  /** what the program ends with when it was called wrongly */
  readonly exitCode = 2;
}

/** What the command line asks for. */
export type Reading<T> = { options: T } | { help: string } | { version: true };

export interface Program {
  /** as it is called: `npm run daemon --` */
  name: string;
  /** what it does, in a sentence */
  does: string;
  /** names of its positional arguments, for `--help`; none are accepted when it is absent */
  positional?: readonly string[];
}

/** Where options come from. `readFile` throws when there is no such file. */
export interface Sources {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  readFile: (path: string) => string;
}

interface OptionSchema {
  type?: string;
  anyOf?: readonly { const?: unknown }[];
  default?: unknown;
  description?: string;
  secret?: boolean;
  minimum?: number;
  maximum?: number;
}

/** A value, and what to call the place it was given at when it is wrong. */
interface Given {
  value: unknown;
  place: string;
  /** from the command line or the environment, where everything is text */
  text: boolean;
}

/** Reads the options of a program. Throws UsageError with one line that names option, value and rule. */
export function readOptions<S extends TProperties>(
  program: Program,
  schema: TObject<S>,
  sources: Sources,
): Reading<Static<TObject<S>> & { positionals: string[] }> {
  const properties = schema.properties as unknown as Record<string, OptionSchema>;
  const flags = readFlags(program, properties, sources.argv);
  if (flags.values.help === true) return { help: helpText(program, properties) };
  if (flags.values.version === true) return { version: true };
  const file = readConfigFile(flags.values.config ?? sources.env[envName('config')], properties, sources.readFile);

  const values: Record<string, unknown> = {};
  const places: Record<string, string> = {};
  for (const [key, option] of Object.entries(properties)) {
    const given = find(key, option, flags.values, sources, file);
    if (given === undefined) {
      if (option.default !== undefined) values[key] = option.default;
      continue;
    }
    values[key] = given.text ? read(option, given.value) : given.value;
    places[key] = given.place;
  }
  const check = Compile(schema);
  if (!check.Check(values)) {
    const [error] = check.Errors(values);
    const missing = error?.keyword === 'required' ? (error.params as { requiredProperties: string[] }) : undefined;
    const key = missing?.requiredProperties[0] ?? error?.instancePath.split('/')[1] ?? '';
    const option = properties[key] ?? {};
    if (values[key] === undefined) throw new UsageError(`--${flagName(key)} is missing: ${rule(option)}`);
    const shown = option.secret ? '(secret)' : JSON.stringify(values[key]);
    throw new UsageError(`${places[key] ?? `--${flagName(key)}`}: ${shown} is wrong: ${rule(option)}`);
  }
  // Checked above; the positionals are no part of the schema.
  return { options: { ...(values as Static<TObject<S>>), positionals: flags.positionals } };
}

type FlagValues = Record<string, string | boolean | string[] | undefined>;

function readFlags(program: Program, properties: Record<string, OptionSchema>, argv: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
    config: { type: 'string' },
  };
  for (const [key, option] of Object.entries(properties)) {
    options[flagName(key)] = {
      type: option.type === 'boolean' ? 'boolean' : 'string',
      ...(option.type === 'array' ? { multiple: true } : {}),
    };
    if (option.secret) options[`${flagName(key)}-file`] = { type: 'string' };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      strict: true,
      allowNegative: true,
      allowPositionals: program.positional !== undefined,
    });
    return { values: values as FlagValues, positionals };
  } catch (error) {
    // Node's own text names the option; its advice on '--' in the later sentences would be noise.
    const [text = ''] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${text}; see --help`);
  }
}

function readConfigFile(
  path: unknown,
  properties: Record<string, OptionSchema>,
  readFile: Sources['readFile'],
): { path: string; values: Record<string, unknown> } {
  if (typeof path !== 'string' || path === '') return { path: '', values: {} };
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    throw new UsageError(`--config: ${JSON.stringify(path)} cannot be read: ${(error as Error).message}`);
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--config: ${path} must be JSON: ${(error as Error).message}`);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new UsageError(`--config: ${path} must be a JSON object of options`);
  }
  for (const key of Object.keys(values)) {
    const known = Object.hasOwn(properties, key) || properties[key.replace(/File$/, '')]?.secret === true;
    if (!known) throw new UsageError(`${path}: ${JSON.stringify(key)} is no option; see --help`);
  }
  return { path, values: values as Record<string, unknown> };
}

/** The value of one option from the first place that gives it. */
function find(
  key: string,
  option: OptionSchema,
  flags: FlagValues,
  { env, readFile }: Sources,
  file: { path: string; values: Record<string, unknown> },
): Given | undefined {
  const rows: { place: string; value: unknown; fromFile: unknown; text: boolean }[] = [
    { place: `--${flagName(key)}`, value: flags[flagName(key)], fromFile: flags[`${flagName(key)}-file`], text: true },
    {
      place: envName(key),
      value: filled(env[envName(key)]),
      fromFile: filled(env[`${envName(key)}_FILE`]),
      text: true,
    },
    { place: `${file.path}: ${key}`, value: file.values[key], fromFile: file.values[`${key}File`], text: false },
  ];
  for (const { place, value, fromFile, text } of rows) {
    if (option.secret && fromFile !== undefined) {
      if (value !== undefined) throw new UsageError(`${place}: give the secret itself or a file with it, not both`);
      try {
        return { value: readFile(String(fromFile)).trim(), place: `${place} (file ${String(fromFile)})`, text };
      } catch (error) {
        throw new UsageError(`${place}: the file ${String(fromFile)} cannot be read: ${(error as Error).message}`);
      }
    }
    if (value !== undefined) return { value, place, text };
  }
  return undefined;
}

/** An empty environment variable counts as not set: that is how compose files and shells clear one. */
function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** What the command line or the environment gave; a list may be given as A,B and by repeating its flag. */
function read(option: OptionSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((text) => parse(option, String(text)));
  return typeof value === 'string' ? parse(option, value) : value;
}

/** Text to the option's type; text that cannot be is left as it is, for the schema to refuse. */
function parse(option: OptionSchema, text: string): unknown {
  if (option.type === 'integer' || option.type === 'number') {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (option.type === 'boolean') {
    if (/^(true|1|yes|on)$/i.test(text)) return true;
    return /^(false|0|no|off)$/i.test(text) ? false : text;
  }
  if (option.type === 'array') {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}

/** The rule of an option, for a person. */
function rule(option: OptionSchema): string {
  const choices = option.anyOf?.map((one) => JSON.stringify(one.const)).join(', ');
  if (choices !== undefined) return `must be one of ${choices}`;
  if (option.type === 'integer' || option.type === 'number') {
    const kind = option.type === 'integer' ? 'a whole number' : 'a number';
    const least = option.minimum === undefined ? '' : `, at least ${option.minimum}`;
    const most = option.maximum === undefined ? '' : `, at most ${option.maximum}`;
    return `must be ${kind}${least}${most}`;
  }
  if (option.type === 'boolean') return 'must be true or false';
  if (option.type === 'array') return `must be a list of texts: ${option.description ?? ''}`;
  return `must be a text: ${option.description ?? ''}`;
}

function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function envName(key: string): string {
  return `VANTRAIL_${flagName(key).replaceAll('-', '_').toUpperCase()}`;
}

function helpText(program: Program, properties: Record<string, OptionSchema>): string {
  const rows = Object.entries(properties).map(([key, option]) => {
    const kind = option.anyOf?.map((one) => String(one.const)).join('|') ?? kindOf(option);
    const flag = `  --${flagName(key)}${kind === '' ? '' : ` ${kind}`}`;
    const preset = option.default;
    const shown =
      preset === undefined || preset === false || (Array.isArray(preset) && preset.length === 0)
        ? ''
        : ` (default ${String(preset)})`;
    const secret = option.secret ? ` (secret; or --${flagName(key)}-file FILE)` : '';
    return [flag, `      ${option.description ?? ''}${shown}${secret}`];
  });
  const positional = (program.positional ?? []).map((name) => ` ${name}`).join('');
  return [
    `Usage: ${program.name}${positional} [options]`,
    '',
    program.does,
    '',
    'Options:',
    ...rows.flat(),
    '  --config FILE',
    '      JSON file with options by their names in camelCase',
    '  --help, --version',
    '',
    `Each option is also an environment variable (${envName(Object.keys(properties)[0] ?? 'option')}, …) and a key of the`,
    '--config file. A flag wins over the environment, the environment over the file.',
  ].join('\n');
}

function kindOf(option: OptionSchema): string {
  if (option.type === 'boolean') return '';
  if (option.type === 'array') return 'A,B';
  return option.type === 'integer' || option.type === 'number' ? 'N' : 'TEXT';
}
