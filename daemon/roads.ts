import type { Logger } from 'pino';
import { distance } from '../protocol/geo.ts';
import type { Config } from './config.ts';
import type { OrdersView } from './domain/order-view.ts';
import type { MotionFact } from './domain/trips.ts';
import { routeRoutes } from './http/routes.ts';
import { suggestedOrderRoutes } from './http/routes-order.ts';
import { snappedTrailRoutes } from './http/snapped-trail.ts';
import type { Service } from './lifecycle.ts';
import type { World } from './project/world.ts';
import type { Projections } from './projections.ts';
import { Detours } from './route/detour.ts';
import { openFinder } from './route/open.ts';
import { Roads } from './route/roads.ts';
import { RouteCache } from './route/route-cache.ts';

/** Trips of so long ago are learnt from at a start, ms. */
const lately = 7 * 86_400_000;

/** Who knows the roads, and what is remembered of them. */
export function openRoads(config: Config & { version: string }, logger: Logger) {
  const finder = openFinder(config, logger);
  const detours = new Detours();
  const known = finder === undefined ? {} : { finder };
  const ways = new RouteCache({ ...known, detours });
  const roads = new Roads({ ...known, cache: ways, detours });
  const drove = (agency: string, fact: MotionFact) => {
    if (fact.kind !== 'trip' || fact.until === undefined) return;
    detours.drove(agency, { straight: distance(fact.start, fact.end), driven: fact.distance });
  };
  const service = ({ folds, motion, registry }: Projections): Service => ({
    name: 'routes',
    start: async () => {
      await finder?.start?.();
      // What the vans drove lately tells how crooked the roads of the town are.
      const now = Date.now();
      for (const { id } of registry.view.agencies()) {
        for (const van of registry.view.vans(id)) {
          for (const fact of motion.trips(id, van.id, now - lately, now, now)) drove(id, fact);
        }
      }
      folds.onFacts((agency, _van, facts, { late }) => {
        if (late) return;
        for (const { step, fact } of facts) if (step === 'motion') drove(agency, fact as MotionFact);
      });
    },
    stop: async () => {
      ways.stop();
      await finder?.stop?.();
    },
  });
  return {
    ways,
    service,
    plugins: ({ world, orders }: { world: World; orders: OrdersView }) => [
      routeRoutes({ world, orders, roads, now: Date.now }),
      suggestedOrderRoutes({ world, orders, roads, now: Date.now }),
      snappedTrailRoutes({ world, snapper: roads, now: Date.now }),
    ],
  };
}
