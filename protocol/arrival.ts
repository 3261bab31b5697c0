import { type Static, Type } from 'typebox';
import { UtcMilliseconds } from './position.ts';

/** When a van is expected at a door. */
export const Arrival = Type.Object(
  {
    from: UtcMilliseconds,
    until: UtcMilliseconds,
    likely: UtcMilliseconds,
    by: Type.Optional(Type.String({ description: 'what the estimate rests on' })),
    stopsBefore: Type.Integer({ minimum: 0, description: 'stops of the van before this one' }),
  },
  { description: 'UTC ms' },
);
export type Arrival = Static<typeof Arrival>;
