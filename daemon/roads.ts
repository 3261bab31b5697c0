import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { OrdersView } from './domain/order-view.ts';
import { routeRoutes } from './http/routes.ts';
import { suggestedOrderRoutes } from './http/routes-order.ts';
import { snappedTrailRoutes } from './http/snapped-trail.ts';
import type { Service } from './lifecycle.ts';
import type { World } from './project/world.ts';
import { Detours } from './route/detour.ts';
import { openFinder } from './route/open.ts';
import { Roads } from './route/roads.ts';
import { RouteCache } from './route/route-cache.ts';

/** Who knows the roads, and what is remembered of them. */
export function openRoads(config: Config & { version: string }, logger: Logger) {
  const finder = openFinder(config, logger);
  const detours = new Detours();
  const known = finder === undefined ? {} : { finder };
  const ways = new RouteCache({ ...known, detours });
  const roads = new Roads({ ...known, cache: ways, detours });
  const service: Service = {
    name: 'routes',
    start: async () => finder?.start?.(),
    stop: async () => {
      ways.stop();
      await finder?.stop?.();
    },
  };
  return {
    ways,
    detours,
    service,
    plugins: ({ world, orders }: { world: World; orders: OrdersView }) => [
      routeRoutes({ world, orders, roads, now: Date.now }),
      suggestedOrderRoutes({ world, orders, roads, now: Date.now }),
      snappedTrailRoutes({ world, snapper: roads, now: Date.now }),
    ],
  };
}
