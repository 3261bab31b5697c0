import { type Static, Type } from 'typebox';
import { UtcMilliseconds } from './position.ts';
import { Id } from './registry.ts';

/**
 * Refill orders, the runs they are delivered on, and locations that consumers share: what the log says of them.
 *
 *   booked ─► assigned ─► out-for-delivery ─► delivered
 *     ▲  ▲        │              │  └───────► failed ─┐
 *     │  └────────┴──────────────┘ taken off the run  │ re-attempt
 *     └───────────────────────────────────────────────┘
 *   cancelled: from every state but delivered
 *
 * Events carry ids and never expire. What people may want forgotten (name, phone, address, the place of a door) is not
 * in them, and a delivery code is nowhere in the log.
 */
export const OrderState = Type.Union([
  Type.Literal('booked'),
  Type.Literal('assigned'),
  Type.Literal('out-for-delivery'),
  Type.Literal('delivered'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type OrderState = Static<typeof OrderState>;

/** A booking is to be delivered within this, ms: the norm of the oil companies, 48 hours. */
export const deliveryNorm = 48 * 3_600_000;

/** Stops of one run at most. */
export const mostStops = 150;

export const Cylinders = Type.Integer({ minimum: 1, maximum: 50, description: 'full cylinders' });
/** Handed over or taken back at one door. */
export const CylinderCount = Type.Integer({ minimum: 0, maximum: 50 });
export const Day = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  description: "a day in the agency's time zone, as 2026-11-21",
});
export const OrderReason = Type.String({
  minLength: 3,
  maxLength: 200,
  description: 'for colleagues; it is kept for ever, so it says nothing about a person',
});

/** Made by whoever acts without network. An act that is told again, because its answer was lost, counts once. */
export const Act = Type.String({
  format: 'uuid',
  description: 'id of the act, made where it was done; it counts once',
});
/** Acts that an order remembers; a phone sends its acts one after the other. */
export const mostActs = 8;
const ActedAt = Type.Integer({ minimum: 0, description: 'UTC ms; when it was done, if that was before it was told' });

const Confirmation = Type.Union(
  [Type.Literal('code'), Type.Literal('none'), Type.Literal('unconfirmed'), Type.Literal('wrong-code')],
  {
    description:
      'code: by the delivery code; none: without it, for a reason; unconfirmed: handed over without network, its code ' +
      'is not checked yet; wrong-code: it was checked and is not the one',
  },
);

export const Delivery = Type.Object(
  {
    confirmation: Confirmation,
    full: CylinderCount,
    empties: CylinderCount,
    actedAt: Type.Optional(
      Type.Integer({ minimum: 0, description: 'UTC ms; when it was handed over, if that was before it was told' }),
    ),
    metresFromDoor: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: "m between the place of the act and the consumer's; not the place itself, which is personal",
      }),
    ),
  },
  { additionalProperties: false },
);
export type Delivery = Static<typeof Delivery>;

/** What a driver can tell of an order. */
const Step = Type.Union([Type.Literal('start'), Type.Literal('arrive'), Type.Literal('deliver'), Type.Literal('fail')]);
/** Refused acts that wait at one order at most. */
export const mostRefused = 8;

/** Why an act of a driver was not taken: for the dispatcher, who has to say what counts. */
const refusal = {
  act: Act,
  step: Step,
  cause: Type.Union([Type.Literal('state'), Type.Literal('other-run'), Type.Literal('invalid')], {
    description:
      'state: the order was in a state in which that cannot be; other-run: it was not on the run of the driver; ' +
      'invalid: what was told cannot be so',
  }),
  detail: Type.String({ maxLength: 300, description: 'what the driver was answered' }),
  actedAt: Type.Optional(ActedAt),
  reason: Type.Optional(OrderReason),
};

/** What a driver told and the daemon did not take, until a dispatcher has settled it. */
export const RefusedAct = Type.Object(
  {
    ...refusal,
    found: OrderState,
    by: Type.String({ maxLength: 120, description: 'role:subject' }),
    toldAt: UtcMilliseconds,
  },
  { additionalProperties: false },
);
export type RefusedAct = Static<typeof RefusedAct>;

/** A refused act that a dispatcher has settled, for the driver who told it. */
export const SettledAct = Type.Object(
  {
    act: Act,
    by: Type.String({ maxLength: 120, description: 'role:subject of who told it' }),
    at: UtcMilliseconds,
    taken: Type.Boolean({ description: 'the order was then as the driver had told it' }),
  },
  { additionalProperties: false },
);

