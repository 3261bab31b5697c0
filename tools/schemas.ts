import { fileURLToPath } from 'node:url';
import { published } from './published.ts';
import { SchemaFolder } from './schema-folder.ts';

const folder = new SchemaFolder(fileURLToPath(new URL('../protocol/schemas', import.meta.url)));

const help = `Usage: npm run schemas [-- --check | --release]

Writes JSON Schema and Avro (.avsc) of every topic's values to protocol/schemas, made from the TypeBox schemas in
protocol/. Refuses a change that programs made for a checked-in schema, or values written by it, could not bear.

  --check    only says whether the files are what the schemas say and may follow the released ones
  --release  keeps the present files as a revision that every later one must be able to follow`;

/** Why the schemas may not be written, with what to do about it; nothing when they may. */
function refusal(): string | undefined {
  const all = published();
  const broken = [...folder.breaks(all), ...folder.gone(all).map((name) => `${name} has no schema any more`)];
  if (broken.length === 0) return undefined;
  return [
    'The schemas may not change like this:',
    ...broken.map((why) => `  ${why}`),
    'Values of a topic are never written again, and its readers are not updated with the daemon. Add an optional field',
    'instead, or begin a topic of a new version; see "Changing a schema" in docs/kafka.md. What was never released may',
    'be changed freely: delete its files in protocol/schemas (not those in released/) and run this again.',
  ].join('\n');
}

function main(argv: readonly string[]): string {
  const [option, ...more] = argv;
  if (option === '--help') return help;
  if (more.length > 0 || (option !== undefined && option !== '--check' && option !== '--release')) {
    process.exitCode = 2;
    return `unknown option ${more[0] ?? option}\n\n${help}`;
  }
  const refused = refusal();
  const stale = folder.stale(published());
  if (refused !== undefined || (option !== undefined && stale.length > 0)) process.exitCode = 1;
  if (refused !== undefined) return refused;
  if (option !== undefined && stale.length > 0) return `not as the schemas say: ${stale.join(', ')}; npm run schemas`;
  if (option === '--check') return 'the published schemas are as they should be';
  if (option === '--release') {
    const made = folder.release();
    return made.length === 0 ? 'nothing has changed since the last release' : `released ${made.join(', ')}`;
  }
  folder.write(published());
  return stale.length === 0 ? 'nothing has changed' : `written: ${stale.join(', ')}`;
}

if (import.meta.main) console.log(main(process.argv.slice(2)));
