import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { type ConsumerPageDeps, consumerPageRoutes } from './consumer-page.ts';
import { ViewFiles } from './page-shell.ts';
import type { App } from './validation.ts';

const year = 31_536_000;
const config = { access: 'public', rateLimit: false } as const;
const schema = { hide: true } as const;

/** The pages for phones, with the files they load. */
export function viewPages(deps: Omit<ConsumerPageDeps, 'files'> & { pagesFolder: string }) {
  const files = new ViewFiles(deps.pagesFolder);
  return async (server: FastifyInstance): Promise<void> => {
    const app = server as unknown as App;
    await consumerPageRoutes({ ...deps, files })(app);

    await app.register(
      async (scope) => {
        scope.addHook('onRoute', (route) => {
          route.config = { ...route.config, ...config };
          route.schema = { ...route.schema, ...schema };
        });
        await scope.register(fastifyStatic, {
          root: files.folder,
          prefix: '/',
          index: false,
          // without a build there is nothing to serve, and pages name nothing
          suppressWarning: true,
          preCompressed: true,
          cacheControl: false,
          setHeaders: (reply, path) => {
            const hashed = /[\\/]assets[\\/]/.test(path);
            reply.header('cache-control', hashed ? `public, max-age=${year}, immutable` : 'no-cache');
          },
        });
      },
      { prefix: '/view' },
    );
  };
}
