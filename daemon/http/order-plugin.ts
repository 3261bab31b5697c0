import type { FastifyInstance } from 'fastify';
import { consumerActRoutes } from './consumer-acts.ts';
import { type LinkDeps, linkRoutes } from './links.ts';
import { orderActRoutes } from './order-acts.ts';
import { deliveryRoutes } from './order-delivery.ts';
import { orderStoryRoutes, type StoryDeps } from './order-story.ts';
import { type OrderDeps, orderRoutes } from './orders.ts';
import { refusedActRoutes } from './refused-acts.ts';
import { runRoutes } from './run.ts';
import { type SharingDeps, sharingRoutes } from './sharing.ts';
import type { App } from './validation.ts';

/** Everything about orders that is asked over HTTP: the orders, their runs, links to them, shared locations. */
export function orderPlugin(deps: OrderDeps & StoryDeps & LinkDeps & SharingDeps) {
  return async (server: FastifyInstance): Promise<void> => {
    const app = server as unknown as App;
    for (const routes of [
      orderRoutes,
      orderActRoutes,
      consumerActRoutes,
      deliveryRoutes,
      refusedActRoutes,
      orderStoryRoutes,
      runRoutes,
      linkRoutes,
      sharingRoutes,
    ]) {
      await routes(deps)(app);
    }
  };
}
