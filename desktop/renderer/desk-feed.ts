import type { FeedMessage } from '../../protocol/feed-client.ts';
import { encodePositions, type FramePosition } from '../../protocol/feed-frame.ts';
import type { FeedBatch } from '../shared/bridge.ts';
import type { World } from './world/world.ts';

interface DeskFeedDeps {
  send: (batch: FeedBatch) => Promise<unknown>;
  /** the daemon's clock, UTC ms */
  now: () => number;
  world: World;
  /** whether this page is the one that feeds the cache, to begin with */
  feeds: boolean;
}

export interface DeskFeed {
  /** Every message of the feed, after the world has it. */
  heard(message: FeedMessage): void;
  /** This page feeds the cache from now on, or again from the beginning: all that is known goes first. */
  begin(): void;
  stop(): void;
}

/** The parts of a snapshot, as JSON will have them. */
type Pages = Record<'vans' | 'consumers' | 'orders' | 'alerts', object[]>;

/** How long positions are gathered, ms. */
const gatherFor = 2000;
/** Positions that wait at most while the cache is busy; more, and it is told that some are missing. */
const mostPositions = 200_000;
/** Vans or consumers in one message of what is known. */
const pageSize = 2000;

/**
 * Hands on to the desktop app's cache what this page's feed says, in batches. Positions go as frames with a list of
 * whose they are, so that a batch needs no other one to be understood.
 */
export function deskFeed(deps: DeskFeedDeps): DeskFeed {
  /** subjects by the feed's numbers */
  const subjects = new Map<number, string>();
  // Unlike that of any other page, so that the cache knows where one connection ends.
  let link = Math.floor(Math.random() * 2 ** 40);
  let { feeds } = deps;
  let messages: string[] = [];
  let positions: { subject: string; position: Omit<FramePosition, 'index'> }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<unknown> = Promise.resolve();
  let underway = 0;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const places = new Map<string, number>();
    const framed = positions.map(({ subject, position }) => {
      const index = places.get(subject) ?? places.size;
      places.set(subject, index);
      return { index, ...position };
    });
    const batch: FeedBatch = {
      link,
      at: Math.round(deps.now()),
      messages,
      subjects: [...places.keys()],
      positions: encodePositions('', framed),
    };
    messages = [];
    positions = [];
    underway++;
    // One after the other, in order. A batch that is refused is not sent again: the app asks for all when it can.
    sending = sending
      .then(() => deps.send(batch))
      .catch(() => undefined)
      .finally(() => {
        underway--;
      });
  };
  const soon = () => {
    timer ??= setTimeout(flush, gatherFor);
  };
  const add = (subject: string | undefined, position: Omit<FramePosition, 'index'>) => {
    if (subject !== undefined) positions.push({ subject, position });
  };
  const learn = (message: FeedMessage) => {
    if (message.type === 'snapshot') {
      for (const { index, van } of message.vans) subjects.set(index, `van/${van.id}`);
      for (const { index, consumer } of message.consumers) subjects.set(index, `consumer/${consumer.id}`);
    } else if (message.type === 'event' && message.name === 'van') subjects.set(message.index, `van/${message.van.id}`);
    else if (message.type === 'event' && message.name === 'consumer') {
      subjects.set(message.index, `consumer/${message.consumer.id}`);
    }
  };

  return {
    heard(message) {
      learn(message);
      if (!feeds) return;
      switch (message.type) {
        case 'welcome':
          if (messages.length + positions.length > 0) flush();
          link++;
          messages.push(JSON.stringify(message));
          break;
        case 'frame':
          for (const { index, ...position } of message.positions) add(subjects.get(index), position);
          break;
        case 'positions':
          for (const { subject, kind, ...position } of message.positions) add(`${kind}/${subject}`, position);
          break;
        case 'heartbeat':
          break;
        case 'gone':
          // What was heard of it before goes before: messages come first in a batch.
          if (positions.length > 0) flush();
          messages.push(JSON.stringify(message));
          break;
        default:
          messages.push(JSON.stringify(message));
      }
      if (positions.length > mostPositions) {
        positions = [];
        link++;
      }
      if (messages.length > 200 && underway < 4) flush();
      else soon();
    },
    begin() {
      feeds = true;
      link++;
      messages = [];
      positions = [];
      const { vans, consumers, orders, alerts } = deps.world;
      let number = 0;
      const pages = <T>(all: Iterable<T>, part: (some: T[]) => Partial<Pages>) => {
        const list = [...all];
        for (let i = 0; i < list.length; i += pageSize) {
          const known = {
            type: 'snapshot',
            cursor: '',
            page: number++,
            // Never the last: it names what this page knows, and that is no reason to forget the rest.
            last: false,
            vans: [],
            consumers: [],
            ...part(list.slice(i, i + pageSize)),
          };
          messages.push(JSON.stringify(known));
          flush();
        }
      };
      pages(vans.values(), (some) => ({
        vans: some.map(({ index, van, position, interval }) => ({ index, van, position, interval })),
      }));
      pages(consumers.values(), (some) => ({
        consumers: some.map(({ index, consumer, position }) => ({ index, consumer, position })),
      }));
      pages(orders.values(), (some) => ({ orders: some.map(({ order, arrival }) => ({ order, arrival })) }));
      pages(alerts.values(), (some) => ({ alerts: some.map((alert) => ({ alert })) }));
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      feeds = false;
    },
  };
}
