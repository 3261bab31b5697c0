import { isDeepStrictEqual } from 'node:util';
import type { LatLon } from '../../protocol/geo.ts';
import { godownZone, type ZoneShape } from '../../protocol/zone.ts';
import { type ZoneState, type ZoneVersion, zoneState } from '../domain/zone.ts';
import { godownRadius } from '../domain/zone-doors.ts';
import { type Box, boxAround } from '../domain/zone-geometry.ts';
import { type LaidZone, layZone, ZoneIndex } from '../domain/zone-index.ts';
import { AgencyDoors } from './zones-doors.ts';

/** The godown as it was set at some time. */
export interface GodownVersion extends Pick<ZoneVersion, 'from' | 'until'> {
  place: LatLon;
}

/** Since when (UTC ms) the zones in a box are others than before. */
export interface ChangedBox {
  from: number;
  box: Box;
}

/** Past places of the godown that are kept. */
const mostGodowns = 100;
/** A van may be said to be inside somewhat beyond the edge and its margin: m around what has changed. */
const around = 500;

/** The zones of one agency, laid out so that fixes find them: what people drew, the godown, the doors of runs. */
export class AgencyZones {
  readonly state: ZoneState = zoneState();
  readonly doors: AgencyDoors;
  godown: readonly GodownVersion[] = [];
  timeZone: string;
  readonly #laid = new Map<string, readonly LaidZone[]>();
  readonly #index = new ZoneIndex();

  constructor(timeZone: string, placeOf: (consumerId: string) => LatLon | undefined) {
    this.timeZone = timeZone;
    this.doors = new AgencyDoors(placeOf);
  }

  at(latitude: number, longitude: number, found: LaidZone[]): void {
    this.#index.at(latitude, longitude, found);
  }

  /** Another number whenever the zones in the index are others. */
  get edition(): number {
    return this.#index.edition;
  }

  /** How far around a point no box of another zone is, degrees of latitude. */
  reach(latitude: number, longitude: number, cosine: number): number {
    return this.#index.reach(latitude, longitude, cosine);
  }

  versions(zoneId: string): readonly LaidZone[] {
    return this.#laid.get(zoneId) ?? [];
  }

  /** Lays everything anew. */
  layAll(): void {
    const added: LaidZone[] = [];
    for (const id of [...this.state.zones.keys(), godownZone]) {
      for (const zone of this.versions(id)) this.#index.remove(zone);
      const laid = this.#lay(id);
      this.#laid.set(id, laid);
      added.push(...laid);
    }
    this.#index.add(added);
    this.doors.layAll();
  }

  /** Lays one zone anew after a change; answers where and since when anything may be another than before. */
  changed(zoneId: string): ChangedBox | undefined {
    const before = this.versions(zoneId);
    const after = this.#lay(zoneId);
    for (const zone of before) this.#index.remove(zone);
    this.#index.add(after);
    this.#laid.set(zoneId, after);
    const last = after.at(-1);
    if (last === undefined) return undefined;
    const from = last.until === Infinity ? last.from : last.until;
    const box = boxOfAll([...before, ...after].filter(({ until }) => until >= from));
    return box === undefined ? undefined : { from, box };
  }

  /** The godown is here from `from` (UTC ms) on; undefined: nowhere. False: that is nothing new. */
  setGodown(place: LatLon | undefined, from: number): boolean {
    const last = this.godown.at(-1);
    const present = last?.until === undefined ? last?.place : undefined;
    if (isDeepStrictEqual(present, place)) return false;
    const at = Math.max(from, last?.until ?? last?.from ?? 0);
    const past = this.godown
      .map((version) => ({ ...version, until: version.until ?? at }))
      .filter(({ from: began, until }) => until > began);
    this.godown = [...past, ...(place === undefined ? [] : [{ from: at, place }])].slice(-mostGodowns);
    return true;
  }

  #lay(zoneId: string): LaidZone[] {
    if (zoneId === godownZone) {
      return this.godown.map(({ from, until, place: { latitude, longitude } }) => {
        const shape: ZoneShape = { type: 'circle', latitude, longitude, radius: godownRadius };
        return layZone({ id: godownZone, shape, rules: {} }, this.timeZone, from, until);
      });
    }
    const { versions = [] } = this.state.zones.get(zoneId) ?? {};
    return versions.map(({ from, until, zone }) => layZone(zone, this.timeZone, from, until));
  }
}

function boxOfAll(zones: readonly LaidZone[]): Box | undefined {
  let box: Box | undefined;
  for (const { outline, margin } of zones) {
    const { south, west, north, east } = boxAround(outline, margin + around);
    box = {
      south: Math.min(box?.south ?? south, south),
      west: Math.min(box?.west ?? west, west),
      north: Math.max(box?.north ?? north, north),
      east: Math.max(box?.east ?? east, east),
    };
  }
  return box;
}
