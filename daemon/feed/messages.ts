import type { ServerMessage } from '../../protocol/feed.ts';
import { encodePositions } from '../../protocol/feed-frame.ts';
import type { Position } from '../../protocol/position.ts';
import type { World } from '../project/world.ts';
import type { Changes } from './changes.ts';
import { socketFrame } from './socket-frame.ts';
import { consumerView, framePosition, positionView, vanView } from './views.ts';

export type FeedFormat = 'json' | 'binary';
/** The short number of a subject on a connection; `kind:id` → number below 2^24. */
export type IndexOf = (kind: 'van' | 'consumer', id: string) => number;

export const messageFrame = (message: ServerMessage): Buffer => socketFrame(JSON.stringify(message));

/** Whom something is told, and how. */
export interface Telling {
  world: World;
  agency: string;
  format: FeedFormat;
  cursor: string;
  indexOf: IndexOf;
}

/**
 * The frames that bring a viewer up to date with `changes`: first what was added, changed or removed (so that an index
 * is always announced before it is used), then where things are.
 */
export function changeFrames(changes: Changes, telling: Telling): Buffer[] {
  const { world, agency, cursor, indexOf } = telling;
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
  // A van that was just announced came with its position.
  const moved = [...changes.moved].filter((id) => !changes.vans.has(id));
  frames.push(...positionFrames(moved, telling));
  return frames;
}

function positionFrames(moved: readonly string[], { world, agency, format, cursor, indexOf }: Telling): Buffer[] {
  const places: { id: string; position: Position }[] = [];
  for (const id of moved) {
    const position = world.live.van(agency, id);
    if (position !== undefined) places.push({ id, position });
  }
  if (places.length === 0) return [];
  if (format === 'json') {
    const positions = places.map(({ id, position }) => positionView(id, position));
    return [messageFrame({ type: 'positions', cursor, positions })];
  }
  const positions = places.map(({ id, position }) => framePosition(indexOf('van', id), position));
  return encodePositions(cursor, positions).map(socketFrame);
}
