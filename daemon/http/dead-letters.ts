import { type Static, Type } from 'typebox';
import { DeadLetter, reasons } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import type { Outcome, Sender } from '../ingest/intake.ts';
import type { LogError } from '../log/log.ts';
import type { PlaceOutcome } from '../project/place-intake.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf } from './change.ts';
import { cursorOf, next, pageQuery, readCursor } from './keyset.ts';
import { notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage } from './visible.ts';

/** The pipeline's way to take a dead letter once more. */
export interface Replay {
  replay(
    letter: DeadLetter,
    sender: Omit<Sender, 'via'>,
    settled: (error: LogError | undefined, outcome: Outcome) => void,
  ): void;
}

/** The way of a refused place; undefined: the letter is none of a place. */
export interface PlaceReplay {
  replay(letter: DeadLetter, agency: string, actor: string): Promise<PlaceOutcome | undefined>;
}

const Replayed = Type.Object({
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() }), {
    description: 'still refused; each is a dead letter again',
  }),
  ignored: Type.Optional(Type.String({ description: 'rightly no position in it: what it was' })),
});

function replayedPlace(outcome: PlaceOutcome): Static<typeof Replayed> {
  if (outcome.kind === 'unchanged') return { accepted: 0, duplicates: 1, rejected: [] };
  if ('place' in outcome) return { accepted: 1, duplicates: 0, rejected: [] };
  const reason = outcome.kind === 'malformed' ? 'bad-field' : outcome.kind;
  return { accepted: 0, duplicates: 0, rejected: [{ index: 0, reason, detail: outcome.detail }] };
}

const access: Access = { roles: staff };
const tags = ['dead letters'];

/** What was refused, with its bytes and the reason, to be looked at and, after a fix, taken once more. */
export function deadLetterRoutes(deps: { world: World; replay: Replay; places?: PlaceReplay }) {
  const { world } = deps;
  return async (app: App): Promise<void> => {
    app.get(
      '/api/dead-letters',
      {
        config: { access },
        schema: {
          tags,
          summary: 'What was refused, newest first',
          querystring: Type.Object(
            {
              ...pageQuery(50, 200),
              reason: Type.Optional(Type.Enum([...reasons])),
              device: Type.Optional(Id),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ items: Type.Array(DeadLetter), next }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const { cursor, limit = 50, reason, device } = request.query;
        const before = readCursor(cursor);
        const found = world.deadLetters.list(agency, {
          limit: limit + 1,
          ...(reason === undefined ? {} : { reason }),
          ...(device === undefined ? {} : { device }),
          ...(before === undefined ? {} : { before }),
        });
        const items = found.slice(0, limit);
        const last = items.at(-1);
        reply.header('cache-control', 'no-store');
        return { items, next: found.length > limit && last !== undefined ? cursorOf(last.id) : null };
      },
    );

    app.post(
      '/api/dead-letters/:id/replay',
      {
        config: { access: { roles: rolesThatManage('dead-letters') } },
        schema: {
          tags,
          summary: 'Take a dead letter once more, as its device sent it and when',
          params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
          response: { 200: Replayed },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const letter = world.deadLetters.get(agency, request.params.id);
        if (letter === undefined) throw notFound();
        reply.header('cache-control', 'no-store');
        const place = await deps.places?.replay(letter, agency, byOf(request).actor);
        if (place !== undefined) return replayedPlace(place);
        const device = world.registry.device(agency, letter.device);
        if (device === undefined) {
          throw new Problem(422, 'cannot-be', why('letter-of-nobody', { device: letter.device }));
        }
        const { accepted, duplicates, rejected, ignored } = await new Promise<Outcome>((resolve, reject) => {
          deps.replay.replay(letter, { agency, device }, (error, outcome) =>
            error === undefined ? resolve(outcome) : reject(error),
          );
        });
        return {
          accepted,
          duplicates,
          rejected: rejected.map(({ index, reason, detail }) => ({ index, reason, detail })),
          ...(ignored === undefined ? {} : { ignored }),
        };
      },
    );
  };
}
