import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Viewer, viewerOf } from '../protocol/claims.ts';
import type { Device } from '../protocol/registry.ts';
import { people } from './accounts/people.ts';
import { ServerSecret } from './accounts/server-secret.ts';
import { standingOf } from './accounts/standing.ts';
import type { Config } from './config.ts';
import { addAgency } from './domain/decide-agency.ts';
import { DeliveryCodes } from './domain/delivery-code.ts';
import { hashKey } from './domain/device-key.ts';
import type { RegistryView } from './domain/registry-view.ts';
import { Effects } from './effects/effects.ts';
import { type ArrivalOf, EstimateMessages } from './effects/estimate-messages.ts';
import { consoleNotify, type Notify } from './effects/notify.ts';
import { tellConsumer, templateOf } from './effects/order-messages.ts';
import { webhookNotify } from './effects/webhook-notify.ts';
import { audienceOf } from './feed/audience-of.ts';
import { Hub } from './feed/hub.ts';
import { feedRoutes } from './feed/server.ts';
import { gazetteer } from './gazetteer.ts';
import { AdminServer } from './http/admin.ts';
import { type Caller, intakeRoutes } from './http/intake.ts';
import { Keys } from './http/keys.ts';
import { KeysFile } from './http/keys-file.ts';
import { LinkGuesses } from './http/link-guesses.ts';
import { Metrics } from './http/metrics.ts';
import { orderPlugin } from './http/order-plugin.ts';
import { HttpServer } from './http/server.ts';
import { Tokens } from './http/tokens.ts';
import { trackerAddressRoutes } from './http/tracker-address.ts';
import { viewPages } from './http/view-pages.ts';
import { MqttBroker } from './ingest/broker.ts';
import { Courier } from './ingest/courier.ts';
import { Identity } from './ingest/identity.ts';
import type { Intake } from './ingest/intake.ts';
import { Pipeline } from './ingest/pipeline.ts';
import { SourceIntake } from './ingest/source.ts';
import { readSources } from './ingest/source-option.ts';
import { Lifecycle, type Service } from './lifecycle.ts';
import { EmbeddedLog, type EmbeddedLogDeps } from './log/embedded.ts';
import { SchemaRegistration } from './log/schema-registry.ts';
import { readRegistryAddress } from './log/schema-registry-address.ts';
import { measure } from './measure.ts';
import { oversight } from './oversight.ts';
import { Commands } from './project/commands.ts';
import { sendOwnLink } from './project/own-link.ts';
import type { Change, World } from './project/world.ts';
import { projectionsOf } from './projections.ts';
import { openRoads } from './roads.ts';
import { openSharedLog, openSources } from './shared-log.ts';
import { caughtUp, finishErasures, inBackground } from './start-up.ts';

/** Whom `--demo` signs in. */
const demoAgency = 'demo';
const day = 86_400_000;

export interface AppDeps {
  config: Config;
  version: string;
  /** folder with the built pages, when the configuration names none */
  pagesFolder: string;
  logger: Logger;
  /** puts something before the intake; the crash test's control uses it to acknowledge too early */
  aroundIntake?: (intake: Intake) => Intake;
  /** makes the log; the test of a full disk gives it a smaller one */
  makeLog?: (deps: EmbeddedLogDeps) => EmbeddedLog;
}

export interface App {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** every route of the HTTP server and who may call it, once started */
  routes(): ReturnType<HttpServer['routes']>;
  /** the ports it listens on, once started */
  ports(): { httpPort: number; mqttPort: number; mqttTlsPort?: number; adminPort: number };
}

/**
 * The whole daemon, wired in the order of the way:
 *
 *   tracker ─► MQTT · HTTP ─► intake (decode → admit) ─► LOG ─► projections ─► hub ─► feed
 *                                             commands ─► LOG ─► registry ─► answer
 */
