import { type Static, Type } from 'typebox';
import { Day } from './order.ts';
import { UtcMilliseconds } from './position.ts';
import { Id } from './registry.ts';

/**
 * When the van will be at the door of an open order. A range and not a moment: it holds what happens in about nine of
 * ten cases, and is as wide as what is known allows.
 */
export const Arrival = Type.Object(
  {
    from: Type.Integer({ minimum: 0, description: 'UTC ms; hardly earlier' }),
    until: Type.Integer({ minimum: 0, description: 'UTC ms; hardly later' }),
    likely: Type.Integer({ minimum: 0, description: 'UTC ms; as often earlier as later' }),
    by: Type.Union([Type.Literal('road'), Type.Literal('straight'), Type.Literal('none')], {
      description:
        'how far it is: road: along roads; straight: from the straight line, which widens the range; none: a place is ' +
        'missing, which widens it much',
    }),
    stopsBefore: Type.Integer({ minimum: 0, description: 'stops the van makes before this one, as far as is known' }),
  },
  { additionalProperties: false, $id: 'Arrival' },
);
export type Arrival = Static<typeof Arrival>;

const StopState = Type.Union(
  [
    Type.Literal('waiting'),
    Type.Literal('next'),
    Type.Literal('here'),
    Type.Literal('skipped'),
    Type.Literal('visited'),
    Type.Literal('delivered'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ],
  {
    description:
      'here: the van stands at the door; skipped: a later stop was made first; visited: the van stood at the door and ' +
      'went on, and nobody has said what became of it',
  },
);
export type StopState = Static<typeof StopState>;

/** One stop of a run: what was planned, what happened, what is expected. */
const StopProgress = Type.Object(
  {
    orderId: Id,
    consumerId: Id,
    state: StopState,
    planned: Type.Optional(
      Type.Integer({ minimum: 0, description: 'UTC ms; when it was expected here as the run began' }),
    ),
    arrivedAt: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms' })),
    arrivedBy: Type.Optional(
      Type.Union([Type.Literal('stand'), Type.Literal('act')], {
        description: 'stand: the van stood at the door; act: only the hand-over says so',
      }),
    ),
    leftAt: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms' })),
    lateBy: Type.Optional(
      Type.Integer({ description: 'ms after what was planned, as it was or is likely; negative: early' }),
    ),
    arrival: Type.Optional(Arrival),
  },
  { additionalProperties: false },
);

/** How far a van has come on its run of the day. */
export const RunProgress = Type.Object(
  {
    vanId: Id,
    day: Day,
    state: Type.Union([Type.Literal('planned'), Type.Literal('under-way'), Type.Literal('over')], {
      description: 'planned: it has not begun; over: no stop is open',
    }),
    startedAt: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'UTC ms; when the first order went out, or the van left, if nobody pressed start',
      }),
    ),
    basedOn: Type.Optional({ ...UtcMilliseconds, description: 'UTC ms; what was last heard of the van' }),
    next: Type.Optional(Id),
    done: Type.Integer({ minimum: 0, description: 'stops delivered, failed or visited' }),
    left: Type.Integer({ minimum: 0, description: 'stops still to be made' }),
    outOfOrder: Type.Boolean({ description: 'stops were skipped' }),
    stops: Type.Array(StopProgress, { description: 'in the planned order; open ones of earlier days come first' }),
  },
  { additionalProperties: false, $id: 'RunProgress' },
);
export type RunProgress = Static<typeof RunProgress>;
