import type { ServerMessage } from '../../protocol/feed.ts';
import { encodePositions, type FramePosition } from '../../protocol/feed-frame.ts';
import type { World } from '../project/world.ts';
import type { Changes } from './changes.ts';
import { socketFrame } from './socket-frame.ts';
import { consumerView, framePosition, positionView, vanView } from './views.ts';

export type FeedFormat = 'json' | 'binary';
/** The short number of a subject on a connection; `kind:id` → number below 2^24. */
export type IndexOf = (kind: 'van' | 'consumer', id: string) => number;

export const messageFrame = (message: ServerMessage): Buffer => socketFrame(JSON.stringify(message));

/**
 * The frames that bring a viewer up to date with `changes`: first what was added, changed or removed (so that an index
 * is always announced before it is used), then where things are.
 */
export function changeFrames(
  world: World,
  agency: string,
  changes: Changes,
  format: FeedFormat,
  cursor: string,
  indexOf: IndexOf,
): Buffer[] {
  const frames: Buffer[] = [];
  for (const id of changes.vans) {
    const view = vanView(world, agency, id, indexOf('van', id));
    frames.push(
      messageFrame(
        view === undefined
          ? { type: 'gone', cursor, kind: 'van', subject: id }
          : { type: 'event', cursor, name: 'van', ...view },
      ),
    );
  }
  for (const id of changes.consumers) {
    const view = consumerView(world, agency, id, indexOf('consumer', id));
    frames.push(
      messageFrame(
        view === undefined
          ? { type: 'gone', cursor, kind: 'consumer', subject: id }
          : { type: 'event', cursor, name: 'consumer', ...view },
      ),
    );
  }
  frames.push(...positionFrames(world, agency, changes, format, cursor, indexOf));
  return frames;
}

function positionFrames(
  world: World,
  agency: string,
  changes: Changes,
  format: FeedFormat,
  cursor: string,
  indexOf: IndexOf,
): Buffer[] {
  if (format === 'json') {
    const positions = [];
    for (const id of changes.moved) {
      const position = changes.vans.has(id) ? undefined : world.live.van(agency, id);
      if (position !== undefined) positions.push(positionView(id, position));
    }
    return positions.length === 0 ? [] : [messageFrame({ type: 'positions', cursor, positions })];
  }
  const positions: FramePosition[] = [];
  for (const id of changes.moved) {
    const position = changes.vans.has(id) ? undefined : world.live.van(agency, id);
    if (position !== undefined) positions.push(framePosition(indexOf('van', id), position));
  }
  return encodePositions(cursor, positions).map(socketFrame);
}