export async function createApp(deps: AppDeps): Promise<App> {
  const { config, version, pagesFolder, logger, aroundIntake, makeLog = (log) => new EmbeddedLog(log) } = deps;
  const inData = (name: string) => join(config.data, name);
  const part = (name: string) => logger.child({ part: name });
  const tls = config.tlsCert && config.tlsKey ? await readPair(config.tlsCert, config.tlsKey) : undefined;

  // The log: the only truth. On this disk, or in Kafka and shared with other daemons.
  const shared =
    config.log === 'kafka'
      ? openSharedLog(config, {
          spoolFolder: inData('spool'),
          saved: () => projector.savedCursors(),
          logger: part('log'),
        })
      : undefined;
  const log =
    shared?.log ??
    makeLog({
      folder: inData('log'),
      logger: part('log'),
      retention: {
        positionsMaxAgeMs: config.positionsKeptDays * day,
        positionsMaxBytes: config.positionsKeptBytes,
        deadLettersMaxAgeMs: config.deadLettersKeptDays * day,
        deadLettersMaxBytes: config.deadLettersKeptBytes,
      },
    });

  // What is derived from it.
  const roads = openRoads({ ...config, version }, part('routes'));
  const file = inData('projections.sqlite');
  const projections = projectionsOf({ log, file, config, ways: roads.ways, logger: part });
  const { registry, accounts, orders, sharing, links, notices, audit, trails, health, deadLetters, arrivals } =
    projections;
  const { projector, replays } = projections;
  // Alerts open and close by the clock as well.
  const listeners = new Set<(change: Change) => void>();
  const world: World = {
    ...projections.world,
    onChange: (listener) => {
      const end = projector.onChange(listener);
      listeners.add(listener);
      return () => {
        end();
        listeners.delete(listener);
      };
    },
  };

  // What comes in.
  const metrics = new Metrics();
  const ackDelay = metrics.durations(
    'vantrail_ack_seconds',
    'From the receipt of a position to its PUBACK, of one in sixteen',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  );
  const identity = new Identity({ registry: registry.view });
  const pipeline = new Pipeline({
    log,
    registry: registry.view,
    hasFix: (agency, device, fixTime) => trails.has(agency, device, fixTime),
    onDuplicate: (agency, device) => health.duplicate(agency, device),
    countDeadLetters: (agency, device, since) => deadLetters.countOf(agency, device, since),
    trailsKeptMs: config.trailsKeptDays * day,
    deadLettersPerDeviceAndDay: config.deadLettersPerDevice,
  });
  const intake = aroundIntake?.(pipeline) ?? pipeline;
  const broker = new MqttBroker({
    host: config.host,
    port: config.mqttPort,
    ...(tls === undefined ? {} : { tls: { port: config.mqttTlsPort, ...tls } }),
    // Whoever has a certificate wants keys and positions encrypted on their way.
    ...(tls === undefined || config.mqttPlain ? {} : { plainHost: '127.0.0.1' }),
    intake,
    identity,
    registry: registry.view,
    logger: part('mqtt'),
    backlog: () => log.waitingBytes(),
    limits: { waitingBytes: config.maxWaitingBytes, connections: config.maxConnections },
    onConnected: (username) => courier.connected(username),
    onAcknowledged: (ms) => ackDelay(ms / 1000),
  });
  const courier = new Courier({
    broker,
    daemon: shared?.daemon ?? '',
    ...(shared === undefined ? {} : { exchange: shared.exchange }),
    logger: part('courier'),
  });
  const sources = readSources(config.kafkaSource, config.kafkaPrefix);
  const source =
    sources.length === 0
      ? undefined
      : new SourceIntake({
          sources,
          consumer: openSources(config, sources, part('sources')),
          intake,
          registry: registry.view,
          logger: part('sources'),
        });
  // At every daemon alike, whichever of them took the command.
  world.onChange(({ agency, devices = [] }) => {
    for (const id of devices) broker.review(agency, id);
  });
  const commands = new Commands({
    log,
    registry,
    now: Date.now,
    onLateFailure: (error, request) =>
      part('commands').error({ err: error, request }, 'a command failed after its caller was answered'),
  });

  // What goes out.
  const keys =
    config.keysFile === undefined
      ? new Keys(inData('keys'))
      : new KeysFile(config.keysFile, { warn: (message) => part('keys').warn(message) });
  const secret = new ServerSecret(
    config.keysFile === undefined ? { folder: inData('keys') } : { keysFile: config.keysFile },
  );
  const codes = new DeliveryCodes(() => secret.keyFor('delivery codes'));
  const standing = standingOf(accounts.view, registry.view);
  const tokens = new Tokens({
    keys,
    stands: (claims) => (claims.link === undefined ? standing(claims) : links.admits(viewerOf(claims), Date.now())),
  });
  const frameDelay = metrics.durations(
    'vantrail_feed_delay_seconds',
    'From the receipt of a position to the frame that shows it',
    [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 1, 5],
  );
  const audience = (viewer: Viewer) => audienceOf(viewer, registry.view, Date.now(), world);
  const hub = new Hub({
    world,
    audienceOf: audience,
    admits: (viewer, now) => links.admits(viewer, now),
    estimates: (tell) => arrivals.onEstimates(({ agency, orders: ids }) => tell(agency, ids)),
    onDelay: (ms) => frameDelay(ms / 1000),
  });
  const where = gazetteer({ config, version, log, shared, projections, file, logger });
  const over = oversight({
    ...{ config, log, projections, world, commands },
    leg: (...between) => roads.ways.legNow(...between),
    keyFor: (purpose) => secret.keyFor(purpose),
    duties: shared?.duties,
    logger: part,
  });
  over.onChange((change) => {
    for (const listener of listeners) listener(change);
  });
  const who = people({
    ...{ log, world, commands, accounts, audit, notices, tokens, secret, hub, now: Date.now },
    notify: notifyOf(config, part('messages')),
    publicUrl: config.publicUrl,
    logger: part('people'),
  });
  const publicUrl = () => config.publicUrl ?? ownUrl(config, http.port);
  const messages = {
    ...{ registry: registry.view, orders, links, commands, notices, notify: who.notifier, publicUrl, now: Date.now },
  };
  const effects = new Effects({
    notices,
    duties: shared?.duties,
    act: async (agency, event) => {
      const { type, data } = event;
      const template = templateOf(event);
      if (template !== undefined && 'id' in data) await tellConsumer(messages, agency, data.id, template);
      if (type !== 'order-started') return;
      const link = { orders, links, commands, notify: who.notifier, publicUrl: publicUrl() };
      await sendOwnLink(link, agency, data.id, 'daemon');
    },
    logger: part('effects'),
  });
  // Whoever estimates arrivals answers here; until then nobody knows.
  const arrivalOf: ArrivalOf = (agency, { id }) => arrivals.stop(agency, id);
  const estimateMessages = new EstimateMessages({
    ...{ agencies: () => registry.view.agencies(), orders, arrivalOf, duties: shared?.duties, now: Date.now },
    tell: (agency, orderId, template, more) => tellConsumer(messages, agency, orderId, template, more),
    logger: part('effects'),
  });
  const guesses = new LinkGuesses();
  const checks = [() => log.status().problem ?? null, () => projector.status().problem ?? null];
  const http = new HttpServer(
    {
      ...config,
      version,
      pagesFolder: config.pagesFolder ?? pagesFolder,
      tls,
      demoAgency: config.demo ? demoAgency : undefined,
    },
    {
      world,
      tokens,
      identity,
      commands,
      command: (username, payload) => courier.command(username, payload),
      replay: pipeline,
      places: where.intake,
      addressOf: (agency, van, position) => where.vanAddresses.of(agency, van, position),
      people: who.http,
      logger: part('http'),
      metrics,
      checks,
      plugins: [
        orderPlugin({
          ...{ world, orders, audit, links, sharing, commands, codes, intake, tokens, now: Date.now },
          notify: who.notifier,
          publicUrl: config.publicUrl,
          guesses,
        }),
        viewPages({
          ...{ world, orders, links, guesses, map: config, now: Date.now },
          pagesFolder: config.pagesFolder ?? pagesFolder,
          arrivalOf,
        }),
        ...where.plugins,
        ...roads.plugins({ world, orders }),
        ...over.plugins,
        trackerAddressRoutes({ publicUrl: config.publicUrl, host: config.host, mqttPorts: () => broker.ports }),
        feedRoutes({
          hub,
          verify: (token) => tokens.verify(token),
          audienceOf: audience,
          allowedOrigins: config.allowedOrigins,
        }),
        async (app: FastifyInstance) => {
          await app.register(intakeRoutes, {
            intake,
            authenticate: async (request: FastifyRequest) => callerOf(request),
            osmandDevice: (token: string) => osmandDevice(registry.view, token),
            registry: registry.view,
          });
        },
      ],
    },
  );
  const admin = new AdminServer(config, { version, metrics, checks, logger, replays });
  measure(metrics, {
    data: config.data,
    log,
    shared,
    source,
    projector,
    pipeline,
    broker,
    hub,
    trails,
    messages: who.notifier,
    webhooks: over.sender,
  });

  const services: Service[] = [
    { name: 'keys', start: () => keys.open(), stop: async () => {} },
    secret,
    log,
    projector,
    replays,
    admin,
    // Nobody is answered from half a picture; how far a long rebuild has come is told on the admin port and in the log.
    { name: 'catching up', start: () => caughtUp(projector, shared), stop: async () => {} },
    where.index,
    roads.service(projections),
    ...over.services,
    { name: 'unfinished erasures', start: async () => finishErasures(commands, logger), stop: async () => {} },
    ...(shared === undefined ? [] : [inBackground(shared.exchange, logger), shared.duties]),
    ...(source === undefined ? [] : [source]),
    ...(config.schemaRegistry === undefined
      ? []
      : [
          new SchemaRegistration({
            address: readRegistryAddress(config.schemaRegistry),
            prefix: config.kafkaPrefix,
            logger: part('schemas'),
          }),
        ]),
    ...(config.demo ? [{ name: 'demo agency', start: () => addDemoAgency(commands), stop: async () => {} }] : []),
    hub,
    ...who.services,
    courier,
    http,
    effects,
    over.sender,
    estimateMessages,
    broker,
  ];
  const lifecycle = new Lifecycle();
  return {
    start: () => lifecycle.start(services),
    stop: () => lifecycle.stop((name, error) => logger.error({ err: error, service: name }, 'did not stop cleanly')),
    routes: () => http.routes(),
    ports: () => {
      const { plain, secure } = broker.ports;
      return {
        httpPort: http.port,
        mqttPort: plain,
        ...(secure === undefined ? {} : { mqttTlsPort: secure }),
        adminPort: admin.port,
      };
    },
  };
}

