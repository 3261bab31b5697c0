import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Agency } from '../protocol/registry.ts';
import { operatorSubject } from './http/access.ts';
import { Tokens } from './http/tokens.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';
import { keysFileOption, keysOf } from './token.ts';

const { id, name, timeZone, language } = Agency.properties;
const isAgencyId = Compile(id);
const OptionsSchema = Type.Object({
  name: Type.Optional({ ...name, description: 'its name on screens (default: its id)' }),
  timeZone: { ...timeZone, description: 'IANA time zone of its working day' },
  language: { ...language, description: 'language of its messages' },
  data: Type.String({ minLength: 1, default: './data', description: "the running daemon's data folder" }),
  keysFile: keysFileOption,
  url: Type.String({
    pattern: '^https?://',
    default: 'http://127.0.0.1:8080',
    description: 'http or https address of the running daemon',
  }),
});

/** s; long enough for one request, short enough to be worth nothing afterwards */
const tokenLife = 60;

/**
 * `npm run agency -- add ID`: makes an agency by asking the running daemon, with a token for this one purpose made
 * with its key. The daemon alone writes to its log.
 */
export async function agency(from: Sources): Promise<string> {
  const program = {
    name: 'npm run -s agency --',
    does: "Makes an agency in the running daemon (local access is the operator's right).",
    positional: ['add', 'ID'],
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { positionals, url, data, keysFile, ...fields } = reading.options;
  const keys = keysFile === undefined ? { data } : { data, keysFile };
  const [command, agencyId, ...rest] = positionals;
  if (command !== 'add') throw new UsageError(`${command ?? 'nothing'} is no command: must be add ID`);
  if (agencyId === undefined || rest.length > 0) throw new UsageError('add needs one id: npm run -s agency -- add ID');
  if (!isAgencyId.Check(agencyId)) {
    throw new UsageError(`${JSON.stringify(agencyId)} is wrong: an id is 1 to 32 small letters, digits and dashes`);
  }
  const tokens = new Tokens({ keys: await keysOf(keys) });
  const token = await tokens.sign({ subject: operatorSubject, role: 'ADMIN', agency: agencyId }, tokenLife);
  const added = await post(new URL('/api/agencies', url), token, { id: agencyId, ...fields });
  return [
    `Agency ${added.id} (${added.name}, ${added.timeZone}) is added.`,
    'A token for its administrator, good for 15 minutes:',
    `  npm run -s token -- --role ADMIN --agency ${added.id} ${keysFile === undefined ? `--data ${data}` : `--keys-file ${keysFile}`}`,
  ].join('\n');
}

async function post(url: URL, token: string, body: object): Promise<Agency> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new Error(`no daemon answers at ${url.origin} (${why}); start it, or name its address with --url`);
  }
  if (response.ok) return (await response.json()) as Agency;
  if (response.status === 401) {
    throw new Error(`the daemon at ${url.origin} does not know these keys; see --data, --keys-file and --url`);
  }
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(`the daemon refused: ${problem.detail ?? `status ${response.status}`}`);
}

if (import.meta.main) await runTool(agency);
