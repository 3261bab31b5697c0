import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AccountId } from '../protocol/account.ts';
import { Agency } from '../protocol/registry.ts';
import { operatorSubject } from './http/access.ts';
import { Tokens } from './http/tokens.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, runTool } from './program.ts';
import { keysFileOption, keysOf } from './token.ts';

const { id, name, timeZone, language } = Agency.properties;
const isAgencyId = Compile(id);
const isAccountId = Compile(AccountId);
const OptionsSchema = Type.Object({
  name: Type.Optional({ ...name, description: 'its name on screens (default: its id)' }),
  timeZone: { ...timeZone, description: 'IANA time zone of its working day' },
  language: { ...language, description: 'language of its messages' },
  admin: Type.String({ minLength: 1, maxLength: 64, default: 'admin', description: 'name of its administrator' }),
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
 * with its key, and prints the link by which its administrator sets a password. `link ID`: another such link, where
 * the first one was not used in time or the password is lost. The daemon alone writes to its log.
 */
export async function agency(from: Sources): Promise<string> {
  const program = {
    name: 'npm run -s agency --',
    does: "Makes an agency in the running daemon, or a new link for its administrator (the operator's right).",
    positional: ['add|link', 'ID'],
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { positionals, url, data, keysFile, admin, ...fields } = reading.options;
  const keys = keysFile === undefined ? { data } : { data, keysFile };
  const [command, agencyId, ...rest] = positionals;
  if (command !== 'add' && command !== 'link') {
    throw new UsageError(`${command ?? 'nothing'} is no command: must be add ID or link ID`);
  }
  if (agencyId === undefined || rest.length > 0) {
    throw new UsageError(`${command} needs one id: npm run -s agency -- ${command} ID`);
  }
  if (!isAgencyId.Check(agencyId)) {
    throw new UsageError(`${JSON.stringify(agencyId)} is wrong: an id is 1 to 32 small letters, digits and dashes`);
  }
  if (!isAccountId.Check(admin)) {
    throw new UsageError(`--admin: ${JSON.stringify(admin)} is wrong: must be small letters, digits, . _ and -`);
  }
  const tokens = new Tokens({ keys: await keysOf(keys) });
  const token = await tokens.sign({ subject: operatorSubject, role: 'ADMIN', agency: agencyId }, tokenLife);
  const lines: string[] = [];
  if (command === 'add') {
    const added = await post<Agency>(new URL('/api/agencies', url), token, { id: agencyId, ...fields });
    lines.push(`Agency ${added.id} (${added.name}, ${added.timeZone}) is added.`);
  }
  const setup = await post<Setup>(new URL(`/api/agencies/${agencyId}/setup`, url), token, { account: admin });
  const minutes = Math.round((setup.until - Date.now()) / 60_000);
  lines.push(
    `Its administrator signs in as ${setup.login}, and sets a password here within ${minutes} minutes, once:`,
    `  ${setup.url}`,
  );
  return lines.join('\n');
}

interface Setup {
  login: string;
  url: string;
  /** UTC ms */
  until: number;
}

async function post<T>(url: URL, token: string, body: object): Promise<T> {
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
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) {
    throw new Error(`the daemon at ${url.origin} does not know these keys; see --data, --keys-file and --url`);
  }
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(`the daemon refused: ${problem.detail ?? `status ${response.status}`}`);
}

if (import.meta.main) await runTool(agency);
