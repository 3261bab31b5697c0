import { searchable } from '../../../shared/searchable.ts';

/** What kinds of things are found by name, the likeliest to be meant first. */
const paletteKinds = ['action', 'van', 'order', 'consumer', 'zone', 'place'] as const;
export type PaletteKind = (typeof paletteKinds)[number];

/** Something that can be chosen. */
export interface Candidate {
  kind: PaletteKind;
  /** as `searchable` makes it: the name in the first line, the id in the second, then whatever else it is found by */
  text: string;
  /** digits of a telephone number */
  digits?: string;
}

/** Of one kind at most, and in all: more is no answer. */
const mostOfKind = 12;
const mostInAll = 40;

/**
 * How well a text fits: 0 its name or id is the query, 1 its name begins with it, 2 a word of its name does, 3 its name
 * has it, 4 it has every word of it somewhere; undefined: it does not fit.
 */
export function rankOf(text: string, query: string, terms: readonly string[]): number | undefined {
  for (const term of terms) if (!text.includes(term)) return undefined;
  const nameEnd = lineEnd(text, 0);
  if (text.startsWith(query)) return nameEnd === query.length ? 0 : 1;
  const idEnd = lineEnd(text, nameEnd + 1);
  if (idEnd - nameEnd - 1 === query.length && text.startsWith(query, nameEnd + 1)) return 0;
  for (let at = text.indexOf(query); at >= 0 && at < nameEnd; at = text.indexOf(query, at + 1)) {
    if (text[at - 1] === ' ') return 2;
  }
  const at = text.indexOf(query);
  return at >= 0 && at < nameEnd ? 3 : 4;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/**
 * What fits a query, the best first. Every candidate is looked at once and only a few are kept, so that a hundred
 * thousand cost some milliseconds. `recent`: keys of what was chosen before, the newest first; among equals they lead.
 */
export function searchPalette<C extends Candidate>(
  sources: Readonly<Partial<Record<PaletteKind, Iterable<C>>>>,
  wanted: string,
  recent: readonly string[],
  keyOf: (candidate: C) => string,
): C[] {
  const query = searchable(wanted).trim().replace(/\s+/g, ' ');
  const terms = query.split(' ').filter(Boolean);
  if (terms.length === 0) return [];
  const number = wanted.replace(/[\s()+-]/g, '');
  const digits = /^\d{3,}$/.test(number) ? number.replace(/^0+/, '') : '';
  const found: { candidate: C; order: number }[] = [];
  for (const [place, kind] of paletteKinds.entries()) {
    const best: { candidate: C; order: number }[] = [];
    let worst = Number.POSITIVE_INFINITY;
    for (const candidate of sources[kind] ?? []) {
      let rank = rankOf(candidate.text, query, terms);
      if (rank === undefined && digits !== '' && candidate.digits?.includes(digits) === true) rank = 4;
      if (rank === undefined) continue;
      const known = recent.length === 0 ? -1 : recent.indexOf(keyOf(candidate));
      // Rank first, then what was chosen before, then the kind.
      const order = rank * 1000 + (known >= 0 ? known : 500) + place;
      if (best.length >= mostOfKind && order >= worst) continue;
      best.push({ candidate, order });
      if (best.length > 4 * mostOfKind) worst = cut(best);
    }
    cut(best);
    found.push(...best);
  }
  found.sort(byOrder);
  return found.slice(0, mostInAll).map(({ candidate }) => candidate);
}

function cut(best: { candidate: Candidate; order: number }[]): number {
  best.sort(byOrder);
  best.length = Math.min(best.length, mostOfKind);
  return best.length < mostOfKind ? Number.POSITIVE_INFINITY : (best.at(-1)?.order ?? Number.POSITIVE_INFINITY);
}

function byOrder(a: { candidate: Candidate; order: number }, b: { candidate: Candidate; order: number }): number {
  return a.order - b.order || (a.candidate.text < b.candidate.text ? -1 : 1);
}

/** With this chosen now, what was chosen lately. */
export function remembered(recent: readonly string[], key: string): string[] {
  return [key, ...recent.filter((each) => each !== key)].slice(0, 8);
}
