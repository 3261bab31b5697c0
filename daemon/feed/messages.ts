import type { ServerMessage } from '../../protocol/feed.ts';
import { encodePositions } from '../../protocol/feed-frame.ts';
import type { Position } from '../../protocol/position.ts';
import { type Changes, mostPlaces } from './changes.ts';
import { socketFrame } from './socket-frame.ts';
import {
  alertView,
  consumerView,
  framePosition,
  orderView,
  positionView,
  type Told,
  vanPosition,
  vanView,
} from './views.ts';

export type FeedFormat = 'json' | 'binary';
/** The short number of a subject on a connection; `kind:id` → number below 2^24. */
export type IndexOf = (kind: 'van' | 'consumer', id: string) => number;

export const messageFrame = (message: ServerMessage): Buffer => socketFrame(JSON.stringify(message));

/** Whom something is told, and how. */
export interface Telling extends Told {
  format: FeedFormat;
  cursor: string;
  indexOf: IndexOf;
}

/**
 * The frames that bring a viewer up to date with `changes`: first what was added, changed or removed (so that an index
 * is always announced before it is used), then where things are.
 */
export function changeFrames(changes: Changes, telling: Telling): Buffer[] {
  const { cursor, indexOf } = telling;
  const frames: Buffer[] = [];
  const gone = (kind: 'van' | 'consumer' | 'order' | 'alert', subject: string) =>
    messageFrame({ type: 'gone', cursor, kind, subject });
  for (const id of changes.vans) {
    const view = vanView(telling, id, indexOf('van', id));
    frames.push(view === undefined ? gone('van', id) : messageFrame({ type: 'event', cursor, name: 'van', ...view }));
  }
  for (const id of changes.consumers) {
    const view = consumerView(telling, id, indexOf('consumer', id));
    frames.push(
      view === undefined ? gone('consumer', id) : messageFrame({ type: 'event', cursor, name: 'consumer', ...view }),
    );
  }
  for (const id of changes.orders) {
    const view = orderView(telling, id);
    frames.push(
      view === undefined ? gone('order', id) : messageFrame({ type: 'event', cursor, name: 'order', ...view }),
    );
  }
  for (const id of changes.alerts) {
    const view = alertView(telling, id);
    frames.push(
      view === undefined ? gone('alert', id) : messageFrame({ type: 'event', cursor, name: 'alert', ...view }),
    );
  }
  if (changes.places.size > mostPlaces) frames.push(messageFrame({ type: 'event', cursor, name: 'places' }));
  else for (const key of changes.places) frames.push(placeFrame(key, telling));
  // A van that was just announced came with its position.
  const moved = [...changes.moved].filter((id) => !changes.vans.has(id));
  frames.push(...positionFrames(moved, telling));
  return frames;
}

function placeFrame(key: string, { world, viewer, cursor }: Telling): Buffer {
  const place = world.places?.place(viewer.agency, key);
  return place === undefined
    ? messageFrame({ type: 'gone', cursor, kind: 'place', subject: key })
    : messageFrame({ type: 'event', cursor, name: 'place', place });
}

function positionFrames(moved: readonly string[], telling: Telling): Buffer[] {
  const { format, cursor, indexOf } = telling;
  const places: { id: string; position: Position }[] = [];
  for (const id of moved) {
    const position = vanPosition(telling, id);
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
