import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { send } from './errors.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

const year = 31_536_000;
const notBuilt = `The pages of the console are not built.

"npm start" builds and serves them; "npm run build" builds them for a daemon that runs by itself.
The API works without them: /api/docs
`;

/** The console's pages, from the folder the build writes. `/` leads to them. */
export function pageRoutes(deps: { pagesFolder: string }) {
  const root = join(deps.pagesFolder, 'console');
  return async (app: App): Promise<void> => {
    const config = { access: 'public', rateLimit: false } as const;
    const schema = { hide: true } as const;
    app.get('/', { config, schema }, (_request, reply) => reply.redirect('/console/', 302));
    app.get('/console', { config, schema }, (_request, reply) => reply.redirect('/console/', 302));
    if (!existsSync(join(root, 'index.html'))) {
      app.get('/console/*', { config, schema }, (_request, reply) =>
        reply.code(503).type('text/plain; charset=utf-8').send(notBuilt),
      );
      return;
    }
    await app.register(
      async (scope) => {
        scope.addHook('onRoute', (route) => {
          route.config = { ...route.config, ...config };
          route.schema = { ...route.schema, ...schema };
        });
        // An address inside the console (a van, say) is the page itself; a file that is missing is missing.
        scope.setNotFoundHandler((request, reply) => {
          const path = request.url.split('?', 1)[0] ?? '';
          const isPage = request.method === 'GET' && !/\.[a-z0-9]+$/i.test(path);
          return isPage ? reply.sendFile('index.html') : send(notFound(), reply);
        });
        await scope.register(fastifyStatic, {
          root,
          prefix: '/',
          index: 'index.html',
          preCompressed: true,
          cacheControl: false,
          setHeaders: (reply, path) => cacheHeaders(reply, path),
        });
      },
      { prefix: '/console' },
    );
  };
}

/** Files under `assets/` carry a hash of their content in their name; the page that names them is asked for anew. */
function cacheHeaders(reply: FastifyReply, path: string): void {
  const hashed = /[\\/]assets[\\/]/.test(path);
  reply.header('cache-control', hashed ? `public, max-age=${year}, immutable` : 'no-cache');
}
