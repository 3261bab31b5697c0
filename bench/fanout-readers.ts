import { openRawFeed } from './raw-feed.ts';

/** The other end of the fan-out bench: `fanout-readers.ts PORT PATH COUNT HELLO` reads on that many sockets. */
const [port, path = '', count, hello = ''] = process.argv.slice(2);

for (let i = 0; i < Number(count); i += 100) {
  const some = Math.min(100, Number(count) - i);
  await Promise.all(Array.from({ length: some }, () => openRawFeed(Number(port), path, hello)));
}
process.send?.('open');
process.on('disconnect', () => process.exit(0));
