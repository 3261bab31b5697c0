import { Compile } from 'typebox/compile';
import { baseGazetteer, Place, PlaceEvent, type SeenPlace } from '../../protocol/place.ts';
import { why } from '../../protocol/refusal-text.ts';
import { type Context, type Decide, firstError, type Refusal, refuse, refuseValue, staleness } from './decision.ts';
import { applyPlace, type PlaceLayer, type PlaceView, placeSubject, seen } from './place.ts';

const checkPlace = Compile(Place);
const checkEvent = Compile(PlaceEvent);

/** A place as it is to be from now on. `create` refuses one that is there, `update` one that is not. */
export function putPlace(
  places: PlaceView,
  agency: string,
  place: Place,
  how: 'create' | 'update' | 'either' = 'either',
): Decide<SeenPlace> {
  return (_view, context) => {
    const { key } = place;
    const current = places.place(agency, key);
    if (how === 'create' && current !== undefined) return refuse('exists', why('place-exists', { key }), current);
    if (how === 'update' && current === undefined) return refuse('missing', `place ${key} does not exist`);
    const stale = current === undefined ? undefined : staleness(current, `place ${key}`, context);
    if (stale !== undefined) return stale;
    const wrong = firstError(checkPlace, place);
    if (wrong !== undefined) return refuseValue(wrong);
    // The same once more is no change, so that an import that is repeated writes nothing.
    if (current !== undefined && same(current, place)) return { ok: true, records: [], value: current };
    return decided(places, agency, { type: 'place-put', data: { key, place } }, context);
  };
}

/** Not shown any more, and kept: it can be restored. An agency that removes a place of the base hides it for itself. */
export function removePlace(places: PlaceView, agency: string, key: string): Decide<SeenPlace | null> {
  return (_view, context) => {
    const current = places.place(agency, key);
    if (current === undefined) return refuse('missing', `place ${key} does not exist`);
    const stale = staleness(current, `place ${key}`, context);
    return stale ?? decided(places, agency, { type: 'place-removed', data: { key } }, context);
  };
}

/** Shows a removed place again as it was. */
export function restorePlace(places: PlaceView, agency: string, key: string): Decide<SeenPlace> {
  return (_view, context) => {
    const layer = places.layer(agency, key);
    if (layer === undefined) return refuse('missing', `place ${key} does not exist`);
    const current = places.place(agency, key);
    if (current !== undefined) return { ok: true, records: [], value: current };
    return decided(places, agency, { type: 'place-restored', data: { key } }, context);
  };
}

type Change = PlaceEvent extends infer E ? (E extends PlaceEvent ? Pick<E, 'type' | 'data'> : never) : never;

function decided<T extends SeenPlace | null>(places: PlaceView, agency: string, change: Change, context: Context) {
  const { key } = change.data;
  const before: PlaceLayer | undefined = places.layer(agency, key);
  const expects = [{ subject: placeSubject(key), version: before?.version ?? 0 }];
  const event = { id: context.newId(), time: context.now, actor: context.actor, expects, ...change } as PlaceEvent;
  const wrong = firstError(checkEvent, event);
  if (wrong !== undefined) return refuseValue(wrong.replace(/^data\./, ''));
  const { verdict, layer } = applyPlace(before, agency, event);
  if (verdict !== 'applied')
    return refuse('stale', why('place-dropped', { dropped: verdict.dropped })) satisfies Refusal;
  const after = agency === baseGazetteer ? seen(layer, undefined) : seen(places.layer(baseGazetteer, key), layer);
  const value = (after ?? null) as T;
  return { ok: true as const, records: [{ topic: 'places' as const, agency, id: key, value: event }], value };
}

function same({ version: _version, layer: _layer, distance: _distance, ...current }: SeenPlace, place: Place): boolean {
  const text = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(current) === text(place);
}
