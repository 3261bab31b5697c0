import type { RouteOptions } from 'fastify';
import type { Access } from './access.ts';

interface Entry {
  method: string;
  url: string;
  route: RouteOptions;
}

/** Every route of the server, taken down as it is declared: for the rule of access, and for telling 405 from 404. */
export class RouteTable {
  readonly #entries: Entry[] = [];
  #patterns: { method: string; pattern: RegExp }[] | undefined;

  /** Fastify's `onRoute` hook. */
  readonly take = (route: RouteOptions): void => {
    this.#patterns = undefined;
    for (const method of [route.method].flat()) this.#entries.push({ method, url: route.url, route });
  };

  /** Throws when a route does not say who may call it: forgetting must not mean opening. */
  requireAccess(): void {
    const silent = this.list().filter(({ access }) => access === undefined);
    if (silent.length === 0) return;
    const names = silent.map(({ method, url }) => `${method} ${url}`).join(', ');
    throw new Error(`these routes do not declare who may call them (config.access): ${names}`);
  }

  list(): { method: string; url: string; access: Access | undefined }[] {
    return this.#entries.map(({ method, url, route }) => ({ method, url, access: route.config?.access }));
  }

  /** The methods that a path answers to; empty: there is no such path. */
  methodsOf(path: string): string[] {
    this.#patterns ??= this.#entries
      .filter(({ url }) => !url.includes('*'))
      .map(({ method, url }) => ({ method, pattern: patternOf(url) }));
    const methods = this.#patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

/** `/api/vans/:id` → every path of that form. */
function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
