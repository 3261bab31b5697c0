import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Role, scopes } from '../protocol/claims.ts';
import { AgencyId } from '../protocol/registry.ts';
import { type KeyStore, Keys } from './http/keys.ts';
import { KeysFile } from './http/keys-file.ts';
import { longestLife, Tokens } from './http/tokens.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';

/** For every tool that makes tokens. */
export const keysFileOption = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'file with the signing keys that several daemons share, instead of --data',
  }),
);

const OptionsSchema = Type.Object({
  role: Type.Optional(Type.Union(Role.anyOf, { description: 'whom the token speaks for' })),
  agency: Type.Optional({ ...AgencyId, description: 'its agency' }),
  subject: Type.String({
    minLength: 1,
    maxLength: 64,
    default: 'operator-tool',
    description: "id of the account, driver or consumer; a driver's token sees his own van only by this",
  }),
  scope: Type.Array(Type.String(), {
    default: [],
    description: `for INTERNAL_SERVICE: ${scopes.join(', ')}`,
  }),
  ttl: Type.String({ default: '15m', description: 'how long it is good, as 15m or 90s; at most 15m' }),
  data: Type.String({ minLength: 1, default: './data', description: "the daemon's data folder" }),
  keysFile: keysFileOption,
  rotateKey: Type.Boolean({
    default: false,
    description:
      'make a new signing key instead, and the file of --keys-file where there is none; older keys go on verifying, a ' +
      'running daemon takes the new one up by itself',
  }),
  removeOldKeys: Type.Boolean({
    default: false,
    description: 'remove all signing keys but the newest instead: every token they signed is worthless at once',
  }),
});
type Options = Static<typeof OptionsSchema>;

/** `npm run token`: a bearer token made with the daemon's key. Who can read that key is the operator. */
export async function token(from: Sources): Promise<string> {
  const program = {
    name: 'npm run -s token --',
    does: "Prints a token made with the daemon's key (local access is the operator's right).",
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { options } = reading;
  const { rotateKey, removeOldKeys } = options;
  if (rotateKey) return `new signing key ${await (await keysOf(options)).add()}`;
  if (removeOldKeys) {
    const removed = await (await keysOf(options)).removeOld();
    return removed.length === 0 ? 'there is only one key' : `removed ${removed.join(', ')}`;
  }
  const { role, agency, subject } = options;
  if (role === undefined) throw new UsageError(`--role is missing: must be one of ${roles.join(', ')}`);
  if (agency === undefined) throw new UsageError('--agency is missing: must be the id of an agency');
  const claims = { role, agency, subject, scopes: scopesOf(options) };
  const life = seconds(options.ttl);
  return new Tokens({ keys: await keysOf(options) }).sign(claims, life);
}

const roles = Role.anyOf.map((one) => one.const);

/** The keys that a daemon signs with: those of the file it shares with others, or those it made in its data folder. */
export async function keysOf({ data, keysFile }: { data: string; keysFile?: string }): Promise<KeyStore> {
  if (keysFile !== undefined) return new KeysFile(keysFile);
  const folder = join(data, 'keys');
  const found = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!found) throw new Error(`there are no keys in ${folder}: start the daemon once, or name its folder with --data`);
  return new Keys(folder);
}

function scopesOf({ role, scope }: Options): string[] {
  const given = scope.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '');
  for (const one of given) {
    if (!scopes.some((known) => known === one)) {
      throw new UsageError(`--scope: ${JSON.stringify(one)} is wrong: must be one of ${scopes.join(', ')}`);
    }
  }
  if (given.length > 0 && role !== 'INTERNAL_SERVICE') {
    throw new UsageError('--scope: only an INTERNAL_SERVICE has scopes; a role has its rights by itself');
  }
  return given;
}

function seconds(ttl: string): number {
  const [, number = '', unit = ''] = /^(\d{1,4})(s|m)$/.exec(ttl) ?? [];
  const life = Number(number) * (unit === 'm' ? 60 : 1);
  if (number === '' || life < 1 || life > longestLife) {
    throw new UsageError(`--ttl: ${JSON.stringify(ttl)} is wrong: must be 1s to 15m`);
  }
  return life;
}

if (import.meta.main) await runTool(token);
