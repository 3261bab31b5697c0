import type { Zone, ZoneVisit } from '../../protocol/zone.ts';

/** Visits of one zone that touch `from` ≤ time < `to`, UTC ms. */
export interface VisitQuery {
  zoneId: string;
  /** absent: of all vans */
  vanId?: string;
  from: number;
  to: number;
}

/** What a visit of a zone is known by, in the order of lists. */
export type VisitKey = Pick<ZoneVisit, 'entered' | 'vanId'>;

/** Zones and who is or was in them, as everyone reads it. Each call names an agency. */
export interface ZonesView {
  zone(agency: string, id: string): Zone | undefined;
  zones(agency: string): Iterable<Zone>;
  /** the one of this name, whatever its case and spaces */
  named(agency: string, name: string): Zone | undefined;
  /** of `zone:ID` or `zone-name:NAME`, as `expects` counts; 0: it never was */
  count(agency: string, subject: string): number;
  /** the zones that exist */
  total(agency: string): number;
  /** where a van is now, as far as its newest fixes tell: `:godown` and doors too */
  inside(agency: string, vanId: string): readonly ZoneVisit[];
  /** oldest first, by `entered`, then van; at most `limit`, all of them after `after` in this order */
  visits(agency: string, query: VisitQuery, page: { after?: VisitKey; limit: number }): ZoneVisit[];
  /** those that a van began in `from` ≤ entered < `to`, UTC ms, in any zone, oldest first */
  began(agency: string, vanId: string, from: number, to: number): ZoneVisit[];
}
