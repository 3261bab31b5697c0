import type { Event } from '../../protocol/record.ts';
import type { AuditEntry, AuditQuery } from './audit.ts';

/** Entries of a page: about 12 kB. */
export const roomOfPage = 64;

/** number, id, time, actor, type, about, data */
type Packed = [number, string, number, string, string, string, Record<string, unknown>];

/** Entries of one agency that lie together, the oldest first. */
export interface AuditPage {
  /** of its first entry, which no other page has */
  number: number;
  agency: string;
  /** UTC ms, the least and the greatest time of them */
  since: number;
  until: number;
  /** the number of its last entry */
  last: number;
  entries: Packed[];
  /** who did what has come since it was read */
  actors: Set<string>;
}

export function emptyPage(agency: string): AuditPage {
  return { number: 0, agency, since: Infinity, until: -Infinity, last: 0, entries: [], actors: new Set() };
}

export function packed(entries: readonly Packed[]): string {
  return JSON.stringify(entries);
}

export function unpacked(text: string): AuditEntry[] {
  const entries = JSON.parse(text) as Packed[];
  return entries.map(([number, id, time, actor, type, about, data]) => ({
    number,
    id,
    time,
    actor,
    type,
    about,
    data,
  }));
}

/** Whether an entry is what is looked for; `limit` is left out of account. */
export function fits(entry: AuditEntry, { actor, type, about, from, to, before }: AuditQuery): boolean {
  return (
    (before === undefined || entry.number < before) &&
    (actor === undefined || entry.actor === actor) &&
    (type === undefined || entry.type === type) &&
    (about === undefined || entry.about === about) &&
    (from === undefined || from <= entry.time) &&
    (to === undefined || entry.time < to)
  );
}

/** Decisions name the thing itself first among what they expect. */
export function aboutOf({ expects: [first] }: Event): string {
  return first?.subject ?? '';
}
