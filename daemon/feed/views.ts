import { everything, noFixes, type Rights, rightsOn, shows } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import type { FeedAlert, FeedConsumer, FeedOrder, FeedPosition, FeedVan } from '../../protocol/feed.ts';
import type { FramePosition } from '../../protocol/feed-frame.ts';
import { consumerDevice } from '../../protocol/order.ts';
import type { Position } from '../../protocol/position.ts';
import { arrivalShown } from '../domain/arrival-shown.ts';
import { consumerFacts } from '../domain/order-facts.ts';
import { consumerShown, orderShown, vanShown } from '../domain/order-shown.ts';
import { factViews } from '../project/fact-views.ts';
import type { World } from '../project/world.ts';
import type { Audience } from './audience.ts';

/** Who is told, with what he may see. Those who see a whole agency are all told the same. */
export interface Told {
  world: World;
  viewer: Viewer;
  audience: Audience;
  /** UTC ms */
  now: number;
}

/** A van as the feed shows it, or undefined when it does not exist. */
export function vanView(told: Told, id: string, index: number): FeedVan | undefined {
  const { world, viewer } = told;
  const { agency } = viewer;
  const van = world.registry.van(agency, id);
  if (van === undefined) return undefined;
  const position = vanPosition(told, id) ?? null;
  const interval = position === null ? undefined : world.health.device(agency, position.device)?.interval;
  return { index, van: vanShown(viewer, van), position, ...(interval === undefined ? {} : { interval }) };
}

/** Where a van is, as far as the viewer may know. */
export function vanPosition({ world, viewer, audience }: Told, id: string): Position | undefined {
  const position = world.live.van(viewer.agency, id);
  const rights = audience.kind === 'some' ? (audience.vans.get(id) ?? noFixes) : everything;
  return position !== undefined && shows(rights, position.fixTime) ? position : undefined;
}

/** A consumer as the feed shows it, or undefined when there is none of that id. */
export function consumerView(told: Told, id: string, index: number): FeedConsumer | undefined {
  const { world, viewer } = told;
  const consumer = world.registry.consumer(viewer.agency, id);
  if (consumer === undefined) return undefined;
  const shared = world.sharing?.of(viewer.agency, id);
  const position = shared === undefined ? undefined : world.live.device(viewer.agency, consumerDevice(id));
  // The one who shares sees the present sharing too, and not where he was when he last did.
  const seen =
    shared !== undefined &&
    position !== undefined &&
    shared.from <= position.fixTime &&
    told.now < shared.until &&
    shows(consumerRights(told, id), position.fixTime);
  return { index, consumer: consumerShown(viewer, consumer), position: seen ? position : null };
}

function consumerRights({ world, viewer, audience, now }: Told, id: string): Rights {
  if (audience.kind === 'some') return audience.consumers.get(id) ?? noFixes;
  // The frame is for all who see the agency; whose token has expired is sent away, and blinds nobody.
  const anyone = { ...viewer, expiresAt: Number.POSITIVE_INFINITY };
  return rightsOn(anyone, consumerFacts(factViews(world), viewer.agency, id, now), now);
}

/** An order as the feed shows it, or undefined when there is none of that id. */
export function orderView({ world, viewer }: Told, id: string): FeedOrder | undefined {
  const order = world.orders?.order(viewer.agency, id);
  if (order === undefined) return undefined;
  return { order: orderShown(viewer, order), ...arrivalShown(world.arrivals, viewer.agency, order) };
}

/** An alert as the feed shows it, or undefined when there is none of that id any more. */
export function alertView({ world, viewer }: Told, id: string): FeedAlert | undefined {
  const alert = world.alerts?.alert(viewer.agency, id);
  return alert === undefined ? undefined : { alert };
}

/** A van's position for the JSON feed. */
export function positionView(subject: string, { device: _device, receivedAt: _at, ...fix }: Position): FeedPosition {
  return { subject, kind: 'van', ...fix };
}

/** A van's position for a binary frame. */
export function framePosition(index: number, position: Position): FramePosition {
  const { fixTime, latitude, longitude, speed, course, battery, ignition } = position;
  return {
    index,
    fixTime,
    latitude,
    longitude,
    ...(speed === undefined ? {} : { speed }),
    ...(course === undefined ? {} : { course }),
    ...(battery === undefined ? {} : { battery }),
    ...(ignition === undefined ? {} : { ignition }),
  };
}
