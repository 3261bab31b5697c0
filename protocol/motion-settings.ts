import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

/** What tells a moving van from a standing one. An agency may set each of these otherwise; a change holds from then on. */
export const MotionSettings = Type.Object(
  {
    movingSpeed: Type.Number({ minimum: 1, maximum: 50, default: 5, description: 'km/h; below it a van stands' }),
    standstillRadius: Type.Number({
      minimum: 10,
      maximum: 500,
      default: 50,
      description: 'm; what a receiver wanders while the van stands still',
    }),
    worstAccuracy: Type.Number({
      minimum: 10,
      maximum: 500,
      default: 100,
      description: 'm; a vaguer fix says nothing about motion',
    }),
    stopAfter: Type.Integer({
      minimum: 30,
      maximum: 3600,
      default: 120,
      description: 's; standing this long ends a trip, a shorter wait is a part of it',
    }),
    parkedAfter: Type.Integer({
      minimum: 60,
      maximum: 86_400,
      default: 900,
      description: 's; standing this long without its engine it is parked',
    }),
    shortestTrip: Type.Number({
      minimum: 50,
      maximum: 5000,
      default: 150,
      description: 'm from where it stood; nearer it has not left, as in a yard or a queue',
    }),
    silentAfter: Type.Integer({
      minimum: 60,
      maximum: 86_400,
      default: 600,
      description: 's; a driving van that says nothing for so long is silent, and its trip ended at its last fix',
    }),
    asleepAfter: Type.Integer({
      minimum: 60,
      maximum: 604_800,
      default: 7200,
      description: 's; the same for a standing van, whose tracker sleeps',
    }),
  },
  { additionalProperties: false, $id: 'MotionSettings' },
);
export type MotionSettings = Static<typeof MotionSettings>;

/** How an agency holds them: those it has set. */
export const AgencyMotion = Type.Partial(MotionSettings, { additionalProperties: false });
export type AgencyMotion = Static<typeof AgencyMotion>;

/** All of them: what the agency has set, else the defaults of the schema. */
export function motionSettings(set: AgencyMotion = {}): MotionSettings {
  return { ...defaults, ...set };
}
const defaults = Value.Create(MotionSettings);
