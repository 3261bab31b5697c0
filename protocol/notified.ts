import { type Static, Type } from 'typebox';

/** The data of the event `notified`: a message to a person was given to whoever delivers it, or could not be. */
export const notifiedEvent = {
  key: Type.String({ minLength: 1, maxLength: 120, description: 'idempotency key: one message, however often tried' }),
  template: Type.String({ maxLength: 40 }),
  to: Type.Object(
    {
      kind: Type.Union([Type.Literal('consumer'), Type.Literal('account')]),
      id: Type.String({ maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  via: Type.String({ maxLength: 40, description: 'console, webhook' }),
  outcome: Type.Union([Type.Literal('sent'), Type.Literal('failed')]),
  detail: Type.Optional(Type.String({ maxLength: 200, description: 'why it failed' })),
};

const Notified = Type.Object(notifiedEvent);
export type Notified = Static<typeof Notified>;
