import { createHash } from 'node:crypto';
import { baseGazetteer, type Place, type PlaceEvent, type SeenPlace } from '../../protocol/place.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { fold } from './place-text.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

/** What one layer says of a place. */
export interface PlaceLayer {
  /** number of events that were applied to it; it goes on counting through removals */
  version: number;
  removed: boolean;
  /** null: an agency hides or shows the base's place and has no own one */
  place: Place | null;
}

/** The places, as decisions and readers need them. */
export interface PlaceView {
  /** what a layer says of a place, removed ones too; undefined: nothing */
  layer(agency: string, key: string): PlaceLayer | undefined;
  /** what an agency sees under a key, the own layer before the base */
  place(agency: string, key: string): SeenPlace | undefined;
}

/** `place:KEY`, as `expects` names it. */
export function placeSubject(key: string): Subject {
  return `place:${key}`;
}

/** What an agency sees of a place, given what the base and its own layer say; undefined: it sees none. */
export function seen(base: PlaceLayer | undefined, own: PlaceLayer | undefined): SeenPlace | undefined {
  const version = (base?.version ?? 0) + (own?.version ?? 0);
  if (own?.removed) return undefined;
  if (own?.place) return { ...own.place, version, layer: 'own' };
  return base?.place && !base.removed ? { ...base.place, version, layer: 'base' } : undefined;
}

/**
 * The key of a place whose source gives it no id: where it lies, and its name. Parts are folded, so that writing it a
 * little differently does not make another place.
 */
export function placeKey(place: Pick<Place, 'country' | 'state' | 'district' | 'name' | 'pincode'>): string {
  const { country, state, district = '', name, pincode = '' } = place;
  const named = `${country}/${fold(state)}/${fold(district)}/${[fold(pincode), fold(name)].filter(Boolean).join(' ')}`;
  if (named.length <= 190) return named;
  return `${named.slice(0, 150)}~${createHash('sha256').update(named).digest('hex').slice(0, 32)}`;
}

/** What becomes of an event on what its layer says now; with the verdict `applied`, what the layer says afterwards. */
export function applyPlace(
  present: PlaceLayer | undefined,
  agency: string,
  event: PlaceEvent,
): { verdict: Verdict; layer?: PlaceLayer } {
  const { key } = event.data;
  const version = present?.version ?? 0;
  for (const expected of event.expects) {
    if (expected.subject !== placeSubject(key)) {
      return { verdict: { dropped: `${expected.subject} is not what the event is about` } };
    }
    if (expected.version !== version) {
      return { verdict: { dropped: `${expected.subject} is at version ${version}, not ${expected.version}` } };
    }
  }
  const next = { version: version + 1, removed: false, place: present?.place ?? null };
  switch (event.type) {
    case 'place-put':
      if (event.data.place.key !== key) return { verdict: { dropped: `${key} cannot become ${event.data.place.key}` } };
      return { verdict: 'applied', layer: { ...next, place: event.data.place } };
    case 'place-removed':
      if (present?.removed) return { verdict: { dropped: `${placeSubject(key)} is removed already` } };
      if (agency === baseGazetteer && next.place === null) {
        return { verdict: { dropped: `${placeSubject(key)} does not exist` } };
      }
      return { verdict: 'applied', layer: { ...next, removed: true } };
    case 'place-restored':
      if (!present?.removed) return { verdict: { dropped: `${placeSubject(key)} is not removed` } };
      return { verdict: 'applied', layer: next };
    default:
      return { verdict: { dropped: 'it is no event of a place' } };
  }
}

/** The event of a record of topic `places`; undefined for one that none of ours wrote. */
export function placeEventOf(record: LogRecord): PlaceEvent | undefined {
  if (record.topic !== 'places') return undefined;
  const { value } = record;
  return typeof value?.data?.key === 'string' && Array.isArray(value.expects) ? value : undefined;
}
