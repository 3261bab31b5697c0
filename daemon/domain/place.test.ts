import { describe, expect, it } from 'vitest';
import { baseGazetteer, type Place, type PlaceEvent } from '../../protocol/place.ts';
import { putPlace, removePlace, restorePlace } from './decide-place.ts';
import type { Context } from './decision.ts';
import { applyPlace, type PlaceLayer, type PlaceView, seen } from './place.ts';
import type { DecisionView } from './registry-reader.ts';

const place: Place = {
  key: 't:1',
  kind: 'city',
  name: 'Nagpur',
  country: 'IN',
  state: 'Maharashtra',
  latitude: 21.1,
  longitude: 79.1,
};
const noView = {} as DecisionView;
let ids = 0;
const context: Context = {
  now: 1000,
  actor: 'ADMIN:asha',
  newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
};

/** Layers in memory. */
class Layers implements PlaceView {
  readonly layers = new Map<string, PlaceLayer>();
  layer(agency: string, key: string) {
    return this.layers.get(`${agency}/${key}`);
  }
  place(agency: string, key: string) {
    return seen(this.layer(baseGazetteer, key), agency === baseGazetteer ? undefined : this.layer(agency, key));
  }
  apply(agency: string, event: PlaceEvent) {
    const { verdict, layer } = applyPlace(this.layer(agency, event.data.key), agency, event);
    if (layer !== undefined) this.layers.set(`${agency}/${event.data.key}`, layer);
    return verdict;
  }
  /** Decides and applies; answers the verdict, or what was refused. */
  carryOut(agency: string, decide: ReturnType<typeof putPlace> | ReturnType<typeof removePlace>) {
    const decision = decide(noView, context);
    if (!decision.ok) return decision.kind;
    const [record] = decision.records;
    return record === undefined ? 'nothing' : this.apply(agency, record.value as PlaceEvent);
  }
}

describe('a place', () => {
  it('lives its life in one layer', () => {
    const places = new Layers();
    const put = (name: string) => putPlace(places, 'demo', { ...place, name });
    const story = [
      removePlace(places, 'demo', 't:1'),
      restorePlace(places, 'demo', 't:1'),
      put('Nagpur'),
      put('Nagpur'),
      put('Nāgpur'),
      removePlace(places, 'demo', 't:1'),
      removePlace(places, 'demo', 't:1'),
      restorePlace(places, 'demo', 't:1'),
      restorePlace(places, 'demo', 't:1'),
    ].map((decide) => places.carryOut('demo', decide));
    expect(story).toEqual([
      'missing',
      'missing',
      'applied',
      'nothing',
      'applied',
      'applied',
      'missing',
      'applied',
      'nothing',
    ]);
    expect(places.place('demo', 't:1')).toMatchObject({ name: 'Nāgpur', version: 4, layer: 'own' });
  });

  it('that two daemons change at once is changed by one', () => {
    const places = new Layers();
    places.carryOut('demo', putPlace(places, 'demo', place));
    const events = [removePlace(places, 'demo', 't:1'), putPlace(places, 'demo', { ...place, name: 'X' })].map(
      (decide) => {
        const decision = decide(noView, context);
        return decision.ok ? (decision.records[0]?.value as PlaceEvent) : undefined;
      },
    );
    expect(events.map((event) => event && places.apply('demo', event))).toEqual([
      'applied',
      { dropped: 'place:t:1 is at version 2, not 1' },
    ]);
  });

  it('of the base may be covered, hidden and shown again by an agency, for itself alone', () => {
    const places = new Layers();
    places.carryOut(baseGazetteer, putPlace(places, baseGazetteer, place));
    expect(places.place('demo', 't:1')).toMatchObject({ layer: 'base', version: 1 });
    expect(places.carryOut('demo', removePlace(places, 'demo', 't:1'))).toBe('applied');
    expect(places.place('demo', 't:1')).toBeUndefined();
    expect(places.place('other', 't:1')).toMatchObject({ layer: 'base' });
    expect(places.carryOut('demo', restorePlace(places, 'demo', 't:1'))).toBe('applied');
    expect(places.place('demo', 't:1')).toMatchObject({ layer: 'base', version: 3 });
    places.carryOut('demo', putPlace(places, 'demo', { ...place, name: 'Ours' }));
    places.carryOut(baseGazetteer, putPlace(places, baseGazetteer, { ...place, name: 'Theirs' }));
    expect(places.place('demo', 't:1')).toMatchObject({ name: 'Ours', layer: 'own' });
    expect(places.place('other', 't:1')).toMatchObject({ name: 'Theirs', layer: 'base' });
  });
});
