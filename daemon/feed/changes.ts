/** Which subjects differ from what a viewer was told: ids only, so that the newest state per subject always wins. */
export interface Changes {
  moved: Set<string>;
  vans: Set<string>;
  consumers: Set<string>;
  orders: Set<string>;
}

export const noChanges = (): Changes => ({
  moved: new Set(),
  vans: new Set(),
  consumers: new Set(),
  orders: new Set(),
});

export function isEmpty(changes: Changes): boolean {
  return changes.moved.size + changes.vans.size + changes.consumers.size + changes.orders.size === 0;
}

type More = { [K in Exclude<keyof Changes, 'orders'>]: ReadonlySet<string> } & { orders?: ReadonlySet<string> };

/** Adds `more` to `changes`. */
export function merge(changes: Changes, more: More): void {
  for (const id of more.moved) changes.moved.add(id);
  for (const id of more.vans) changes.vans.add(id);
  for (const id of more.consumers) changes.consumers.add(id);
  for (const id of more.orders ?? []) changes.orders.add(id);
}
