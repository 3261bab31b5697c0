import { type Static, Type } from 'typebox';
import { type AccountProfile, type AccountValue, accountEvents } from './account.ts';
import { alertEvents } from './alert.ts';
import { notifiedEvent } from './notified.ts';
import { type LinkCredential, orderEvents, sharingEvents } from './order.ts';
import type { PlaceEvent } from './place.ts';
import { type Position, UtcMilliseconds } from './position.ts';
import { Agency, type AgencyId, type Consumer, DeviceType, Id, VanCapacity, VanKind } from './registry.ts';
import { type WebhookSecret, webhookEvents } from './webhook.ts';
import { zoneEvents } from './zone.ts';

/** The topics of the log. Order holds per topic and agency, and nowhere else. */
export const topics = ['positions', 'events', 'people', 'places', 'accounts', 'dead-letters'] as const;
export type Topic = (typeof topics)[number];
/** Topics that keep only the newest value per key; null as value erases it. */
export const newestOnly: ReadonlySet<Topic> = new Set(['people', 'accounts']);
/** Topics whose records may expire. Events, people, places and accounts never do. */
export const expiring: ReadonlySet<Topic> = new Set(['positions', 'dead-letters']);

/** Optimistic concurrency: the version of a subject this event was decided on. 0: it must not exist yet. */
const Expectation = Type.Object({ subject: Type.String({ maxLength: 200 }), version: Type.Integer({ minimum: 0 }) });
export type Expectation = Static<typeof Expectation>;

const change = <T extends string, S extends import('typebox').TProperties>(type: T, data: S) =>
  Type.Object(
    {
      id: Type.String({ format: 'uuid', description: 'of this event; also the idempotency key' }),
      time: UtcMilliseconds,
      actor: Type.String({ maxLength: 120, description: 'who: role:subject' }),
      type: Type.Literal(type),
      // a run that is planned anew names each order that is on it, comes on it or leaves it
      expects: Type.Array(Expectation, { maxItems: 400 }),
      data: Type.Object(data, { additionalProperties: false }),
    },
    { additionalProperties: false },
  );

/** Everything that happens in an agency and never expires. Ids only: personal fields live in `people`. */
export const Event = Type.Union(
  [
    change('agency-added', { agency: Agency }),
    change('van-added', {
      id: Id,
      name: Type.String(),
      kind: VanKind,
      driverId: Type.Optional(Id),
      capacity: Type.Optional(VanCapacity),
    }),
    change('van-changed', {
      id: Id,
      name: Type.Optional(Type.String()),
      driverId: Type.Optional(Type.Union([Id, Type.Null()])),
      capacity: Type.Optional(Type.Union([VanCapacity, Type.Null()])),
    }),
    change('van-removed', { id: Id }),
    change('device-added', {
      id: Id,
      username: Type.String(),
      type: DeviceType,
      vanId: Type.Optional(Id),
      gatewayId: Type.Optional(Id),
      from: UtcMilliseconds,
    }),
    change('device-moved', { id: Id, vanId: Type.Union([Id, Type.Null()]), from: UtcMilliseconds }),
    change('device-enabled', { id: Id, enabled: Type.Boolean() }),
    change('device-removed', { id: Id }),
    change('consumer-added', { id: Id }),
    change('consumer-changed', { id: Id }),
    change('consumer-removed', { id: Id }),
    change('pin-suggested', { id: Id }),
    change('order-booked', orderEvents['order-booked']),
    change('order-assigned', orderEvents['order-assigned']),
    change('order-unassigned', orderEvents['order-unassigned']),
    change('run-planned', orderEvents['run-planned']),
    change('order-started', orderEvents['order-started']),
    change('order-arrived', orderEvents['order-arrived']),
    change('order-act-refused', orderEvents['order-act-refused']),
    change('order-act-settled', orderEvents['order-act-settled']),
    change('order-away', orderEvents['order-away']),
    change('order-delivered', orderEvents['order-delivered']),
    change('order-confirmed', orderEvents['order-confirmed']),
    change('order-failed', orderEvents['order-failed']),
    change('order-cancelled', orderEvents['order-cancelled']),
    change('order-reattempted', orderEvents['order-reattempted']),
    change('sharing-started', sharingEvents['sharing-started']),
    change('sharing-ended', sharingEvents['sharing-ended']),
    change('agency-changed', { agency: Agency }),
    change('account-added', accountEvents['account-added']),
    change('account-changed', accountEvents['account-changed']),
    change('account-removed', accountEvents['account-removed']),
    change('account-invited', accountEvents['account-invited']),
    change('invitation-withdrawn', accountEvents['invitation-withdrawn']),
    change('password-set', accountEvents['password-set']),
    change('service-key-set', accountEvents['service-key-set']),
    change('signed-out', accountEvents['signed-out']),
    change('notified', notifiedEvent),
    change('alert-acknowledged', alertEvents['alert-acknowledged']),
    change('alert-assigned', alertEvents['alert-assigned']),
    change('alert-snoozed', alertEvents['alert-snoozed']),
    change('van-muted', alertEvents['van-muted']),
    change('alert-rules-set', alertEvents['alert-rules-set']),
    change('zone-added', zoneEvents['zone-added']),
    change('zone-changed', zoneEvents['zone-changed']),
    change('zone-removed', zoneEvents['zone-removed']),
    change('webhook-added', webhookEvents['webhook-added']),
    change('webhook-changed', webhookEvents['webhook-changed']),
    change('webhook-removed', webhookEvents['webhook-removed']),
    change('webhook-secret-set', webhookEvents['webhook-secret-set']),
    change('webhook-delivered', webhookEvents['webhook-delivered']),
    change('webhook-replayed', webhookEvents['webhook-replayed']),
  ],
  { $id: 'Event' },
);
export type Event = Static<typeof Event>;

