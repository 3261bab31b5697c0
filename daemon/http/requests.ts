import { Type } from 'typebox';
import { why } from '../../protocol/refusal-text.ts';
import type { Commands } from '../project/commands.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { Problem } from './problem.ts';
import type { App } from './validation.ts';

const RequestView = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([Type.Literal('pending'), Type.Literal('applied'), Type.Literal('dropped')], {
      description: 'pending: on its way to the log; dropped: it came too late, and changed nothing',
    }),
    detail: Type.Optional(Type.String({ description: 'why it was dropped' })),
  },
  { $id: 'Request' },
);

/** What became of a change that was answered with 503 and a `request`. Any daemon of the same log can say. */
export function requestRoutes({ commands }: { commands: Pick<Commands, 'outcome'> }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/requests/:id',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['requests'],
          summary: 'What became of a change whose answer was 503 with a `request`; kept for a day',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 200: RequestView },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const found = commands.outcome(signedIn(request).agency, id);
        reply.header('cache-control', 'no-store');
        if (found === undefined) {
          // The same words for another agency's: nothing tells that it exists.
          throw new Problem(404, 'not-found', why('request-unknown'));
        }
        return found;
      },
    );
  };
}
