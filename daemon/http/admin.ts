import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Service } from '../lifecycle.ts';
import type { Replays } from '../project/replay.ts';
import { answerError, send } from './errors.ts';
import { type HealthDeps, healthRoutes } from './health.ts';
import type { Metrics } from './metrics.ts';
import { notFound } from './problem.ts';
import { replayRoutes } from './replays.ts';
import { portOf } from './server.ts';
import { type App, type SchemaTypes, serializerCompiler, validatorCompiler } from './validation.ts';

export interface AdminDeps extends HealthDeps {
  metrics: Pick<Metrics, 'text' | 'contentType'>;
  logger: Logger;
  replays?: Pick<Replays, 'begin' | 'status'>;
}

export interface AdminOptions {
  adminPort: number;
  /** a further address to listen on, for readiness and metrics alone */
  adminHost?: string;
}

/**
 * What only the machine itself may ask: readiness with its reasons in full, metrics for Prometheus, and to replay a
 * projection. It always listens on loopback, whatever the public side does; with `adminHost` readiness and metrics, but
 * nothing that changes anything, are on that address too.
 */
export class AdminServer implements Service {
  readonly name = 'admin';
  readonly #options: AdminOptions;
  readonly #deps: AdminDeps;
  #apps: App[] = [];

  constructor(options: AdminOptions, deps: AdminDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { adminHost, adminPort } = this.#options;
    await this.#listen(await this.#build(true), '127.0.0.1', adminPort);
    if (adminHost === undefined || adminHost === '127.0.0.1') return;
    await this.#listen(await this.#build(false), adminHost, this.port);
  }

  async #listen(app: App, host: string, port: number): Promise<void> {
    try {
      await app.listen({ host, port });
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#apps.push(app);
  }

  async #build(withReplays: boolean): Promise<App> {
    const { metrics, logger, replays } = this.#deps;
    const loggerInstance: FastifyBaseLogger = logger.child({ part: 'admin' });
    const app: App = fastify({
      loggerInstance,
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: 1024,
      requestTimeout: 10_000,
    }).withTypeProvider<SchemaTypes>();
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    app.setErrorHandler(answerError);
    // A page in a browser on this machine could send such a text unasked; JSON it cannot.
    app.removeContentTypeParser('text/plain');
    app.setNotFoundHandler((_request, reply) => send(notFound(), reply));
    await app.register(healthRoutes(this.#deps, 'admin'));
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    if (withReplays && replays !== undefined) await app.register(replayRoutes(replays));
    return app;
  }

  /** The port it listens on; differs from the configured one where that is 0. */
  get port(): number {
    return portOf(this.#apps[0]);
  }

  async stop(): Promise<void> {
    for (const app of this.#apps.splice(0)) await app.close();
  }
}
