import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { type ConsumerPageDeps, consumerPageRoutes } from './consumer-page.ts';
import { html, page, personal, ViewFiles } from './page-shell.ts';
import type { App } from './validation.ts';

const year = 31_536_000;
const config = { access: 'public', rateLimit: false } as const;
const schema = { hide: true } as const;

/** The pages for phones: the consumer's, the driver's and the staff's, with the files they load. */
export function viewPages(deps: Omit<ConsumerPageDeps, 'files'> & { pagesFolder: string }) {
  const files = new ViewFiles(deps.pagesFolder);
  return async (server: FastifyInstance): Promise<void> => {
    const app = server as unknown as App;
    await consumerPageRoutes({ ...deps, files })(app);

    const shell = (entry: string, title: string) =>
      page({
        language: 'en',
        title,
        head: html`<link rel="manifest" href="/drive.webmanifest">${files.head(entry)}`,
        body: html`<main id="page"><h1>${title}</h1></main>`,
      });
    for (const path of ['/drive', '/driver/']) {
      app.get(path, { config, schema }, async (_request, reply) =>
        personal(reply, deps.map).header('cache-control', 'no-cache').send(shell('drive/main.tsx', 'Today’s run')),
      );
    }
    app.get('/staff', { config, schema }, async (_request, reply) =>
      personal(reply, deps.map).send(shell('staff/main.tsx', 'Send my position')),
    );
    app.get('/drive.webmanifest', { config, schema }, async (_request, reply) =>
      reply.type('application/manifest+json').header('cache-control', 'no-cache').send(JSON.stringify(manifest)),
    );
    app.get('/drive-worker.js', { config, schema }, async (_request, reply) => {
      reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache');
      return reply.send(workerOf(files, shell('drive/main.tsx', 'Today’s run')));
    });

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

const icon = (size: number) => ({ src: `/view/icon-${size}.png`, sizes: `${size}x${size}`, type: 'image/png' });
const manifest = {
  id: '/drive',
  name: 'Vantrail driver',
  short_name: 'Vantrail',
  start_url: '/drive',
  scope: '/drive',
  display: 'standalone',
  orientation: 'portrait',
  background_color: '#ffffff',
  theme_color: '#d9480f',
  icons: [icon(192), icon(512)],
};

/**
 * The driver's service worker: the built one, told which files belong together. Its text changes with any of them, so
 * that a browser takes a new set as a whole.
 */
function workerOf(files: ViewFiles, shell: string): string {
  const source = join(files.folder, 'drive-worker.js');
  if (!existsSync(source)) return '';
  const code = readFileSync(source, 'utf8');
  const list = files.filesOf('drive/main.tsx').map((file) => `/view/${file}`);
  const version = createHash('sha256').update(code).update(shell).update(list.join()).digest('base64url').slice(0, 16);
  return `const bundle = ${JSON.stringify({ version, shell: '/drive', files: list })};\n${code}`;
}
