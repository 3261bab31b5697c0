import { Type } from 'typebox';
import { type Rights, shows } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { Latitude, Longitude, UtcMilliseconds } from '../../protocol/position.ts';
import type { VanMotion } from '../domain/motion.ts';
import type { MotionFact } from '../domain/trips.ts';

const Place = Type.Object({ latitude: Latitude, longitude: Longitude });
const Metres = Type.Integer({ minimum: 0, description: 'm' });
const Length = Type.Integer({ minimum: 0, description: 'ms' });
const Speed = Type.Number({ minimum: 0, description: 'km/h' });
const open = Type.Optional({ ...UtcMilliseconds, description: 'UTC ms; absent: not over yet' });

const TripView = Type.Object(
  {
    kind: Type.Literal('trip'),
    from: UtcMilliseconds,
    until: open,
    start: Place,
    end: Place,
    distance: Metres,
    driving: { ...Length, description: 'ms without waits' },
    topSpeed: Speed,
    endedBy: Type.Optional(
      Type.Union([Type.Literal('stop'), Type.Literal('silence')], {
        description: 'silence: its tracker said nothing more, so the trip ended at its last fix',
      }),
    ),
  },
  { $id: 'Trip' },
);
const StopView = Type.Object(
  {
    kind: Type.Literal('stop'),
    from: UtcMilliseconds,
    until: open,
    latitude: Latitude,
    longitude: Longitude,
    idling: { ...Length, description: 'ms with the engine on' },
  },
  { $id: 'Stop' },
);
const GapView = Type.Object(
  {
    kind: Type.Literal('gap'),
    from: UtcMilliseconds,
    until: UtcMilliseconds,
    start: Place,
    end: Place,
    distance: { ...Metres, description: 'm in a straight line' },
  },
  { $id: 'Gap', description: 'it went somewhere else while nothing was heard of it' },
);
export const MotionFactView = Type.Union([TripView, StopView, GapView]);

export const DayView = Type.Object(
  {
    day: Type.String({ description: "as 2026-11-21, in the agency's time zone" }),
    from: UtcMilliseconds,
    to: UtcMilliseconds,
    distance: { ...Metres, description: 'm, with the straight lines over gaps' },
    gapDistance: { ...Metres, description: 'm of it over gaps' },
    driving: Length,
    trips: Type.Integer({ minimum: 0 }),
    stops: Type.Integer({ minimum: 0 }),
    longestStop: { ...Length, description: 'ms within the day' },
    idling: Length,
    silence: { ...Length, description: 'ms of gaps' },
    topSpeed: Speed,
  },
  { $id: 'DayOfMotion' },
);

/** How a van moves, in answers about it. */
export const VanMotionView = Type.Object(
  {
    state: Type.Union(
      [
        Type.Literal('moving'),
        Type.Literal('stopped'),
        Type.Literal('parked'),
        Type.Literal('idling'),
        Type.Literal('silent'),
      ],
      { description: 'idling: it stands with its engine on; silent: it should have spoken by now' },
    ),
    since: UtcMilliseconds,
    fixTime: UtcMilliseconds,
    current: Type.Optional(MotionFactView),
  },
  { $id: 'VanMotion' },
);

/**
 * What of a fact rights show: no trip that began before them, of a stop what lies within. Without what serves to divide
 * a trip by days.
 */
export function factShown(fact: MotionFact, rights: Rights): MotionFact | undefined {
  if (!shows(rights, fact.kind === 'stop' ? Math.max(fact.from, rights.from) : fact.from)) return undefined;
  if (fact.kind !== 'stop') {
    if (fact.until !== undefined && fact.until > rights.until) return undefined;
    if (fact.kind === 'gap') return fact;
    const { quarters: _quarters, ...trip } = fact;
    return trip;
  }
  if (fact.from >= rights.from) return fact;
  if (fact.until !== undefined && fact.until <= rights.from) return undefined;
  // How long its engine ran of that nobody knows.
  return { ...fact, from: rights.from, idling: 0 };
}

/**
 * What of a van's motion a viewer is shown; undefined: nothing. A consumer sees no trip and no stop: they begin at the
 * doors of others.
 */
export function motionShown(
  motion: VanMotion | undefined,
  rights: Rights,
  viewer: Pick<Viewer, 'role'>,
): VanMotion | undefined {
  if (motion === undefined || !shows(rights, motion.fixTime)) return undefined;
  const { state, since, fixTime } = motion;
  const current = viewer.role === 'CUSTOMER' ? undefined : motion.current && factShown(motion.current, rights);
  return { state, since: Math.max(since, rights.from), fixTime, ...(current === undefined ? {} : { current }) };
}
