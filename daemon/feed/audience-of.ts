import { rightsOn } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Audience } from './audience.ts';

/**
 * What a viewer may watch at `now` (UTC ms), asked of the one access function. Whoever may see a van and a consumer
 * about which nothing at all is known sees every one of them; everyone else is asked subject by subject.
 */
export function audienceOf(viewer: Viewer, registry: RegistryView, now: number): Audience {
  const { agency } = viewer;
  const sees = (kind: 'van' | 'consumer', id: string, facts: { driverId?: string } = {}) =>
    rightsOn(viewer, { kind, agency, id, ...facts }, now).see;
  // No registered id is empty.
  const everyVan = sees('van', '');
  if (everyVan && sees('consumer', '')) return { kind: 'agency' };
  if (everyVan) return { kind: 'vans' };
  const vans = new Set<string>();
  for (const { id, driverId } of registry.vans(agency)) {
    if (sees('van', id, driverId === undefined ? {} : { driverId })) vans.add(id);
  }
  const consumers = new Set<string>();
  if (registry.consumer(agency, viewer.subject) !== undefined && sees('consumer', viewer.subject)) {
    consumers.add(viewer.subject);
  }
  return { kind: 'some', vans, consumers };
}
