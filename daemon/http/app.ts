import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, {
  type FastifyBaseLogger,
  type FastifyRequest,
  type FastifyServerFactoryHandler,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { why } from '../../protocol/refusal-text.ts';
import { type AuthDeps, authorize, identify } from './auth.ts';
import { cors } from './cors.ts';
import { answerError, problemOf, rawProblem, send } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { openapi, openapiRoutes } from './openapi.ts';
import { notFound, Problem } from './problem.ts';
import { addressLimitOptions, type RateLimits, rateLimitOptions } from './rate-limit.ts';
import { logRequest, requestLogger } from './request-log.ts';
import { RouteTable } from './route-table.ts';
import { helmetOptions, type MapOrigins } from './security-headers.ts';
import { type App, type Routes, type SchemaTypes, serializerCompiler, validatorCompiler } from './validation.ts';

/** Bytes of a body; a thousand consumers with everything in them are 400 KB. */
const bodyLimit = 1_048_576;
/** A request must have arrived whole within this, ms. */
const requestTimeout = 30_000;
/** A connection on which nothing moves this long is cut, ms: a reader that has stopped taking its trail, for one. */
const idleTimeout = 60_000;
/** Longer than usual proxies keep an idle connection (60 s), so that they never send into a closing one, ms. */
const keepAliveTimeout = 72_000;

export interface AppOptions extends MapOrigins, RateLimits {
  version: string;
  trustProxy: readonly string[];
  allowedOrigins: readonly string[];
  maxConnections: number;
  /** PEM; HTTPS when given */
  tls?: { cert: string; key: string } | undefined;
}

export interface AppDeps extends AuthDeps {
  logger: Logger;
  metrics: Pick<Metrics, 'observe'>;
}

/**
 * Builds the server around its routes: what holds for every request stands here, in the order in which a request meets
 * it. `app.ts` builds, `server.ts` listens.
 */
export async function buildApp(
  options: AppOptions,
  deps: AppDeps,
  routes: readonly Routes[],
): Promise<{ app: App; table: RouteTable; drain: () => void }> {
  const table = new RouteTable();
  let draining = false;
  const loggerInstance: FastifyBaseLogger = requestLogger(deps.logger);
  const app: App = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: serverOf(options),
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    bodyLimit,
    genReqId: () => randomUUID(),
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => void send(problemOf(error), reply),
    clientErrorHandler: (error, socket) => {
      if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
      else socket.end(rawProblem(error.code));
    },
  }).withTypeProvider<SchemaTypes>();
  app.addHook('onRoute', table.take);
  app.addHook('onReady', async () => table.requireAccess());
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('viewer', null);
  app.decorateRequest('caller', null);

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (draining) {
      reply.header('connection', 'close');
      throw new Problem(503, 'restarting', why('restarting'), { headers: { 'retry-after': '2' } });
    }
  });
  await app.register(helmet, helmetOptions(options, options.tls !== undefined));
  app.addHook('onRequest', cors(options.allowedOrigins));
  app.addHook('onRequest', identify(deps));
  await app.register(rateLimit, rateLimitOptions(options));
  await app.register(rateLimit, addressLimitOptions(options));
  app.addHook('preParsing', authorize);
  app.addHook('onResponse', deps.metrics.observe);
  app.addHook('onResponse', logRequest);

  await openapi(app, options.version);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => send(missing(request, table), reply));
  for (const plugin of routes) await app.register(plugin);
  await app.register(openapiRoutes);
  return {
    app,
    table,
    drain: () => {
      draining = true;
    },
  };
}

/** No such path, or the path but not by this method. */
function missing(request: FastifyRequest, table: RouteTable): Problem {
  const methods = table.methodsOf(request.url.split('?', 1)[0] ?? '');
  if (methods.length === 0) return notFound();
  return new Problem(405, 'method-not-allowed', why('method-not-allowed', { methods: methods.join(', ') }), {
    headers: { allow: methods.join(', ') },
  });
}

function serverOf({ tls, maxConnections }: AppOptions) {
  return (handler: FastifyServerFactoryHandler): http.Server => {
    const server =
      tls === undefined ? http.createServer(handler) : https.createServer({ ...tls, minVersion: 'TLSv1.2' }, handler);
    server.requestTimeout = requestTimeout;
    server.headersTimeout = 15_000;
    server.keepAliveTimeout = keepAliveTimeout;
    server.maxConnections = maxConnections;
    server.setTimeout(idleTimeout);
    return server as http.Server;
  };
}