/** A device's credential: SHA-256 of its key (256 random bits, so a plain hash is enough). Topic `accounts`. */
export const DeviceCredential = Type.Object(
  {
    kind: Type.Literal('device'),
    username: Type.String(),
    deviceId: Id,
    keyHash: Type.String(),
    tokenHash: Type.Optional(Type.String()),
  },
  { additionalProperties: false, $id: 'DeviceCredential' },
);
export type DeviceCredential = Static<typeof DeviceCredential>;

/** Why something was set aside instead of entering the log as a position. */
export const reasons = [
  'not-json',
  'unknown-format',
  'bad-field',
  'no-fix',
  'clock-ahead',
  'too-old',
  'unknown-device',
  'checksum',
  'too-big',
  'too-deep',
] as const;
export type Reason = (typeof reasons)[number];

export const DeadLetter = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    time: UtcMilliseconds,
    device: Type.String({ description: 'id of the sending device within its agency' }),
    reason: Type.Enum([...reasons]),
    detail: Type.String({ maxLength: 500, description: 'what was wrong and where, for a person' }),
    format: Type.String({ description: 'name of the payload format that read it, or `none`' }),
    via: Type.String({ description: 'mqtt topic or http route it came by' }),
    bytes: Type.String({ description: 'base64 of what was sent, credentials stripped, at most 256 KB' }),
    clockAhead: Type.Optional(Type.Integer({ description: 'ms, when the reason is clock-ahead' })),
  },
  { additionalProperties: false, $id: 'DeadLetter' },
);
export type DeadLetter = Static<typeof DeadLetter>;

interface ValueOf {
  positions: Position;
  events: Event;
  people: Consumer | AccountProfile | null;
  places: PlaceEvent;
  accounts: DeviceCredential | LinkCredential | AccountValue | WebhookSecret | null;
  'dead-letters': DeadLetter;
}

/** Whose spool a record of a shared log came from, and where it stood there. */
export interface Origin {
  daemon: string;
  sequence: number;
}

/**
 * One record of the log. `id` completes the key (`agency/id`) in topics that keep the newest value per key. `origin`
 * is only there when it was read from a log that several daemons share and had been forwarded to it from a spool.
 */
export type LogRecord = {
  [T in Topic]: { topic: T; agency: Static<typeof AgencyId>; id?: string; value: ValueOf[T]; origin?: Origin };
}[Topic];
