import { type VanStatus, vanStatuses } from '../../../protocol/status.ts';
import { type ConsumerEntry, searchable, statusOf, type VanEntry } from './entries.ts';

export type SortBy = 'name' | 'seen';
export type StatusFilter = VanStatus | 'all';
export type StatusCounts = Record<VanStatus, number> & { all: number };

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** How many vans are in each status at `now`. */
export function countByStatus(vans: Iterable<VanEntry>, now: number): StatusCounts {
  const counts: StatusCounts = { all: 0, moving: 0, stopped: 0, silent: 0, new: 0 };
  for (const entry of vans) {
    counts.all++;
    counts[statusOf(entry, now)]++;
  }
  return counts;
}

export interface ListWish {
  query: string;
  status: StatusFilter;
  sort: SortBy;
}

/** The vans by name: `Van 2` before `Van 10`. Costly for thousands, so it is done once per change of the fleet. */
export function byName(vans: Iterable<VanEntry>): VanEntry[] {
  return [...vans].sort((a, b) => names.compare(a.van.name, b.van.name) || names.compare(a.van.id, b.van.id));
}

/** Whether a van is wanted; the words of the query are looked up once for all vans. */
export function vanFilter({ query, status }: Omit<ListWish, 'sort'>, now: number): (entry: VanEntry) => boolean {
  const terms = termsOf(query);
  return (entry) =>
    (status === 'all' || statusOf(entry, now) === status) && terms.every((term) => entry.text.includes(term));
}

/** The vans to list, in order, from all of them by name. By last seen, the newest come first and `new` ones last. */
export function listVans(named: readonly VanEntry[], wish: ListWish, now: number): VanEntry[] {
  const found = named.filter(vanFilter(wish, now));
  if (wish.sort === 'name') return found;
  // Steps of ten seconds, so that vans reporting each second do not change places all the time; a stable sort.
  const seen = (entry: VanEntry) => (entry.position === null ? 0 : Math.floor(entry.position.fixTime / 10_000));
  return found.sort((a, b) => seen(b) - seen(a));
}

/** Consumers that match every word of the query; none for an empty query. A number also matches in the phone number. */
export function findConsumers(consumers: Iterable<ConsumerEntry>, query: string): ConsumerEntry[] {
  const terms = termsOf(query);
  if (terms.length === 0) return [];
  const number = query.replace(/[\s()+-]/g, '');
  const digits = /^\d{3,}$/.test(number) ? number.replace(/^0+/, '') : '';
  const found: ConsumerEntry[] = [];
  for (const entry of consumers) {
    const byNumber = digits !== '' && entry.digits.includes(digits);
    if (byNumber || terms.every((term) => entry.text.includes(term))) found.push(entry);
  }
  return found.sort((a, b) => names.compare(a.consumer.name, b.consumer.name));
}

export function termsOf(query: string): string[] {
  return searchable(query)
    .split(/\s+/)
    .filter((term) => term !== '');
}

export const statusFilters: readonly StatusFilter[] = ['all', ...vanStatuses];
