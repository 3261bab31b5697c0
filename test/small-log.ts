import { EmbeddedLog } from '../daemon/log/embedded.ts';
import { main } from '../daemon/main.ts';

/**
 * The daemon with a log that may have only so many pages, as on a full disk. Its parent sends the number of pages
 * (`{pages}`) and is answered `{type: 'pages'}`.
 */
await main({
  makeLog: (deps) => {
    const log = new EmbeddedLog(deps);
    process.on('message', ({ pages }: { pages: number }) => {
      void log.limitPages(pages).then(() => process.send?.({ type: 'pages' }));
    });
    return log;
  },
});
