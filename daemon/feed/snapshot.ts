import type { FeedAlert, FeedConsumer, FeedOrder, FeedVan } from '../../protocol/feed.ts';
import type { World } from '../project/world.ts';
import { seesAlert, seesConsumer, seesOrder, seesVan } from './audience.ts';
import type { Connection } from './connection.ts';
import { type IndexOf, messageFrame } from './messages.ts';
import { alertView, consumerView, orderView, type Told, vanView } from './views.ts';

/** Subjects in a page. */
const pageSize = 500;

/**
 * Sends all a viewer may see, page by page, at the viewer's own speed. What changes meanwhile waits in the connection
 * and follows after the last page; what he may not see any more is in no later page. Answers whether the last page was
 * sent (false: the viewer went away).
 */
export async function sendSnapshot(
  world: World,
  connection: Connection,
  indexOf: IndexOf,
  cursor: string,
  now: () => number,
): Promise<boolean> {
  const { agency } = connection;
  const told = (): Told => ({ world, viewer: connection.viewer, audience: connection.audience, now: now() });
  let page = 0;
  let vans: FeedVan[] = [];
  let consumers: FeedConsumer[] = [];
  let orders: FeedOrder[] = [];
  let alerts: FeedAlert[] = [];
  const send = async (last: boolean) => {
    const some = { ...(orders.length > 0 ? { orders } : {}), ...(alerts.length > 0 ? { alerts } : {}) };
    connection.write([messageFrame({ type: 'snapshot', cursor, page: page++, last, vans, consumers, ...some })], now());
    vans = [];
    consumers = [];
    orders = [];
    alerts = [];
    await connection.drained();
    if (!last) await new Promise(setImmediate);
  };
  const full = () => vans.length + consumers.length + orders.length + alerts.length >= pageSize;
  for (const { id } of [...world.registry.vans(agency)]) {
    if (!connection.open) return false;
    const view = seesVan(connection.audience, id) ? vanView(told(), id, indexOf('van', id)) : undefined;
    if (view !== undefined) vans.push(view);
    if (full()) await send(false);
  }
  for (const { id } of [...world.registry.consumers(agency)]) {
    if (!connection.open) return false;
    const view = seesConsumer(connection.audience, id) ? consumerView(told(), id, indexOf('consumer', id)) : undefined;
    if (view !== undefined) consumers.push(view);
    if (full()) await send(false);
  }
  for (const { id } of [...(world.orders?.recent(agency) ?? [])]) {
    if (!connection.open) return false;
    const view = seesOrder(connection.audience, id) ? orderView(told(), id) : undefined;
    if (view !== undefined) orders.push(view);
    if (full()) await send(false);
  }
  for (const { id } of [...(world.alerts?.open(agency) ?? [])]) {
    if (!connection.open) return false;
    const view = seesAlert(connection.audience, id) ? alertView(told(), id) : undefined;
    if (view !== undefined) alerts.push(view);
    if (full()) await send(false);
  }
  await send(true);
  return connection.open;
}
