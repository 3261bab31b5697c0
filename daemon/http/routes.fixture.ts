import type { Role, Viewer } from '../../protocol/claims.ts';
import { AgencyDay } from '../project/agency-day.fixture.ts';
import { Detours } from '../route/detour.ts';
import { Roads } from '../route/roads.ts';
import { RouteCache } from '../route/route-cache.ts';
import type { RouteFinder } from '../route/route-finder.ts';
import { routeRoutes } from './routes.ts';
import { suggestedOrderRoutes } from './routes-order.ts';
import { testServer } from './server.fixture.ts';
import { snappedTrailRoutes } from './snapped-trail.ts';
import type { Tokens } from './tokens.ts';
import type { App } from './validation.ts';

/** For tests: an agency's day behind the routes about roads; `finder` knows them. */
export async function roadServer(finder?: RouteFinder) {
  const day = await AgencyDay.ofPune();
  const now = () => day.now;
  const signedIn = new Map<string, Viewer>();
  const detours = new Detours();
  const known = finder === undefined ? {} : { finder };
  const cache = new RouteCache({ ...known, detours });
  const roads = new Roads({ ...known, cache, detours, limitMs: 60_000, orderLimitMs: 60_000 });
  const { world, orders, commands } = day;
  const bed = await testServer(
    {},
    {
      world,
      commands,
      now,
      tokens: { verify: async (token: string) => signedIn.get(token) ?? null } as unknown as Tokens,
      plugins: [
        async (server) => {
          const app = server as unknown as App;
          await routeRoutes({ world, orders, roads, now })(app);
          await suggestedOrderRoutes({ world, orders, roads, now })(app);
          await snappedTrailRoutes({ world, snapper: roads, now })(app);
        },
      ],
    },
  );
  const { app } = await bed.server.build();
  await app.ready();
  const as = (role: Role, subject: string, agency = 'pune', scopes: string[] = []) => {
    const token = `${role}.${subject}.${agency}`;
    signedIn.set(token, {
      role,
      subject,
      agency,
      scopes: new Set(scopes) as Viewer['scopes'],
      expiresAt: Number.MAX_SAFE_INTEGER,
    });
    return async (method: 'GET' | 'POST', url: string) => {
      const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${token}` } });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? null : answer.json() };
    };
  };
  return {
    day,
    as,
    dispatcher: as('DISPATCHER', 'dev'),
    ravi: as('DELIVERY_PARTNER', 'ravi'),
    mohan: as('DELIVERY_PARTNER', 'mohan'),
    c1: as('CUSTOMER', 'c1'),
    stranger: as('ADMIN', 'anu', 'other'),
    remove: async () => {
      cache.stop();
      await app.close();
      await day.end();
      await bed.remove();
    },
  };
}
export type RoadServer = Awaited<ReturnType<typeof roadServer>>;
