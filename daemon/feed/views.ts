import type { FeedConsumer, FeedPosition, FeedVan } from '../../protocol/feed.ts';
import type { FramePosition } from '../../protocol/feed-frame.ts';
import type { Position } from '../../protocol/position.ts';
import type { World } from '../project/world.ts';

/** A van as the feed shows it, or undefined when it does not exist. */
export function vanView(world: World, agency: string, id: string, index: number): FeedVan | undefined {
  const van = world.registry.van(agency, id);
  if (van === undefined) return undefined;
  const position = world.live.van(agency, id) ?? null;
  const interval = position === null ? undefined : world.health.device(agency, position.device)?.interval;
  return { index, van, position, ...(interval === undefined ? {} : { interval }) };
}

/** A consumer as the feed shows it, or undefined when there is none of that id. */
export function consumerView(world: World, agency: string, id: string, index: number): FeedConsumer | undefined {
  const consumer = world.registry.consumer(agency, id);
  return consumer === undefined ? undefined : { index, consumer, position: null };
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
