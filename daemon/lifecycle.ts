/** A part of the daemon with a life of its own. Constructors do nothing; `stop` may be called twice. */
export interface Service {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts services in order and stops them in reverse. When one fails to start, those already started are stopped
 * again and the error is thrown on.
 */
export class Lifecycle {
  #started: Service[] = [];

  async start(services: readonly Service[]): Promise<void> {
    for (const service of services) {
      try {
        await service.start();
        this.#started.push(service);
      } catch (error) {
        await this.stop();
        throw new Error(`${service.name} did not start: ${reasonOf(error, service.name)}`, { cause: error });
      }
    }
  }

  /** Stops what was started, newest first; a service that fails to stop does not keep the others from it. */
  async stop(onError: (name: string, error: unknown) => void = () => {}): Promise<void> {
    const services = this.#started.splice(0).reverse();
    for (const service of services) {
      try {
        await service.stop();
      } catch (error) {
        onError(service.name, error);
      }
    }
  }
}

/** What kept a service from starting, in words that say what to do. */
function reasonOf(error: unknown, service: string): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program; choose another with --${service}-port`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be opened; choose one above 1023`;
  return message;
}
