import type { Changes } from './changes.ts';

/**
 * What a viewer may watch. Those who may see a whole agency (or all its vans) share frames that are encoded once;
 * everyone else is named the subjects one by one.
 */
export type Audience =
  | { kind: 'agency' }
  | { kind: 'vans' }
  | { kind: 'some'; vans: ReadonlySet<string>; consumers: ReadonlySet<string> };

export function seesVan(audience: Audience, id: string): boolean {
  return audience.kind !== 'some' || audience.vans.has(id);
}

export function seesConsumer(audience: Audience, id: string): boolean {
  return audience.kind === 'agency' || (audience.kind === 'some' && audience.consumers.has(id));
}

/** The part of the changes that concerns this audience. */
export function visible(audience: Audience, changes: Changes): Changes {
  if (audience.kind === 'agency') return changes;
  if (audience.kind === 'vans') return { ...changes, consumers: new Set() };
  const both = (watched: ReadonlySet<string>, changed: Set<string>) =>
    new Set([...watched].filter((id) => changed.has(id)));
  return {
    moved: both(audience.vans, changes.moved),
    vans: both(audience.vans, changes.vans),
    consumers: both(audience.consumers, changes.consumers),
  };
}

/** Two audiences of different people are equal when they see the same; used to notice that rights changed. */
export function sameAudience(a: Audience, b: Audience): boolean {
  if (a.kind !== 'some' || b.kind !== 'some') return a.kind === b.kind;
  const same = (x: ReadonlySet<string>, y: ReadonlySet<string>) => x.size === y.size && [...x].every((id) => y.has(id));
  return same(a.vans, b.vans) && same(a.consumers, b.consumers);
}
