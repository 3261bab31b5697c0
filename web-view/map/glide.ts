/** Where a marker is drawn: degrees, and degrees clockwise from north. */
export interface Drawn {
  latitude: number;
  longitude: number;
  course: number;
}

/** From one fix to the next. */
export interface Glide {
  from: Drawn;
  to: Drawn;
  /** of the clock that moves the screen, ms */
  start: number;
  duration: number;
}

/** A glide never lasts longer, ms: the marker may lag behind its fix, but only so far. */
const longest = 3000;
/** A turn looks right when it is quicker than the way, ms. */
const longestTurn = 600;
/** Degrees of latitude; further than this (1.5 km) a marker is put, not slid: nobody drove that line. */
const furthest = 0.0135;

/** The way from what is drawn now to a new fix. `interval`: between the fixes, ms; `still`: nothing is to move. */
export function glideTo(
  now: Drawn | undefined,
  to: { latitude: number; longitude: number; course?: number | undefined },
  start: number,
  interval: number,
  still: boolean,
): Glide {
  const target = { latitude: to.latitude, longitude: to.longitude, course: to.course ?? now?.course ?? 0 };
  const far =
    now === undefined ||
    Math.abs(now.latitude - to.latitude) > furthest ||
    Math.abs(now.longitude - to.longitude) > furthest;
  if (far || still) return { from: target, to: target, start, duration: 0 };
  return { from: now, to: target, start, duration: Math.min(longest, Math.max(150, interval)) };
}

/** Where the marker is at `time`: never beyond its fix. */
export function glideAt({ from, to, start, duration }: Glide, time: number): Drawn & { done: boolean } {
  const part = duration === 0 ? 1 : Math.min(1, Math.max(0, (time - start) / duration));
  const turn = duration === 0 ? 1 : Math.min(1, Math.max(0, (time - start) / Math.min(longestTurn, duration)));
  // The short way round.
  const angle = ((((to.course - from.course) % 360) + 540) % 360) - 180;
  return {
    latitude: from.latitude + (to.latitude - from.latitude) * part,
    longitude: from.longitude + (to.longitude - from.longitude) * part,
    course: (from.course + angle * turn + 360) % 360,
    done: part >= 1,
  };
}
