import { setTimeout } from 'node:timers/promises';
import { Type } from 'typebox';
import { readOptions, type Sources } from './options.ts';
import { asked, runTool } from './program.ts';
import { type ReplayStatus, replayable } from './project/replay.ts';

const OptionsSchema = Type.Object({
  projection: Type.Union(
    replayable.map((name) => Type.Literal(name)),
    { description: 'which one' },
  ),
  from: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'keep what is there and apply the log again from a time (UTC ms or ISO 8601 with a zone) or a place in the ' +
        'log; for trails and dead-letters, where a record given twice changes nothing',
    }),
  ),
  adminPort: Type.Integer({
    minimum: 1,
    maximum: 65_535,
    default: 9180,
    description: 'port on 127.0.0.1 of the running daemon',
  }),
});

/** ms between questions about how far it is, and between lines that tell */
const askEvery = 250;
const tellEvery = 2000;

/** `npm run replay`: has the running daemon build one projection from the log again, while it goes on serving. */
export async function replay(from: Sources, tell = (line: string) => void process.stderr.write(`${line}\n`)) {
  const program = {
    name: 'npm run -s replay --',
    does:
      'Builds one projection from the log again, in the running daemon, while it goes on serving. Registry, health,\n' +
      'dead letters and outcomes (what reports tell of past days) are rebuilt beside the present ones, which they replace\n' +
      'at the end; trails, which reach further back than the log, are kept and take what they miss. Ended early, it goes on in the daemon.',
  };
  const reading = readOptions(program, OptionsSchema, from);
  if (!('options' in reading)) return asked(reading) ?? '';
  const { projection, from: start, adminPort } = reading.options;
  const url = new URL(`http://127.0.0.1:${adminPort}/replays`);
  let status = await call<ReplayStatus>(url, { projection, ...(start === undefined ? {} : { from: start }) });
  const { startedAt } = status;
  for (let told = performance.now(); status.state === 'running'; ) {
    await setTimeout(askEvery);
    const { replay: now } = await call<{ replay: ReplayStatus | null }>(url).catch((error: Error) => {
      throw new Error(`the daemon ended before the replay did: ${error.message}`, { cause: error });
    });
    if (now?.startedAt !== startedAt) throw new Error('the daemon was restarted before the replay was over');
    status = now;
    if (performance.now() - told < tellEvery) continue;
    told = performance.now();
    tell(`${projection}: ${status.records} records so far`);
  }
  const { state, way, records, endedAt = startedAt, detail } = status;
  if (state === 'failed') {
    const left = way === 'rebuild' ? 'is as it was' : `keeps what it was given, ${records} records`;
    throw new Error(`${projection} ${left}: ${detail ?? 'the replay failed'}`);
  }
  const seconds = ((endedAt - startedAt) / 1000).toFixed(1);
  const done = way === 'rebuild' ? 'rebuilt from' : 'given once more';
  return `${projection}: ${done} ${records} records in ${seconds} s`;
}

async function call<T>(url: URL, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new Error(`no daemon answers at ${url.origin} (${why}); start it, or name its port with --admin-port`);
  }
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(`the daemon refused: ${problem.detail ?? `status ${response.status}`}`);
}

if (import.meta.main) await runTool(replay);
