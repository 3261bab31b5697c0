import { Type } from 'typebox';
import { AgencyMotion } from './motion-settings.ts';
import { Latitude, Longitude } from './position.ts';

const Place = Type.Object({ latitude: Latitude, longitude: Longitude }, { additionalProperties: false });

const TimeOfDay = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: "HH:MM in the agency's time zone",
});

/** One stretch of work; a day with a break in it has two. */
const WorkingHours = Type.Object(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO 8601: 1 Monday … 7 Sunday',
    }),
    from: TimeOfDay,
    to: TimeOfDay,
  },
  { additionalProperties: false },
);

/** What an agency sets for itself, beside its name, time zone and language. What is left out has no set value. */
export const settings = {
  mapCentre: Type.Optional(
    Type.Object(
      { ...Place.properties, zoom: Type.Optional(Type.Number({ minimum: 0, maximum: 22 })) },
      { additionalProperties: false, description: 'where maps open' },
    ),
  ),
  godown: Type.Optional({ ...Place, description: 'the store the vans are loaded at' }),
  workingHours: Type.Optional(Type.Array(WorkingHours, { maxItems: 14, description: 'empty: always closed' })),
  motion: Type.Optional({ ...AgencyMotion, description: 'what tells a moving van from a standing one' }),
  phone: Type.Optional(
    Type.String({ minLength: 4, maxLength: 32, pattern: '^[+0-9][0-9 ()-]*$', description: 'where consumers call' }),
  ),
  quietHours: Type.Optional(
    Type.Object(
      { from: TimeOfDay, to: TimeOfDay },
      { additionalProperties: false, description: 'no messages then but those asked for; may go over midnight' },
    ),
  ),
  units: Type.Optional(
    Type.Union([Type.Literal('metric'), Type.Literal('imperial')], { description: 'of distances on screens' }),
  ),
};
