import { type TSchema, Type } from 'typebox';
import { SeenPlace } from '../../protocol/place.ts';
import { said, why } from '../../protocol/refusal-text.ts';
import { CityFields, PincodeFields } from '../domain/city-fields.ts';
import type { PlaceIntake, PlaceItemKind, PlaceOutcome } from '../project/place-intake.ts';
import { signedIn } from './auth.ts';
import { byOf, problemOfRefusal, tagged } from './change.ts';
import { placeWriters, updatesPath } from './location-updates.ts';
import { badField, Problem } from './problem.ts';
import { type App, invalid, validatorCompiler } from './validation.ts';

const mostItems = 1000;
/** Bytes of a list; a thousand cities with names in several scripts are about 1 MB. */
const bodyLimit = 4 * 1_048_576;

const querystring = Type.Object(
  {
    existing: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('update')], {
        default: 'refuse',
        description: 'what happens to a place that is there already',
      }),
    ),
  },
  { additionalProperties: false },
);
const ItemAnswer = Type.Object({
  index: Type.Integer(),
  status: Type.Integer({ description: '201 created, 200 changed or the same as before, or as if it had come alone' }),
  key: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  type: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});
const ListAnswer = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Integer({ description: 'what is no place at all is kept as a dead letter' }),
  items: Type.Array(ItemAnswer),
});

/** Lists of places, answered item by item; a single pincode as if it were alone. */
export function placeListRoutes({ intake }: { intake: Pick<PlaceIntake, 'take'> }) {
  const lists: { route: string; kind: PlaceItemKind; summary: string; body: TSchema; alone: boolean }[] = [
    {
      route: 'cities/bulk',
      kind: 'city',
      summary: `Add up to ${mostItems} cities, answered item by item`,
      body: Type.Array(CityFields, { maxItems: mostItems }),
      alone: false,
    },
    {
      route: 'pincodes',
      kind: 'pincode',
      summary: `Add a pincode's area, or a list of up to ${mostItems} that is answered item by item`,
      body: Type.Union([PincodeFields, Type.Array(PincodeFields, { maxItems: mostItems })]),
      alone: true,
    },
  ];
  return async (app: App): Promise<void> => {
    for (const { route, kind, summary, body, alone } of lists) {
      app.post(
        `${updatesPath}/${route}`,
        {
          config: { access: placeWriters },
          bodyLimit,
          // The body is checked item by item below: one wrong line must not turn away the others.
          validatorCompiler: (part) =>
            part.httpPart === 'body' ? (data: unknown) => ({ value: data }) : validatorCompiler(part as never),
          schema: {
            tags: ['places'],
            summary,
            querystring,
            body,
            response: alone ? { 200: ListAnswer, 201: SeenPlace } : { 200: ListAnswer },
          },
        },
        async (request, reply) => {
          const { agency, subject } = signedIn(request);
          const { actor } = byOf(request);
          const { existing = 'refuse' } = request.query;
          const sender = { agency, actor, subject };
          const how = { existing, via: `POST ${updatesPath}/${route}` };
          reply.header('cache-control', 'no-store');
          const sent: unknown = request.body;
          if (alone && !Array.isArray(sent)) {
            const [outcome] = await intake.take(kind, [sent], sender, how);
            if (outcome === undefined || !('place' in outcome)) throw problemOf(outcome);
            reply.code(outcome.kind === 'created' ? 201 : 200);
            return reply.send(tagged(reply, outcome.place) as never);
          }
          const items = (await intake.take(kind, itemsOf(sent), sender, how)).map(answerOf);
          const accepted = items.filter(({ status }) => status < 300).length;
          return reply.send({ accepted, rejected: items.length - accepted, items } as never);
        },
      );
    }
  };
}

function itemsOf(body: unknown): unknown[] {
  const wrong = (keyword: string, message: string) => invalid('', [{ keyword, instancePath: '', params: {}, message }]);
  if (!Array.isArray(body)) throw wrong('type', 'must be a list');
  if (body.length > mostItems) throw wrong('maxItems', `must NOT have more than ${mostItems} items`);
  return body;
}

function answerOf(outcome: PlaceOutcome, index: number) {
  if ('place' in outcome) {
    const { key, version } = outcome.place;
    return { index, status: outcome.kind === 'created' ? 201 : 200, key, version };
  }
  const { status, type, message: detail, why: reason } = problemOf(outcome);
  return { index, status, ...('key' in outcome ? { key: outcome.key } : {}), type, detail, ...said(reason) };
}

function problemOf(outcome: Exclude<PlaceOutcome, { place: unknown }> | undefined): Problem {
  if (outcome === undefined) return new Problem(400, 'invalid', why('nothing-in-it'));
  if (outcome.kind !== 'malformed') return problemOfRefusal(outcome);
  const [, field = '', message = outcome.detail] = /^([\w.]+): (.*)$/s.exec(outcome.detail) ?? [];
  const path = field === '' ? '' : `/${field.replaceAll('.', '/')}`;
  return badField(path, 'schema', message);
}
