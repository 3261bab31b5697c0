import type { Rights } from '../../protocol/access.ts';
import { kindOf, operatorKinds } from '../../protocol/alert.ts';
import { type Changes, noChanges } from './changes.ts';

/**
 * What a viewer may watch. Those who may see a whole agency (or all its vans) share frames that are encoded once;
 * everyone else is named the subjects one by one, with what of their positions he may see. `operator`: he sees the alerts
 * about the daemon as well.
 */
export type Audience = { kind: 'agency'; operator?: boolean } | { kind: 'vans' } | SomeSubjects;

export interface SomeSubjects {
  kind: 'some';
  vans: ReadonlyMap<string, Rights>;
  consumers: ReadonlyMap<string, Rights>;
  orders: ReadonlySet<string>;
  /** UTC ms at which time alone may change it; Infinity: never */
  reviewAt: number;
}

export function seesVan(audience: Audience, id: string): boolean {
  return audience.kind !== 'some' || audience.vans.has(id);
}

export function seesConsumer(audience: Audience, id: string): boolean {
  return audience.kind === 'agency' || (audience.kind === 'some' && audience.consumers.has(id));
}

export function seesOrder(audience: Audience, id: string): boolean {
  return audience.kind === 'agency' || (audience.kind === 'some' && audience.orders.has(id));
}

export function seesAlert(audience: Audience, id: string): boolean {
  return audience.kind === 'agency' && (audience.operator === true || !operatorKinds.has(kindOf(id)));
}

/** The part of the changes that concerns this audience. */
export function visible(audience: Audience, changes: Changes): Changes {
  if (audience.kind === 'agency') {
    if (audience.operator === true || changes.alerts.size === 0) return changes;
    return { ...changes, alerts: new Set([...changes.alerts].filter((id) => seesAlert(audience, id))) };
  }
  const { moved, vans } = changes;
  if (audience.kind === 'vans') return { ...noChanges(), moved, vans };
  const both = (watched: Iterable<string>, changed: Set<string>) =>
    new Set([...watched].filter((id) => changed.has(id)));
  return {
    moved: both(audience.vans.keys(), changes.moved),
    vans: both(audience.vans.keys(), changes.vans),
    consumers: both(audience.consumers.keys(), changes.consumers),
    orders: both(audience.orders, changes.orders),
    alerts: new Set(),
    // The gazetteer is no secret, but only those who look after it draw it anew.
    places: new Set(),
  };
}

/** What somebody sees no more, and what he sees anew or other fixes of, when his audience has changed. */
export interface Difference {
  gone: { kind: 'van' | 'consumer' | 'order'; subject: string }[];
  come: { vans: string[]; consumers: string[]; orders: string[] };
}

/** What changes for a viewer; null: nothing. */
export function difference(before: SomeSubjects, after: SomeSubjects): Difference | null {
  const lost = (kind: 'van' | 'consumer' | 'order', had: Iterable<string>, has: { has(id: string): boolean }) =>
    [...had].filter((id) => !has.has(id)).map((subject) => ({ kind, subject }));
  const other = (had: ReadonlyMap<string, Rights>, has: ReadonlyMap<string, Rights>) =>
    [...has].filter(([id, rights]) => !sameRights(had.get(id), rights)).map(([id]) => id);
  const found: Difference = {
    gone: [
      ...lost('van', before.vans.keys(), after.vans),
      ...lost('consumer', before.consumers.keys(), after.consumers),
      ...lost('order', before.orders, after.orders),
    ],
    come: {
      vans: other(before.vans, after.vans),
      consumers: other(before.consumers, after.consumers),
      orders: [...after.orders].filter((id) => !before.orders.has(id)),
    },
  };
  const { gone, come } = found;
  const changed = gone.length + come.vans.length + come.consumers.length + come.orders.length > 0;
  return changed ? found : null;
}

function sameRights(a: Rights | undefined, b: Rights): boolean {
  return a?.see === b.see && a.from === b.from && a.until === b.until;
}
