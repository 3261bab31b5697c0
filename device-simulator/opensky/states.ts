import { atResolution, type Fix } from '../../protocol/position.ts';

/** What is used of one state vector. */
export interface Aircraft {
  /** ICAO 24-bit address of the transponder, hex, lower case */
  icao24: string;
  /** call sign, or the address when it sends none */
  name: string;
  fix: Fix;
}

/**
 * Reads the answer of OpenSky's `/api/states/all`: `{time, states}`, each state a list of
 * https://openskynetwork.github.io/opensky-api/rest.html#all-state-vectors
 *
 *   0 icao24 · 1 callsign · 2 origin_country · 3 time_position s · 4 last_contact s · 5 longitude · 6 latitude
 *   7 baro_altitude m · 8 on_ground · 9 velocity m/s · 10 true_track degrees · 11 vertical_rate · 12 sensors
 *   13 geo_altitude m · …
 *
 * `states` is null when nothing flies there. States without a place or a time for it are left out. Throws an Error
 * when the answer is not of this shape.
 */
export function readStates(json: unknown): Aircraft[] {
  const states = (json as { states?: unknown } | null | undefined)?.states;
  if (states === null) return [];
  if (!Array.isArray(states)) throw new Error('the answer has no list of states');
  return states.flatMap((state: unknown) => {
    const aircraft = Array.isArray(state) ? readState(state) : undefined;
    return aircraft ? [aircraft] : [];
  });
}

function readState(state: readonly unknown[]): Aircraft | undefined {
  const [icao24, callsign, , time] = state;
  const longitude = number(state[5], -180, 180);
  const latitude = number(state[6], -90, 90);
  if (typeof icao24 !== 'string' || !/^[0-9a-f]{6}$/i.test(icao24)) return undefined;
  if (typeof time !== 'number' || latitude === undefined || longitude === undefined) return undefined;
  const speed = number(state[9], 0, 555);
  const track = number(state[10], 0, 360);
  // height above the ellipsoid where known, else by air pressure
  const altitude = number(state[13], -1000, 50_000) ?? number(state[7], -1000, 50_000);
  return {
    icao24: icao24.toLowerCase(),
    name: (typeof callsign === 'string' && callsign.trim()) || icao24.toLowerCase(),
    fix: atResolution({
      deviceId: icao24.toLowerCase(),
      fixTime: Math.round(time * 1000),
      latitude,
      longitude,
      ...(speed === undefined ? {} : { speed: speed * 3.6 }),
      ...(track === undefined ? {} : { course: track }),
      ...(altitude === undefined ? {} : { altitude }),
    }),
  };
}

function number(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}
