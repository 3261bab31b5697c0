import { hashLinkToken, type LinksView, makeLink, newLinkToken } from '../domain/link.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { Commands } from './commands.ts';

/** A message to a consumer, as whoever delivers messages takes it. */
export interface LinkMessage {
  agency: string;
  /** one message, however often it is tried */
  key: string;
  template: 'order-link';
  to: { kind: 'consumer'; id: string };
  /** `url` opens the order's page and shows the delivery code: it goes to the consumer and into no log */
  values: { order: string; url: string };
}

export interface Notify {
  send(message: LinkMessage): Promise<void>;
}

/**
 * Sends the consumer of an order a share link of the own: the only kind that shows the delivery code. Its token exists
 * in the message alone. To be called when an order goes out (an effect of `order-started`), and when staff asks to send
 * it again. Answers false when the order is not out for delivery.
 */
export async function sendOwnLink(
  deps: {
    orders: OrdersView;
    links: LinksView;
    commands: Pick<Commands, 'execute'>;
    notify: Notify;
    /** where the pages are, as https://vantrail.example */
    publicUrl: string;
  },
  agency: string,
  orderId: string,
  actor: string,
): Promise<boolean> {
  const order = deps.orders.order(agency, orderId);
  if (order?.state !== 'out-for-delivery') return false;
  const token = newLinkToken();
  const made = await deps.commands.execute(
    makeLink(deps, agency, { orderId, own: true, tokenHash: hashLinkToken(token) }),
    { actor },
  );
  if (!made.ok) return false;
  await deps.notify.send({
    agency,
    key: `order-link/${orderId}/${order.attempt}/${made.value.id}`,
    template: 'order-link',
    to: { kind: 'consumer', id: order.consumerId },
    values: { order: orderId, url: `${deps.publicUrl}/t/${token}` },
  });
  return true;
}
