import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What the daemon measures about itself, for Prometheus. Labels are few and fixed (routes, reasons): an agency, a van
 * or a device is never one, for they are many and nobody else's business.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'vantrail_http_request_seconds',
      help: 'Time to answer HTTP requests',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [this.#registry],
    });
  }

  /** A value that goes up and down, read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A total that only grows, kept elsewhere and read when it is asked for. `label`: its one label's name. */
  total(name: string, help: string, read: () => number | Readonly<Record<string, number>>, label = 'kind'): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset();
        const values = read();
        if (typeof values === 'number') this.inc(values);
        else for (const [key, value] of Object.entries(values)) this.inc({ [label]: key }, value);
      },
    });
  }

  /** A spread of durations (s); returns the function that takes one. */
  durations(name: string, help: string, buckets: number[]): (seconds: number) => void {
    const histogram = new Histogram({ name, help, buckets, registers: [this.#registry] });
    return (seconds) => histogram.observe(seconds);
  }

  /** Takes the time of a request; routes as declared, so that ids and tokens never become labels. */
  readonly observe = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const route = request.routeOptions.url ?? 'none';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    this.#requests.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
  };

  get contentType(): string {
    return this.#registry.contentType;
  }
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
