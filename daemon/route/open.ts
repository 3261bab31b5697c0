import type { Logger } from 'pino';
import { Osrm } from './osrm.ts';
import { Outside } from './outside.ts';
import type { RouteFinder } from './route-finder.ts';
import { TownFinder } from './town.ts';
import { Valhalla } from './valhalla.ts';

export interface RouteOptions {
  /** absent: `town` under the demo town's map, else `none` */
  routes?: 'none' | 'osrm' | 'valhalla' | 'town';
  /** of OSRM or Valhalla */
  routesUrl?: string;
  townFile?: string;
  baseMap: string;
  version: string;
}

/** A finder with a life of its own; constructed, it has done nothing. */
export type RouteService = RouteFinder & { start?(): Promise<void>; stop?(): Promise<void> };

/** Who knows the roads, by the configuration; undefined: nobody, and all ways are straight. */
export function openFinder(options: RouteOptions, logger: Pick<Logger, 'warn' | 'info'>): RouteService | undefined {
  const { routesUrl: url, townFile, baseMap, version } = options;
  const routes = options.routes ?? (baseMap === 'demo' && townFile !== undefined ? 'town' : 'none');
  if (routes === 'none') return undefined;
  if (routes === 'town') {
    if (townFile === undefined) throw new Error('--routes town: --town-file must be given with it');
    return new TownFinder({ file: townFile });
  }
  if (url === undefined) throw new Error(`--routes ${routes}: --routes-url must be given with it`);
  const outside = new Outside({
    url,
    userAgent: `Vantrail/${version}`,
    circuit: {
      onChange: (open, failure) => {
        if (open) logger.warn({ err: failure }, `${routes} does not answer; ways are straight lines until it does`);
        else logger.info(`${routes} answers again`);
      },
    },
  });
  return routes === 'osrm' ? new Osrm({ outside }) : new Valhalla({ outside });
}
