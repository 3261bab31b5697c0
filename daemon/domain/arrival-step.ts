import type { Fix, FoldStep, TimedFact } from './fold.ts';

/** The van stood at one place for a minute or more. */
export interface Stand extends TimedFact {
  kind: 'stand';
  until: number;
  latitude: number;
  longitude: number;
}

/** What the van drove within a quarter of an hour, without its stands: m and ms. */
export interface Drive extends TimedFact {
  kind: 'drive';
  /** the beginning of the quarter, UTC ms */
  from: number;
  until: number;
  metres: number;
  ms: number;
}

export type ArrivalFact = Stand | Drive;

/** Where a van is within its day. */
export interface ArrivalState {
  /** of the last believed fix; −1: there was none */
  fixTime: number;
  latitude: number;
  longitude: number;
  /** since when it has been about the present place; a stand once that is a minute */
  since: number;
  /** the last fix there */
  lastThere: number;
  /** the middle of the fixes there, and their number up to a bound */
  placeLatitude: number;
  placeLongitude: number;
  fixes: number;
  /** the last fix was a little outside; one more like it, and it has left */
  straying: boolean;
  /** driven since `since`: nothing if it turns out to be a stand */
  undecidedMetres: number;
  undecidedMs: number;
  /** the quarter that is being driven */
  quarter: number;
  metres: number;
  ms: number;
  /** the last fix that counted for it */
  driven: number;
}

/** Standing this long is a stand, ms: the dwell that makes an arrival. */
export const leastStand = 60_000;
/** Within this of the middle of its fixes a van has not moved: what receivers wander in narrow streets, m. */
const place = 50;
/** Beyond this one fix is enough to have left, m. */
const surelyAway = 100;
/** A silence longer than this says nothing about how the van drove, ms. */
const longestGap = 5 * 60_000;
/** Fixes worse than this say too little about a door, m. */
const worstAccuracy = 150;
const mostWeight = 30;
const quarterHour = 15 * 60_000;
const metresPerDegree = 111_195;
const radians = Math.PI / 180;

/**
 * Cuts a van's day into stands and drives. It knows nothing of orders: which door a stand was at is asked afterwards,
 * so that it does not matter whether an order's events or the fixes came first.
 */
export const arrivalStep: FoldStep<ArrivalState, ArrivalFact> = {
  name: 'arrivals',
  initial: () => ({
    fixTime: -1,
    latitude: 0,
    longitude: 0,
    since: 0,
    lastThere: 0,
    placeLatitude: 0,
    placeLongitude: 0,
    fixes: 0,
    straying: false,
    undecidedMetres: 0,
    undecidedMs: 0,
    quarter: -1,
    metres: 0,
    ms: 0,
    driven: 0,
  }),
  copy: (state) => ({ ...state }),
  next(state, fix, _context, emit) {
    if (fix.marked === true || (fix.accuracy ?? 0) > worstAccuracy) return state;
    if (state.fixTime < 0) {
      begin(state, fix);
      move(state, fix);
      return state;
    }
    const off = metresBetween(fix, state.placeLatitude, state.placeLongitude);
    const gap = fix.fixTime - state.fixTime;
    const known = gap <= longestGap;
    const driven = known ? metresBetween(fix, state.latitude, state.longitude) : 0;
    if (off <= place) {
      state.straying = false;
      state.lastThere = fix.fixTime;
      state.fixes = Math.min(mostWeight, state.fixes + 1);
      state.placeLatitude += (fix.latitude - state.placeLatitude) / state.fixes;
      state.placeLongitude += (fix.longitude - state.placeLongitude) / state.fixes;
      undecided(state, driven, known ? gap : 0);
    } else if (off <= surelyAway && !state.straying && known && stands(state)) {
      state.straying = true;
    } else {
      // What was driven since the last fix at the place, if that was a stand; else since it came there.
      if (stands(state)) {
        emit(standOf(state));
        const since = fix.fixTime - state.lastThere;
        if (since <= longestGap) drove(state, fix, off, since, emit);
      } else {
        undecided(state, driven, known ? gap : 0);
        drove(state, fix, state.undecidedMetres, state.undecidedMs, emit);
      }
      begin(state, fix);
    }
    move(state, fix);
    return state;
  },
};

/** The stand that goes on at the last fix; undefined: the van is on its way. */
export function presentStand(state: ArrivalState): Stand | undefined {
  return state.fixTime >= 0 && stands(state) ? standOf(state) : undefined;
}

/** What has been driven of the present quarter. */
export function presentDrive({ quarter, metres, ms, driven }: ArrivalState): Drive | undefined {
  if (quarter < 0 || ms === 0) return undefined;
  return { kind: 'drive', from: quarter, until: driven, metres: Math.round(metres), ms };
}

function stands(state: ArrivalState): boolean {
  return state.lastThere - state.since >= leastStand;
}

function standOf(state: ArrivalState): Stand {
  const { since: from, lastThere: until } = state;
  const latitude = Math.round(state.placeLatitude * 1e6) / 1e6;
  const longitude = Math.round(state.placeLongitude * 1e6) / 1e6;
  return { kind: 'stand', from, until, latitude, longitude };
}

function begin(state: ArrivalState, fix: Fix): void {
  state.since = fix.fixTime;
  state.lastThere = fix.fixTime;
  state.placeLatitude = fix.latitude;
  state.placeLongitude = fix.longitude;
  state.fixes = 1;
  state.straying = false;
  state.undecidedMetres = 0;
  state.undecidedMs = 0;
}

function move(state: ArrivalState, fix: Fix): void {
  state.fixTime = fix.fixTime;
  state.latitude = fix.latitude;
  state.longitude = fix.longitude;
}

function undecided(state: ArrivalState, metres: number, ms: number): void {
  state.undecidedMetres += metres;
  state.undecidedMs += ms;
}

function drove(state: ArrivalState, fix: Fix, metres: number, ms: number, emit: (fact: ArrivalFact) => void): void {
  const quarter = fix.fixTime - (fix.fixTime % quarterHour);
  if (quarter !== state.quarter) {
    const done = presentDrive(state);
    if (done !== undefined) emit(done);
    state.quarter = quarter;
    state.metres = 0;
    state.ms = 0;
  }
  state.metres += metres;
  state.ms += ms;
  state.driven = fix.fixTime;
}

/** Good for some kilometres, and several times as fast as the globe's. */
function metresBetween(fix: Fix, latitude: number, longitude: number): number {
  const north = fix.latitude - latitude;
  const east = (fix.longitude - longitude) * Math.cos(latitude * radians);
  return Math.sqrt(north * north + east * east) * metresPerDegree;
}
