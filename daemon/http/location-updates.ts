import { Type } from 'typebox';
import { type SeenPlace, SeenPlace as SeenPlaceSchema } from '../../protocol/place.ts';
import { why } from '../../protocol/refusal-text.ts';
import { CityChange, CityFields, cityOf, placeOfCity } from '../domain/city-fields.ts';
import { putPlace, removePlace, restorePlace } from '../domain/decide-place.ts';
import type { Decide } from '../domain/decision.ts';
import type { PlaceView } from '../domain/place.ts';
import { fold } from '../domain/place-text.ts';
import type { BatchCommands } from '../project/batch-commands.ts';
import type { PlaceFinder } from '../project/places.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { type By, byOf, problemOfRefusal, tagged } from './change.ts';
import { notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';

/** What the health of the places is made of. */
interface PlacesHealth {
  /** the log takes records */
  writable: boolean;
  /** records of the log that are not in the answers yet; null: not known */
  lag: number | null;
  /** changes that the index by name and position has not taken up yet */
  indexLag: number;
  problem?: string;
}

export interface LocationUpdateDeps {
  places: PlaceView;
  finder: PlaceFinder;
  batch: Pick<BatchCommands, 'executeAll'>;
  health: () => PlacesHealth;
}

/** Who may manage places, as access.ts has it: administrators, and services that hold the scope. */
export const placeWriters: Access = { roles: ['ADMIN', 'INTERNAL_SERVICE'], scope: 'places:write' };
const tags = ['places'];
/** Where the other system's routes begin. */
export const updatesPath = '/api/v1/location-updates';

const params = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 120 }),
  state: Type.String({ minLength: 1, maxLength: 80 }),
});
const which = Type.Object(
  { district: Type.Optional(Type.String({ maxLength: 80, description: 'where a state has several of this name' })) },
  { additionalProperties: false },
);
const Health = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('behind'), Type.Literal('failing')]),
  writable: Type.Boolean(),
  lag: Type.Union([Type.Integer(), Type.Null()], { description: 'records that are not in the answers yet' }),
  indexLag: Type.Integer({ description: 'changes that a search does not find yet' }),
  problem: Type.Optional(Type.String()),
});

/**
 * The gazetteer as another system keeps it up: routes and names of fields are that system's. Who changes places changes
 * those of his agency; the base is changed with a token of the operator for the agency `gazetteer`.
 */
export function locationUpdateRoutes(deps: LocationUpdateDeps) {
  const { places, finder } = deps;

  const carriedOut = async <T>(about: string, decide: Decide<T>, by: By): Promise<T> => {
    const [answer] = await deps.batch.executeAll([{ about, decide }], by);
    if (answer?.ok) return answer.value;
    throw problemOfRefusal(answer ?? { kind: 'missing' }, by);
  };

  /** The one city that a path means. Several: 409 with all of them, so that the caller can say which. */
  const one = async (
    agency: string,
    { name, state }: { name: string; state: string },
    district: string | undefined,
    removed = false,
  ) => {
    const found = (await finder.named(agency, name, state, removed)).filter(
      (place) => district === undefined || fold(place.district ?? '') === fold(district),
    );
    const [place, ...others] = found;
    if (place === undefined) throw notFound();
    if (others.length === 0) return place;
    const candidates = found.map(({ key, name: called, state: within, district: part, latitude, longitude }) => ({
      key,
      city_name: called,
      state: within,
      district: part ?? null,
      latitude,
      longitude,
    }));
    throw new Problem(409, 'ambiguous', why('place-ambiguous', { count: found.length }), {
      current: candidates,
    });
  };

  return async (app: App): Promise<void> => {
    app.post(
      `${updatesPath}/cities`,
      {
        config: { access: placeWriters },
        schema: { tags, summary: 'Add a city', body: CityFields, response: { 201: SeenPlaceSchema } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const place = placeOfCity(request.body);
        const added = await carriedOut(place.key, putPlace(places, viewer.agency, place, 'create'), byOf(request));
        return reply.code(201).send(tagged(reply, added));
      },
    );

    app.put(
      `${updatesPath}/cities/:name/:state`,
      {
        config: { access: placeWriters },
        schema: {
          tags,
          summary: 'Change a city; what is left out stays, null takes a field away',
          params,
          querystring: which,
          body: CityChange,
          response: { 200: SeenPlaceSchema },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        const { key } = await one(agency, request.params, request.query.district);
        const decide: Decide<SeenPlace> = (view, context) => {
          // Decided on the place as it is then, also when others were faster.
          const current = places.place(agency, key);
          const fields = current === undefined ? undefined : { ...cityOf(current), ...request.body };
          const place = fields === undefined ? undefined : placeOfCity(fields);
          if (place === undefined) return { ok: false, kind: 'missing', detail: `place ${key} does not exist` };
          return putPlace(places, agency, { ...place, key }, 'update')(view, context);
        };
        return tagged(reply, await carriedOut(key, decide, byOf(request)));
      },
    );

    app.delete(
      `${updatesPath}/cities/:name/:state`,
      {
        config: { access: placeWriters },
        schema: {
          tags,
          summary: 'Remove a city; it can be restored',
          params,
          querystring: which,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { key } = await one(viewer.agency, request.params, request.query.district);
        await carriedOut(key, removePlace(places, viewer.agency, key), byOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${updatesPath}/cities/:name/:state/restore`,
      {
        config: { access: placeWriters },
        schema: {
          tags,
          summary: 'Show a removed city again as it was',
          params,
          querystring: which,
          response: { 200: SeenPlaceSchema },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { key } = await one(viewer.agency, request.params, request.query.district, true);
        return tagged(reply, await carriedOut(key, restorePlace(places, viewer.agency, key), byOf(request)));
      },
    );

    app.get(
      `${updatesPath}/kafka/health`,
      {
        config: { access: placeWriters },
        schema: {
          tags,
          summary: 'Whether changes of places are taken, and how far behind the answers are',
          response: { 200: Health },
        },
      },
      async (_request, reply) => {
        const health = deps.health();
        reply.header('cache-control', 'no-store');
        const failing = !health.writable || health.problem !== undefined;
        const behind = (health.lag ?? 1) > 0 || health.indexLag > 0;
        const status: 'failing' | 'behind' | 'healthy' = failing ? 'failing' : behind ? 'behind' : 'healthy';
        return { status, ...health };
      },
    );
  };
}
