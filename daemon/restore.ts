import { Type } from 'typebox';
import { restoreData } from './log/restore.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';
import { Progress } from './progress.ts';

const OptionsSchema = Type.Object({
  data: Type.String({ minLength: 1, default: './data', description: 'the data folder to make; empty or not there' }),
});

/** `npm run restore -- FILE`: a new data folder from a backup. */
export async function restore(from: Sources, progress = new Progress(process.stderr)): Promise<string> {
  const program = {
    name: 'npm run restore --',
    does:
      'Makes a data folder from a backup. The daemon then makes new keys for tokens, so people sign in again;\n' +
      'trackers keep their keys.',
    positional: ['FILE'],
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { positionals, data } = reading.options;
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('FILE: one name of a file is needed; see --help');
  const restored = restoreData(file, data, (name, share) => progress.show(`restoring ${name}`, share));
  progress.end();
  const time = new Date(restored.made).toISOString();
  const damage = restored.damagedRows === 0 ? '' : `; ${restored.damagedRows} rows were damaged when it was made`;
  return `${data}: ${restored.records} records of the log as of ${time}, checked${damage}`;
}

if (import.meta.main) await runTool((from) => restore(from));
