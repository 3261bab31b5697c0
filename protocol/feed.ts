import { type Static, Type } from 'typebox';
import { Alert } from './alert.ts';
import { Arrival } from './arrival.ts';
import { Role } from './claims.ts';
import { Order } from './order.ts';
import { SeenPlace } from './place.ts';
import { Position } from './position.ts';
import { Agency, Consumer, Van } from './registry.ts';

/**
 * The feed: what a screen hears over the WebSocket at `/feed`. Everything is a small JSON message, except positions,
 * which travel as binary batches when the client asked for `binary` (feed-frame.ts).
 *
 *   client: hello … token*
 *   daemon: welcome snapshot+ (positions | event | gone | heartbeat)*
 */
const Hello = Type.Object(
  {
    type: Type.Literal('hello'),
    token: Type.String({ minLength: 1, maxLength: 4096 }),
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('binary')], { default: 'json' })),
    resume: Type.Optional(Type.String({ maxLength: 512, description: 'cursor of the last frame received' })),
  },
  { additionalProperties: false },
);
const RenewToken = Type.Object(
  { type: Type.Literal('token'), token: Type.String({ minLength: 1, maxLength: 4096 }) },
  { additionalProperties: false },
);
export const ClientMessage = Type.Union([Hello, RenewToken], { $id: 'ClientMessage' });
export type ClientMessage = Static<typeof ClientMessage>;

const cursor = Type.String({ description: 'opaque; good at any daemon' });

/** `index` is this connection's short number for the subject; binary positions carry it instead of the id. */
const index = Type.Integer({ minimum: 0, maximum: 0xffffff });
export const FeedVan = Type.Object({
  index,
  van: Van,
  position: Type.Union([Position, Type.Null()]),
  /** ms between fixes, as seen lately; tells when silence is unusual */
  interval: Type.Optional(Type.Number()),
});
export type FeedVan = Static<typeof FeedVan>;
export const FeedConsumer = Type.Object({
  index,
  consumer: Consumer,
  /** the consumer's own shared position, while shared */
  position: Type.Union([Position, Type.Null()]),
});
export type FeedConsumer = Static<typeof FeedConsumer>;

/** An order as its viewer may see it; a delivery code is in no frame. */
export const FeedOrder = Type.Object({ order: Order, arrival: Type.Optional(Arrival) });
export type FeedOrder = Static<typeof FeedOrder>;

/** An alert, open or closed lately: its state as a whole. */
export const FeedAlert = Type.Object({ alert: Alert });
export type FeedAlert = Static<typeof FeedAlert>;

const SubjectKind = Type.Union([Type.Literal('van'), Type.Literal('consumer')]);

const Welcome = Type.Object({
  type: Type.Literal('welcome'),
  viewer: Type.Object({ role: Role, agency: Type.String(), subject: Type.String() }),
  agency: Agency,
  serverTime: Type.Integer({ description: 'UTC ms' }),
  resumed: Type.Boolean({ description: 'true: what was missed follows; false: a snapshot follows' }),
});
const Snapshot = Type.Object({
  type: Type.Literal('snapshot'),
  cursor,
  page: Type.Integer({ minimum: 0 }),
  last: Type.Boolean(),
  vans: Type.Array(FeedVan),
  consumers: Type.Array(FeedConsumer),
  orders: Type.Optional(
    Type.Array(FeedOrder, { description: 'open ones, and those that ended lately; absent: none in this page' }),
  ),
  alerts: Type.Optional(Type.Array(FeedAlert, { description: 'open ones; absent: none in this page' })),
});
/** A position as the JSON feed shows it: the fields of Position plus whose it is. */
export const FeedPosition = Type.Object({
  subject: Type.String(),
  kind: SubjectKind,
  ...Type.Omit(Position, ['device', 'receivedAt']).properties,
});
export type FeedPosition = Static<typeof FeedPosition>;
const Positions = Type.Object({
  type: Type.Literal('positions'),
  cursor,
  positions: Type.Array(FeedPosition),
});
const FeedEvent = Type.Union([
  Type.Object({ type: Type.Literal('event'), cursor, name: Type.Literal('van'), ...FeedVan.properties }),
  Type.Object({ type: Type.Literal('event'), cursor, name: Type.Literal('consumer'), ...FeedConsumer.properties }),
  Type.Object({ type: Type.Literal('event'), cursor, name: Type.Literal('order'), ...FeedOrder.properties }),
  Type.Object({ type: Type.Literal('event'), cursor, name: Type.Literal('alert'), ...FeedAlert.properties }),
  Type.Object({ type: Type.Literal('event'), cursor, name: Type.Literal('place'), place: SeenPlace }),
  Type.Object(
    { type: Type.Literal('event'), cursor, name: Type.Literal('places') },
    { description: 'so many places changed that they are not told one by one: ask again for those that are shown' },
  ),
]);
const Gone = Type.Object({
  type: Type.Literal('gone'),
  cursor,
  kind: Type.Union([...SubjectKind.anyOf, Type.Literal('order'), Type.Literal('alert'), Type.Literal('place')]),
  subject: Type.String(),
});
const Heartbeat = Type.Object({
  type: Type.Literal('heartbeat'),
  cursor,
  serverTime: Type.Integer(),
});
export const ServerMessage = Type.Union([Welcome, Snapshot, Positions, FeedEvent, Gone, Heartbeat], {
  $id: 'ServerMessage',
});
export type ServerMessage = Static<typeof ServerMessage>;

export { closeCodes, heartbeatInterval, helloTimeout } from './feed-limits.ts';
