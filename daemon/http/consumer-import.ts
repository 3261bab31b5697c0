import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { why } from '../../protocol/refusal-text.ts';
import type { DecisionView } from '../domain/registry-reader.ts';
import { importConsumers } from '../import/consumer-import.ts';
import { UnreadableList } from '../import/csv.ts';
import type { ImportReport } from '../import/import-report.ts';
import type { ListFormat } from '../import/read-list.ts';
import { type Spooled, spool, TooLarge } from '../import/spool.ts';
import type { BatchCommands } from '../project/batch-commands.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf } from './change.ts';
import { badField, Problem } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

/** Bytes of a list: 100,000 rows of 300 bytes. */
const mostBytes = 32 * 1_048_576;
const formats: Readonly<Record<string, ListFormat>> = {
  'text/csv': 'csv',
  'application/json': 'json',
  'application/x-ndjson': 'json',
};
const access: Access = { roles: rolesThatManage('consumers') };

export interface ConsumerImportDeps {
  view: DecisionView;
  batch: Pick<BatchCommands, 'executeAll'>;
  /** UTC ms */
  now: () => number;
}

/** Importing a list of consumers, with everything that is to be said about it while it runs. */
export function consumerImportRoutes(deps: ConsumerImportDeps) {
  /** agencies that are importing here now: a second list at the same time is a mistake as a rule */
  const running = new Set<string>();

  return async (app: App): Promise<void> => {
    // The body stays a stream, in this plugin alone.
    app.removeContentTypeParser('application/json');
    for (const type of Object.keys(formats)) {
      app.addContentTypeParser(type, { bodyLimit: mostBytes }, (_request, payload, done) => done(null, payload));
    }

    app.post(
      '/api/consumers/import',
      {
        config: { access },
        bodyLimit: mostBytes,
        validatorCompiler: (part) =>
          part.httpPart === 'body'
            ? (data: unknown) => ({ value: data })
            : (app.validatorCompiler as NonNullable<typeof app.validatorCompiler>)(part),
        schema: {
          tags: ['consumers'],
          summary: 'Import a list of consumers; who has the same number is brought up to date',
          description:
            'CSV (with a header), a JSON list, or JSON lines; up to 100,000 rows. The answer is JSON lines while the ' +
            'import runs: `columns` (what was made of the header), `bad` (a row, with its number and what is wrong), ' +
            '`progress`, and at the end `done` or `failed`. Repeating it does nothing twice.',
          consumes: Object.keys(formats),
          produces: ['application/x-ndjson'],
          querystring: Type.Object(
            {
              dryRun: Type.Optional(Type.Boolean({ default: false, description: 'only say what would happen' })),
              mapping: Type.Optional(
                Type.String({
                  maxLength: 4000,
                  description: 'JSON: columns by field, `{"number":["Cons. No"]}`; fields left out are guessed',
                }),
              ),
            },
            { additionalProperties: false },
          ),
          response: { 200: { content: { 'application/x-ndjson': { schema: Type.Object({}) } } } },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { actor } = byOf(request);
        const format = formats[(request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''];
        const mapping = readMapping(request.query.mapping);
        if (format === undefined || request.body === undefined) throw unsupported();
        if (running.has(agency)) throw new Problem(409, 'busy', why('importing-already'));
        running.add(agency);
        let upload: Spooled | undefined;
        try {
          upload = await spool(request.body as AsyncIterable<Uint8Array>, mostBytes);
          const order = { agency, actor, format, dryRun: request.query.dryRun ?? false };
          const reports = importConsumers(upload.bytes, mapping === undefined ? order : { ...order, mapping }, deps);
          // Nothing is sent before the header is known to be one: until then the answer can be a problem.
          const first = await reports.next();
          const { close } = upload;
          const ended = () => {
            running.delete(agency);
            void close();
          };
          reply.type('application/x-ndjson; charset=utf-8').header('cache-control', 'no-store');
          return reply.send(Readable.from(lines(first.value as ImportReport, reports, ended)) as never);
        } catch (error) {
          running.delete(agency);
          await upload?.close();
          throw problemOf(error);
        }
      },
    );
  };
}

async function* lines(
  first: ImportReport,
  others: AsyncGenerator<ImportReport>,
  ended: () => void,
): AsyncGenerator<string> {
  try {
    yield `${JSON.stringify(first)}\n`;
    for await (const report of others) yield `${JSON.stringify(report)}\n`;
  } finally {
    ended();
  }
}

function readMapping(text: string | undefined): Record<string, string[]> | undefined {
  if (text === undefined) return undefined;
  const wrong = (message: string) => badField('query/mapping', 'format', message);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('must be JSON');
  }
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries === undefined) throw wrong('must be an object of lists of columns');
  const mapping: Record<string, string[]> = {};
  for (const [field, columns] of entries) {
    const list: unknown[] = Array.isArray(columns) ? columns : [columns];
    if (!list.every((column) => typeof column === 'string')) throw wrong(`has no list of columns for ${field}`);
    mapping[field] = list;
  }
  return mapping;
}

function problemOf(error: unknown): unknown {
  if (error instanceof TooLarge) return new Problem(413, 'too-large', why('list-too-large'));
  if (!(error instanceof UnreadableList)) return error;
  return new Problem(422, 'unreadable-list', why('list-unreadable', { message: error.message }));
}

function unsupported(): Problem {
  const types = Object.keys(formats).join(', ');
  return new Problem(415, 'unsupported-media-type', why('list-type', { types }));
}
