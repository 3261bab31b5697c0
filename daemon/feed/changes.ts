/** Which subjects differ from what a viewer was told: ids only, so that the newest state per subject always wins. */
export interface Changes {
  moved: Set<string>;
  vans: Set<string>;
  consumers: Set<string>;
}

export const noChanges = (): Changes => ({ moved: new Set(), vans: new Set(), consumers: new Set() });

export function isEmpty(changes: Changes): boolean {
  return changes.moved.size === 0 && changes.vans.size === 0 && changes.consumers.size === 0;
}

/** Adds `more` to `changes`. */
export function merge(changes: Changes, more: { [K in keyof Changes]: ReadonlySet<string> }): void {
  for (const id of more.moved) changes.moved.add(id);
  for (const id of more.vans) changes.vans.add(id);
  for (const id of more.consumers) changes.consumers.add(id);
}
