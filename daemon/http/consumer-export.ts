import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Type } from 'typebox';
import type { Consumer } from '../../protocol/registry.ts';
import type { World } from '../project/world.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { csvText } from './trail-formats.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

/** The columns have the names by which an import knows them, so that a list can be taken out, mended, and put in. */
const columns = [
  'number',
  'id',
  'name',
  'phone',
  'address',
  'pincode',
  'latitude',
  'longitude',
  'pinSource',
  'language',
  'notes',
] as const satisfies (keyof Consumer)[];

/** Rows that are written at a time; between them others have their turn. */
const together = 500;
const access: Access = { roles: rolesThatManage('consumers') };

/** Taking the list of consumers out, as a table or as JSON lines. */
export function consumerExportRoutes({ world }: { world: World }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/consumers/export',
      {
        config: { access },
        schema: {
          tags: ['consumers'],
          summary: 'All consumers as a list',
          description:
            'In CSV, a text that a spreadsheet would run as a formula has an apostrophe before it, which an import takes off.',
          produces: ['text/csv', 'application/x-ndjson'],
          querystring: Type.Object(
            {
              format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('json')], { default: 'csv' })),
            },
            { additionalProperties: false },
          ),
          response: { 200: { content: { 'text/csv': { schema: Type.String() } } } },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { format = 'csv' } = request.query;
        const type =
          format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8';
        const name = `consumers.${format === 'csv' ? 'csv' : 'ndjson'}`;
        reply.type(type).header('cache-control', 'no-store');
        reply.header('content-disposition', `attachment; filename="${name}"`);
        return reply.send(Readable.from(textOf(world, agency, format)) as never);
      },
    );
  };
}

async function* textOf(world: World, agency: string, format: 'csv' | 'json'): AsyncGenerator<string> {
  // Ids now, fields when their turn comes: who is erased meanwhile is not in it.
  const ids = Array.from(world.registry.consumers(agency), ({ id }) => id).sort();
  // Spreadsheets take a file for UTF-8 by the mark at its beginning.
  if (format === 'csv') yield `\uFEFF${columns.join(',')}\r\n`;
  for (let first = 0; first < ids.length; first += together) {
    let text = '';
    for (const id of ids.slice(first, first + together)) {
      const consumer = world.registry.consumer(agency, id);
      if (consumer !== undefined) text += format === 'csv' ? csvLine(consumer) : `${JSON.stringify(consumer)}\n`;
    }
    yield text;
    await setImmediate();
  }
}

function csvLine(consumer: Consumer): string {
  const cells = columns.map((column) => {
    const value = consumer[column];
    return typeof value === 'number' ? String(value) : csvText(value ?? '');
  });
  return `${cells.join(',')}\r\n`;
}
