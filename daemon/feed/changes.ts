/** Which subjects differ from what a viewer was told: ids only, so that the newest state per subject always wins. */
export interface Changes {
  moved: Set<string>;
  vans: Set<string>;
  consumers: Set<string>;
  orders: Set<string>;
  alerts: Set<string>;
  /** keys; with more than `mostPlaces` of them it is only told that there were many */
  places: Set<string>;
}

/** Places of one tick that are told one by one: the import of a country is not. */
export const mostPlaces = 200;

export const noChanges = (): Changes => ({
  moved: new Set(),
  vans: new Set(),
  consumers: new Set(),
  orders: new Set(),
  alerts: new Set(),
  places: new Set(),
});

export function isEmpty(changes: Changes): boolean {
  return Object.values(changes).every((some: Set<string>) => some.size === 0);
}

type More = { [K in 'moved' | 'vans' | 'consumers']: Iterable<string> } & {
  [K in 'orders' | 'alerts' | 'places']?: Iterable<string>;
};

/** Adds `more` to `changes`. */
export function merge(changes: Changes, more: More): void {
  for (const id of more.moved) changes.moved.add(id);
  for (const id of more.vans) changes.vans.add(id);
  for (const id of more.consumers) changes.consumers.add(id);
  for (const id of more.orders ?? []) changes.orders.add(id);
  for (const id of more.alerts ?? []) changes.alerts.add(id);
  for (const key of more.places ?? []) {
    if (changes.places.size > mostPlaces) break;
    changes.places.add(key);
  }
}
