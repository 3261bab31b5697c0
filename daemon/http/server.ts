import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { LatLon } from '../../protocol/geo.ts';
import type { Service } from '../lifecycle.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { agencyRoutes } from './agencies.ts';
import { type AppOptions, buildApp } from './app.ts';
import type { AuthDeps } from './auth.ts';
import { consumerExportRoutes } from './consumer-export.ts';
import { ConsumerNumbers, consumerMarkerRoutes } from './consumer-markers.ts';
import { consumerRoutes } from './consumers.ts';
import { deadLetterRoutes, type PlaceReplay, type Replay } from './dead-letters.ts';
import { demoSessionRoutes } from './demo-session.ts';
import { deviceCommandRoutes } from './device-command.ts';
import { deviceRoutes } from './devices.ts';
import { type Check, healthRoutes } from './health.ts';
import { type MapDeps, mapRoutes } from './map.ts';
import { meRoutes } from './me.ts';
import type { Metrics } from './metrics.ts';
import { pageRoutes } from './pages.ts';
import type { PeopleDeps } from './people.ts';
import { peopleRoutes } from './people-routes.ts';
import { requestRoutes } from './requests.ts';
import type { RouteTable } from './route-table.ts';
import type { Tokens } from './tokens.ts';
import { trailRoutes } from './trails.ts';
import { tripRoutes } from './trips.ts';
import type { App, Routes } from './validation.ts';
import { vanRoutes } from './vans.ts';

export interface HttpOptions extends AppOptions, MapDeps {
  host: string;
  httpPort: number;
  /** folder with the built pages; the console is in `console/` below it */
  pagesFolder: string;
  /** the demo's agency, when anyone at this machine may sign in to it */
  demoAgency?: string | undefined;
}

export interface HttpDeps extends AuthDeps {
  world: World;
  commands: Pick<Commands, 'execute' | 'outcome'>;
  /** the pipeline, which takes dead letters once more */
  replay: Replay;
  /** the same for refused places */
  places?: PlaceReplay;
  /** the address of where a van is, as far as it is known */
  addressOf?: (agency: string, vanId: string, at: LatLon) => string | undefined;
  /** brings a command to a device wherever it is connected; answers whether it was delivered */
  command: (username: string, payload: string) => Promise<boolean>;
  tokens: Tokens;
  logger: Logger;
  metrics: Metrics;
  checks: readonly Check[];
  /** accounts, sessions, the audit trail; absent: there is only who holds a token */
  people?: Omit<PeopleDeps, 'world' | 'commands' | 'tokens' | 'now'>;
  /** routes of other parts: the feed, the intake */
  plugins: readonly FastifyPluginAsync[];
  /** UTC ms */
  now?: () => number;
}

/** In-flight answers may take this long when the daemon stops; a trail that streams longer is cut, ms. */
const drainTime = 5000;

/** The HTTP face of the daemon. */
export class HttpServer implements Service {
  readonly name = 'http';
  readonly #options: HttpOptions;
  readonly #deps: HttpDeps;
  #app: App | undefined;
  #drain: () => void = () => {};
  #table: RouteTable | undefined;

  constructor(options: HttpOptions, deps: HttpDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Builds the routes without listening; tests inject requests into it. */
  async build(): ReturnType<typeof buildApp> {
    return buildApp(this.#options, this.#deps, routesOf(this.#options, this.#deps));
  }

  async start(): Promise<void> {
    const { app, drain, table } = await this.build();
    this.#table = table;
    const { host, httpPort } = this.#options;
    await app.listen({ host, port: httpPort });
    this.#app = app;
    this.#drain = drain;
  }

  /** Every route and who may call it, once started. */
  routes(): ReturnType<RouteTable['list']> {
    return this.#table?.list() ?? [];
  }

  /** The port it listens on; differs from the configured one where that is 0. */
  get port(): number {
    return portOf(this.#app);
  }

  /** Takes nothing new, finishes what runs, and cuts what takes too long. */
  async stop(): Promise<void> {
    const app = this.#app;
    if (app === undefined) return;
    this.#app = undefined;
    this.#drain();
    const cut = setTimeout(() => app.server.closeAllConnections(), drainTime);
    try {
      await app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}

function routesOf(options: HttpOptions, deps: HttpDeps): Routes[] {
  const { world, commands, replay, command } = deps;
  const now = deps.now ?? Date.now;
  const numbers = new ConsumerNumbers();
  return [
    healthRoutes({ checks: deps.checks, version: options.version }, 'public'),
    meRoutes({ world, accounts: deps.people?.accounts }),
    agencyRoutes({ world, commands }),
    ...(deps.people === undefined ? [] : peopleRoutes({ ...deps.people, world, commands, tokens: deps.tokens, now })),
    vanRoutes({ world, commands, now, ...(deps.addressOf === undefined ? {} : { addressOf: deps.addressOf }) }),
    trailRoutes({ world, now }),
    ...(world.motion === undefined ? [] : [tripRoutes({ world, motion: world.motion, now })]),
    deviceRoutes({ world, commands, now }),
    deviceCommandRoutes({ world, command, now }),
    consumerRoutes({ world, commands, now, numbers }),
    consumerMarkerRoutes({ world, now, numbers }),
    consumerExportRoutes({ world }),
    requestRoutes({ commands }),
    deadLetterRoutes({ world, replay, ...(deps.places === undefined ? {} : { places: deps.places }) }),
    mapRoutes(options),
    ...(options.demoAgency === undefined
      ? []
      : [demoSessionRoutes({ tokens: deps.tokens, agency: options.demoAgency })]),
    ...deps.plugins.map(
      (plugin): Routes =>
        async (app) =>
          void (await app.register(plugin)),
    ),
    pageRoutes(options),
  ];
}

export function portOf(app: Pick<FastifyInstance, 'server'> | undefined): number {
  const address = app?.server.address() as AddressInfo | null | undefined;
  if (!address) throw new Error('the server does not listen');
  return address.port;
}
