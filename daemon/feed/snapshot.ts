import type { FeedConsumer, FeedVan } from '../../protocol/feed.ts';
import type { World } from '../project/world.ts';
import { seesConsumer, seesVan } from './audience.ts';
import type { Connection } from './connection.ts';
import { type IndexOf, messageFrame } from './messages.ts';
import { consumerView, vanView } from './views.ts';

/** Subjects in a page. */
const pageSize = 500;

/**
 * Sends all a viewer may see, page by page, at the viewer's own speed. What changes meanwhile waits in the connection
 * and follows after the last page. Answers whether the last page was sent (false: the viewer went away).
 */
export async function sendSnapshot(
  world: World,
  connection: Connection,
  indexOf: IndexOf,
  cursor: string,
  now: () => number,
): Promise<boolean> {
  const { agency, audience } = connection;
  let page = 0;
  let vans: FeedVan[] = [];
  let consumers: FeedConsumer[] = [];
  const send = async (last: boolean) => {
    connection.write([messageFrame({ type: 'snapshot', cursor, page: page++, last, vans, consumers })], now());
    vans = [];
    consumers = [];
    await connection.drained();
    if (!last) await new Promise(setImmediate);
  };
  for (const { id } of [...world.registry.vans(agency)]) {
    if (!connection.open) return false;
    const view = seesVan(audience, id) ? vanView(world, agency, id, indexOf('van', id)) : undefined;
    if (view !== undefined) vans.push(view);
    if (vans.length === pageSize) await send(false);
  }
  for (const { id } of [...world.registry.consumers(agency)]) {
    if (!connection.open) return false;
    const view = seesConsumer(audience, id) ? consumerView(world, agency, id, indexOf('consumer', id)) : undefined;
    if (view !== undefined) consumers.push(view);
    if (vans.length + consumers.length >= pageSize) await send(false);
  }
  await send(true);
  return connection.open;
}
