import { Type } from 'typebox';
import { badField } from './problem.ts';

/**
 * Keyset pages: a page is the things with the smallest ids after the last one of the page before, so a page costs the
 * same wherever it lies, and what is added or removed meanwhile shifts nothing.
 */
export interface Page<T> {
  items: T[];
  /** ask for the next page with it; null: this is the last */
  next: string | null;
}

export const pageQuery = (preset: number, most: number) => ({
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: preset, description: 'things a page' })),
});

export const next = Type.Union([Type.String(), Type.Null()], { description: 'cursor of the next page; null: no more' });

/** The id a cursor stands for. Throws a 400 for one that is none. */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (id !== '' && cursorOf(id) === cursor) return id;
  throw badField('query/cursor', 'format', 'is not one of ours');
}

export function cursorOf(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

/** One page of the things that pass `keep`, by id. Looks at each once and holds a page of them. */
export function pageOf<T extends { id: string }>(
  things: Iterable<T>,
  { after, limit, keep = () => true }: { after: string | undefined; limit: number; keep?: (thing: T) => boolean },
): Page<T> {
  const found: T[] = [];
  for (const thing of things) {
    if (after !== undefined && thing.id <= after) continue;
    const largest = found[limit];
    if ((largest !== undefined && thing.id >= largest.id) || !keep(thing)) continue;
    found.splice(placeOf(found, thing.id), 0, thing);
    // One more than a page: it tells whether another page follows.
    if (found.length > limit + 1) found.pop();
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last.id) : null };
}

/** Where `id` belongs in a list ordered by id. */
function placeOf(ordered: readonly { id: string }[], id: string): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle]?.id ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
