import { resolve } from 'node:path';
import { Type } from 'typebox';
import { backupData } from './log/backup.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';
import { Progress } from './progress.ts';

const OptionsSchema = Type.Object({
  data: Type.String({ minLength: 1, default: './data', description: "the daemon's data folder" }),
});

/** `npm run backup -- FILE`: log and projections in one file, also while the daemon runs. */
export async function backup(from: Sources, progress = new Progress(process.stderr)): Promise<string> {
  const program = {
    name: 'npm run backup --',
    does:
      'Copies the log and the projections of a data folder into one file, while the daemon may be running. The keys\n' +
      'that sign tokens are left out: keep FILE safe all the same, names and addresses of consumers are in it.',
    positional: ['FILE'],
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { positionals, data } = reading.options;
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('FILE: one name of a file is needed; see --help');
  const made = await backupData(data, resolve(file), (name, share) => progress.show(`copying ${name}`, share));
  progress.end();
  const result = `${file}: ${made.records} records of the log in ${made.bytes} bytes, checked`;
  if (made.damagedRows === 0) return result;
  throw new Error(
    `${result}; but ${made.damagedRows} rows of the log were damaged already and are damaged in it. ` +
      'The daemon sets them aside when it reads them.',
  );
}

if (import.meta.main) await runTool((from) => backup(from));