/** The demo's agency, made at its first start. */
async function addDemoAgency(commands: Commands): Promise<void> {
  const agency = {
    id: demoAgency,
    name: 'Sonanagari Gas Service (demo)',
    timeZone: 'Asia/Kolkata',
    language: 'en',
    // No number in India begins with a zero: nobody is rung up.
    phone: '+91 00100 00000',
  } as const;
  const done = await commands.execute(addAgency(agency), { actor: 'operator' });
  if (!done.ok && done.kind !== 'exists') throw new Error(done.detail);
}

/** Who brings messages to people's telephones; undefined: nobody. */
function notifyOf({ notifyUrl: url, notifySecret: secret, demo }: Config, logger: Logger): Notify | undefined {
  if (url !== undefined && secret !== undefined) return webhookNotify({ url, secret });
  return demo ? consoleNotify(logger) : undefined;
}

/** Where this daemon's pages are when nobody has said how they are reached from outside. */
function ownUrl({ host, tlsCert }: Config, port: number): string {
  return `${tlsCert === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function osmandDevice(registry: RegistryView, token: string): { agency: string; device: Device } | null {
  const credential = registry.credentialByTokenHash(hashKey(token));
  if (credential === undefined) return null;
  const device = registry.device(credential.agency, credential.deviceId);
  return device === undefined ? null : { agency: credential.agency, device };
}

function callerOf(request: FastifyRequest): Caller | null {
  if (request.caller !== null) return { kind: 'device', ...request.caller };
  return request.viewer === null ? null : { kind: 'viewer', viewer: request.viewer };
}

async function readPair(certFile: string, keyFile: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}
