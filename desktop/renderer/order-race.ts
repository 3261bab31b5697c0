import type { Order } from '../../protocol/order.ts';
import type { Session } from './session.ts';
import type { ConsoleStore } from './store.ts';
import { words } from './words.ts';

/** Something that happened to an order, as the daemon tells it. */
export interface StoryStep {
  time: number;
  /** ROLE:id, or the part of the daemon that did it */
  actor: string;
  type: string;
  data: Record<string, unknown>;
}

async function readStory(session: Pick<Session, 'read'>, id: string, signal?: AbortSignal): Promise<StoryStep[]> {
  const { items } = (await session.read(`/api/orders/${encodeURIComponent(id)}/story`, signal)) as {
    items: StoryStep[];
  };
  return items;
}

/** Who an actor is, in a word: colleagues by the name they sign in with. */
export function actorName(actor: string, own: string | undefined): string {
  const at = actor.indexOf(':');
  const role = at < 0 ? actor : actor.slice(0, at);
  const id = at < 0 ? '' : actor.slice(at + 1);
  switch (role) {
    case 'ADMIN':
    case 'DISPATCHER':
      return id === own ? words.order.you : id;
    case 'DELIVERY_PARTNER':
      return words.order.driver(id);
    case 'CUSTOMER':
      return words.order.theConsumer;
    case 'INTERNAL_SERVICE':
      return id;
    default:
      return words.order.daemon;
  }
}

export interface Lost {
  who: string;
  /** as it is now; undefined: it is not there any more */
  order: Order | undefined;
}

/** Who changed an order last, and how it is now. */
export async function whoWon(
  { session, store }: { session: Pick<Session, 'read'>; store: ConsoleStore },
  id: string,
): Promise<Lost> {
  const [order, story] = await Promise.all([
    session.read(`/api/orders/${encodeURIComponent(id)}`) as Promise<Order>,
    readStory(session, id),
  ]);
  const last = story.findLast(({ type }) => type !== 'notified');
  return { order, who: last === undefined ? '' : actorName(last.actor, store.getState().viewer?.subject) };
}
