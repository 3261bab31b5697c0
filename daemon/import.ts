import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Static, Type } from 'typebox';
import { baseGazetteer } from '../protocol/place.ts';
import { AgencyId } from '../protocol/registry.ts';
import { operatorSubject } from './http/access.ts';
import { Tokens } from './http/tokens.ts';
import { csvText } from './http/trail-formats.ts';
import { BadRows } from './import/bad-rows.ts';
import { daemonClient } from './import/daemon-client.ts';
import type { ImportCounts } from './import/import-report.ts';
import type { ListFormat } from './import/read-list.ts';
import { sendConsumers } from './import/send-consumers.ts';
import { sendPlaces } from './import/send-places.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';
import { Progress } from './progress.ts';
import { keysFileOption, keysOf } from './token.ts';

const OptionsSchema = Type.Object({
  agency: Type.Optional({
    ...AgencyId,
    description: 'whose consumers or places they are; places without it go into the base gazetteer, for all agencies',
  }),
  dryRun: Type.Boolean({ default: false, description: 'only say what would happen' }),
  mapping: Type.Array(Type.String(), {
    default: [],
    description: 'columns by field, as number=Cons. No; a field that is not named is guessed',
  }),
  bad: Type.Optional(Type.String({ minLength: 1, description: 'file for the refused rows (default: FILE.bad.csv)' })),
  data: Type.String({ minLength: 1, default: './data', description: "the running daemon's data folder" }),
  keysFile: keysFileOption,
  url: Type.String({
    pattern: '^https?://',
    default: 'http://127.0.0.1:8080',
    description: 'http or https address of the running daemon',
  }),
});
type Options = Static<typeof OptionsSchema>;

/** A token is good for this long, s, and made anew after half of it. */
const tokenLife = 600;
const formats: Readonly<Record<string, ListFormat>> = {
  '.csv': 'csv',
  '.txt': 'csv',
  '.json': 'json',
  '.ndjson': 'json',
};

/** `npm run import -- consumers|places FILE`: sends a list to the running daemon, with a token made with its key. */
export async function importList(from: Sources, out: NodeJS.WriteStream = process.stderr): Promise<string> {
  const program = {
    name: 'npm run import --',
    does:
      'Imports a list of consumers or places, as CSV (with a header) or JSON, into the running daemon. What is there\n' +
      'already is brought up to date. It may be stopped and repeated: nothing is done twice.',
    positional: ['consumers|places', 'FILE'],
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { positionals, ...options } = reading.options;
  const [what, file, ...rest] = positionals;
  if (what !== 'consumers' && what !== 'places') {
    throw new UsageError(`${what ?? 'nothing'} cannot be imported: must be consumers or places`);
  }
  if (file === undefined || rest.length > 0) throw new UsageError('FILE: one name of a file is needed; see --help');
  const format = formats[extname(file).toLowerCase()];
  if (format === undefined) throw new UsageError(`${file}: must end in ${Object.keys(formats).join(', ')}`);
  await stat(file).catch(() => {
    throw new UsageError(`${file}: there is no such file`);
  });
  const agency = options.agency ?? (what === 'places' ? baseGazetteer : undefined);
  if (agency === undefined) throw new UsageError('--agency is missing: must be the id of an agency');

  const progress = new Progress(out);
  const bad = new BadRows(options.bad ?? `${file}.bad.csv`, csvText);
  const order = {
    file,
    format,
    dryRun: options.dryRun,
    mapping: readMapping(options),
    client: daemonClient({ url: options.url, token: tokens(options, agency) }),
    bad,
    onColumns: ({ mapping, unused }: { mapping: Record<string, string[]>; unused: string[] }) => {
      const lines = Object.entries(mapping).map(([field, columns]) => `  ${field} ← ${columns.join(' + ')}`);
      out.write(`${lines.join('\n')}\n`);
      if (unused.length > 0) out.write(`  not used: ${unused.join(', ')}\n`);
    },
  };
  try {
    const counts =
      what === 'consumers'
        ? await sendConsumers({ ...order, onProgress: ({ rows }) => progress.count('rows', rows) })
        : await sendPlaces({ ...order, layer: agency, onProgress: (_counts, share) => progress.show('sent', share) });
    progress.end();
    return summary(counts, bad, options);
  } finally {
    progress.end();
    await bad.close();
  }
}

function summary({ rows, added, changed, same, bad }: ImportCounts, file: BadRows, { dryRun }: Options): string {
  const would = dryRun ? 'nothing was written; it would be: ' : '';
  const refused = bad === 0 ? '' : `, ${bad} refused (${file.file})`;
  return `${rows} rows: ${would}${added} new, ${changed} changed, ${same} as they were${refused}`;
}

/** `field=Column` as an object; several of one field are joined. */
function readMapping({ mapping }: Options): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  for (const one of mapping) {
    const at = one.indexOf('=');
    if (at < 1) throw new UsageError(`--mapping: ${JSON.stringify(one)} is wrong: must be field=Column`);
    const field = one.slice(0, at);
    read[field] = [...(read[field] ?? []), one.slice(at + 1)];
  }
  return read;
}

function tokens({ data, keysFile }: Options, agency: string): () => Promise<string> {
  let made: { token: string; at: number } | undefined;
  return async () => {
    if (made === undefined || performance.now() - made.at > (tokenLife / 2) * 1000) {
      const keys = new Tokens({ keys: await keysOf(keysFile === undefined ? { data } : { data, keysFile }) });
      const token = await keys.sign({ subject: operatorSubject, role: 'ADMIN', agency }, tokenLife);
      made = { token, at: performance.now() };
    }
    return made.token;
  };
}

if (import.meta.main) await runTool((from) => importList(from));
