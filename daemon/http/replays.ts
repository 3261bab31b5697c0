import { Type } from 'typebox';
import { why } from '../../protocol/refusal-text.ts';
import { type ReplayFrom, ReplayRefused, type Replays, replayable } from '../project/replay.ts';
import { readTime } from './period.ts';
import { Problem } from './problem.ts';
import type { App } from './validation.ts';

const Status = Type.Object(
  {
    projection: Type.String(),
    way: Type.String(),
    state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
    records: Type.Integer(),
    startedAt: Type.Integer(),
    endedAt: Type.Optional(Type.Integer()),
    detail: Type.Optional(Type.String()),
  },
  { $id: 'Replay' },
);

/** On the admin port: replay one projection (`npm run -s replay`), and how far that is. */
export function replayRoutes(replays: Pick<Replays, 'begin' | 'status'>) {
  return async (app: App): Promise<void> => {
    app.get(
      '/replays',
      { schema: { response: { 200: Type.Object({ replay: Type.Union([Status, Type.Null()]) }) } } },
      async () => ({ replay: replays.status() ?? null }),
    );

    app.post(
      '/replays',
      {
        schema: {
          body: Type.Object(
            {
              projection: Type.Enum([...replayable]),
              from: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
            },
            { additionalProperties: false },
          ),
          response: { 202: Status },
        },
      },
      async (request, reply) => {
        const { projection, from } = request.body;
        try {
          return reply.code(202).send(replays.begin(projection, from === undefined ? undefined : fromOf(from)));
        } catch (error) {
          if (error instanceof ReplayRefused)
            throw new Problem(409, 'replay-refused', why('replay-refused', { message: error.message }));
          throw error;
        }
      },
    );
  };
}

/** A time, or else a place in the log. */
function fromOf(text: string): ReplayFrom {
  const time = readTime(text);
  return time === undefined ? { cursor: text } : { time };
}
