import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { Service } from '../lifecycle.ts';
import { answerError, send } from './errors.ts';
import { type HealthDeps, healthRoutes } from './health.ts';
import type { Metrics } from './metrics.ts';
import { notFound } from './problem.ts';
import { portOf } from './server.ts';
import { type App, type SchemaTypes, serializerCompiler, validatorCompiler } from './validation.ts';

export interface AdminDeps extends HealthDeps {
  metrics: Pick<Metrics, 'text' | 'contentType'>;
  logger: Logger;
}

/**
 * What only the machine itself may ask: readiness with its reasons in full, and metrics for Prometheus. It always
 * listens on loopback, whatever the public side does.
 */
export class AdminServer implements Service {
  readonly name = 'admin';
  readonly #port: number;
  readonly #deps: AdminDeps;
  #app: App | undefined;

  constructor(options: { adminPort: number }, deps: AdminDeps) {
    this.#port = options.adminPort;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { metrics, logger } = this.#deps;
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
    app.setNotFoundHandler((_request, reply) => send(notFound(), reply));
    await app.register(healthRoutes(this.#deps, 'admin'));
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    await app.listen({ host: '127.0.0.1', port: this.#port });
    this.#app = app;
  }

  /** The port it listens on; differs from the configured one where that is 0. */
  get port(): number {
    return portOf(this.#app);
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }
}
