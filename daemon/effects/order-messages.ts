import type { Event } from '../../protocol/record.ts';
import { recordNotified } from '../domain/decide-notified.ts';
import { hashLinkToken, type LinksView, makeLink, newLinkToken } from '../domain/link.ts';
import type { OrdersView } from '../domain/order-view.ts';
import { isQuiet } from '../domain/quiet-hours.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Commands } from '../project/commands.ts';
import type { Notice } from './notify.ts';
import type { Values } from './templates.ts';

/** What a consumer is told about an order after the link to it. */
export type OrderTemplate = 'ten-minutes' | 'arrived' | 'delivered' | 'failed' | 'delayed';

const ofEvents: Partial<Record<Event['type'], OrderTemplate>> = {
  'order-arrived': 'arrived',
  'order-delivered': 'delivered',
  'order-failed': 'failed',
};

export interface OrderMessagesDeps {
  registry: Pick<RegistryView, 'agency'>;
  orders: OrdersView;
  links: LinksView;
  commands: Pick<Commands, 'execute'>;
  notices: { told(agency: string, key: string): boolean };
  notify: { send(notice: Notice): Promise<void> };
  /** where the pages are, as https://vantrail.example */
  publicUrl: () => string;
  /** UTC ms */
  now: () => number;
}

/** How the key of the message about an event begins; undefined: nobody is told about it. */
export function toldBy(event: Event): string | undefined {
  if (event.type === 'order-started') return `order-link/${event.data.id}/${event.data.attempt}/`;
  const template = ofEvents[event.type];
  if (template === undefined || !('attempt' in event.data)) return undefined;
  return beginning(template, event.data.id, event.data.attempt);
}

/** The template of the message about an event, beside the link that goes out with its start. */
export function templateOf(event: Event): OrderTemplate | undefined {
  return ofEvents[event.type];
}

/**
 * Tells the consumer of an order something, once for each attempt, with a link of the own in it. In quiet hours nobody
 * is told, and the record says why: none of it is needed at the door, and in the morning it is no news.
 */
export async function tellConsumer(
  deps: OrderMessagesDeps,
  agencyId: string,
  orderId: string,
  template: OrderTemplate,
  more: { from: string; until: string } = { from: '', until: '' },
): Promise<void> {
  const { registry, orders, links, commands, notices, notify, now } = deps;
  const order = orders.order(agencyId, orderId);
  const agency = registry.agency(agencyId);
  if (order === undefined || agency === undefined) return;
  const key = `${beginning(template, orderId, order.attempt)}1`;
  if (notices.told(agencyId, key)) return;
  const to = { kind: 'consumer' as const, id: order.consumerId };
  const actor = 'daemon:messages';
  if (isQuiet(agency, now())) {
    const fields = { key, template, to, via: 'none', outcome: 'failed' as const, detail: 'quiet hours' };
    await commands.execute(recordNotified(notices, agencyId, fields), { actor });
    return;
  }
  const token = newLinkToken();
  const link = { orderId, own: true, tokenHash: hashLinkToken(token) };
  // Told late, the order may have ended so long ago that no link shows it any more.
  const made = await commands.execute(makeLink({ orders, links }, agencyId, link), { actor: 'daemon' });
  const url = made.ok ? { url: `${deps.publicUrl()}/t/${token}` } : {};
  const values: Values[OrderTemplate] = { order: orderId, ...url, ...more };
  await notify.send({ agency: agencyId, key, to, template, values });
}

function beginning(template: OrderTemplate, id: string, attempt: number): string {
  return `${template}/${id}/${attempt}/`;
}
