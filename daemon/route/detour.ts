/**
 * How much longer a way is by road than straight, learnt from what was driven. Whole metres are summed up, so that the
 * same trips in any order teach the same.
 */
export interface Detour {
  /** m of the learnt ways, straight and by road */
  readonly straight: number;
  readonly driven: number;
}

/** Of streets in towns: about 1.3 to 1.4 (Giacomin and Levinson, "Road network circuity in metropolitan areas", 2015). */
const prior = 1.35;
/** The prior counts as much as ways of this length, m. */
const priorMetres = 20_000;
const bounds = { least: 1.1, most: 2.5 };
/** A shorter way, m, tells more about where a van was parked than about streets. */
const shortest = 300;
/** Longer than so many times the straight line, it was a round and no way from one place to the other. */
const round = 4;

export const nothingLearnt: Detour = { straight: 0, driven: 0 };

/** What is known after one more way, m straight and by road. */
export function learnt(known: Detour, way: { straight: number; driven: number }): Detour {
  const ratio = way.driven / way.straight;
  // A road cannot be shorter than the straight line; 2 % are the noise of two positions.
  if (!(way.straight >= shortest && ratio >= 0.98 && ratio <= round)) return known;
  return { straight: known.straight + Math.round(way.straight), driven: known.driven + Math.round(way.driven) };
}

/** The factor to go on with. */
export function detourOf({ straight, driven }: Detour): number {
  const factor = (driven + prior * priorMetres) / (straight + priorMetres);
  return Math.min(bounds.most, Math.max(bounds.least, factor));
}

/**
 * What is learnt for each agency: from its driven trips, and from roads that a router told. In memory, of this daemon;
 * at a start it is taught again from the trips that are kept.
 */
export class Detours {
  readonly #agencies = new Map<string, { driven: Detour; told: Detour }>();

  /** Of a trip that a van of the agency drove, m. */
  drove(agency: string, way: { straight: number; driven: number }): void {
    const known = this.#of(agency);
    known.driven = learnt(known.driven, way);
  }

  /** Of a way that a router found, m. It counts until the agency has driven as far itself. */
  told(agency: string, way: { straight: number; driven: number }): void {
    const known = this.#of(agency);
    known.told = learnt(known.told, way);
  }

  factor(agency: string): number {
    const known = this.#agencies.get(agency);
    if (known === undefined) return prior;
    const { driven, told } = known;
    return detourOf(driven.straight >= told.straight ? driven : told);
  }

  #of(agency: string): { driven: Detour; told: Detour } {
    let known = this.#agencies.get(agency);
    if (known === undefined) {
      known = { driven: nothingLearnt, told: nothingLearnt };
      this.#agencies.set(agency, known);
    }
    return known;
  }
}