export const Order = Type.Object(
  {
    id: Id,
    consumerId: Id,
    cylinders: Cylinders,
    state: OrderState,
    attempt: Type.Integer({ minimum: 0, description: 'how often it has gone out for delivery' }),
    bookedAt: UtcMilliseconds,
    dueAt: Type.Integer({ minimum: 0, description: 'UTC ms; 48 hours after the booking' }),
    vanId: Type.Optional(Id),
    day: Type.Optional(Day),
    assignedAt: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms; since when it is on this run' })),
    outAt: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms; when it last went out' })),
    arrivedAt: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms; when the driver stood at the door' })),
    endedAt: Type.Optional(
      Type.Integer({ minimum: 0, description: 'UTC ms; when it was delivered, failed or cancelled' }),
    ),
    awayOn: Type.Optional(Type.String({ description: 'the day on which its consumer is not at home, as he said' })),
    acts: Type.Optional(Type.Array(Act, { maxItems: mostActs, description: 'what has been told of it, newest last' })),
    delivery: Type.Optional(Delivery),
    refused: Type.Optional(
      Type.Array(RefusedAct, {
        maxItems: mostRefused,
        description: 'what drivers told of it and was not taken; for staff, until it is settled',
      }),
    ),
    settled: Type.Optional(
      Type.Array(SettledAct, {
        maxItems: mostRefused,
        description: 'which of that is settled, newest last; for staff',
      }),
    ),
    reason: Type.Optional(OrderReason),
    flags: Type.Array(Type.Union([Type.Literal('no-code'), Type.Literal('wrong-code')]), {
      description: 'what somebody should look at; they stay',
    }),
    linksFrom: Type.Optional(
      Type.Integer({ minimum: 0, description: 'UTC ms; share links made before are dead for good' }),
    ),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false, $id: 'Order' },
);
export type Order = Static<typeof Order>;

/** The stops of a van on a day, in the order in which they are to be driven. */
export const Run = Type.Object(
  {
    vanId: Id,
    day: Day,
    stops: Type.Array(Id, { description: 'orders; one that says it is elsewhere is no stop any more' }),
    version: Type.Integer({ minimum: 0, description: '0: nobody has planned it' }),
  },
  { additionalProperties: false, $id: 'Run' },
);
export type Run = Static<typeof Run>;

/** A consumer's own location is shared from `from` until `until`, UTC ms. */
export const Sharing = Type.Object(
  {
    from: UtcMilliseconds,
    until: UtcMilliseconds,
    first: Type.Integer({ minimum: 0, description: 'UTC ms; when this consumer first shared a location' }),
  },
  { additionalProperties: false },
);
export type Sharing = Static<typeof Sharing>;

const attempt = Type.Integer({ minimum: 1 });

/** The fields of the events; `record.ts` puts the envelope around them. */
export const orderEvents = {
  'order-booked': {
    id: Id,
    consumerId: Id,
    cylinders: Cylinders,
  },
  'order-assigned': {
    id: Id,
    vanId: Id,
    day: Day,
    at: Type.Optional(Type.Integer({ minimum: 0, maximum: mostStops, description: 'its place; absent: the last' })),
  },
  'order-unassigned': { id: Id },
  'run-planned': { vanId: Id, day: Day, stops: Type.Array(Id, { maxItems: mostStops }) },
  'order-started': { id: Id, attempt, actedAt: Type.Optional(ActedAt), act: Type.Optional(Act) },
  'order-arrived': { id: Id, attempt, actedAt: Type.Optional(ActedAt), act: Type.Optional(Act) },
  'order-delivered': {
    id: Id,
    attempt,
    ...Delivery.properties,
    reason: Type.Optional(OrderReason),
    act: Type.Optional(Act),
  },
  'order-confirmed': {
    id: Id,
    right: Type.Boolean({ description: 'whether the code of an offline hand-over was it' }),
  },
  'order-failed': {
    id: Id,
    attempt,
    reason: OrderReason,
    actedAt: Type.Optional(ActedAt),
    act: Type.Optional(Act),
  },
  'order-act-refused': { id: Id, ...refusal },
  'order-act-settled': { id: Id, act: Act },
  'order-away': { id: Id, day: Day },
  'order-cancelled': { id: Id, reason: Type.Optional(OrderReason) },
  'order-reattempted': { id: Id },
} as const;

export const sharingEvents = {
  'sharing-started': { consumerId: Id, from: UtcMilliseconds, until: UtcMilliseconds },
  'sharing-ended': { consumerId: Id },
} as const;

/**
 * A share link: `/t/{token}` shows one order without a password. Kept as the SHA-256 of its token (144 random bits).
 * Topic `accounts`, under `link:{id}`; null: revoked, or long dead.
 */
export const LinkCredential = Type.Object(
  {
    kind: Type.Literal('link'),
    id: Id,
    orderId: Id,
    tokenHash: Type.String(),
    own: Type.Boolean({
      description: 'it was sent to the consumer: shows the delivery code. One that staff made never does',
    }),
    madeAt: UtcMilliseconds,
    expiresAt: UtcMilliseconds,
  },
  { additionalProperties: false, $id: 'LinkCredential' },
);
export type LinkCredential = Static<typeof LinkCredential>;

/** The device under which a consumer's shared positions are kept. Ids that people choose have no colon. */
export function consumerDevice(consumerId: string): string {
  return `consumer:${consumerId}`;
}

/** The consumer whose shared position this device's is; undefined: it is an ordinary device. */
export function consumerOfDevice(device: string): string | undefined {
  return device.startsWith('consumer:') ? device.slice('consumer:'.length) : undefined;
}

/** Whether an order is as a driver told it: what became of an act that was refused, once a dispatcher has settled it. */
export function isAsTold({ state, outAt, arrivedAt }: Order, step: RefusedAct['step']): boolean {
  switch (step) {
    case 'start':
      return outAt !== undefined && state !== 'booked' && state !== 'assigned';
    case 'arrive':
      return arrivedAt !== undefined;
    case 'deliver':
      return state === 'delivered';
    case 'fail':
      return state === 'failed';
  }
}
