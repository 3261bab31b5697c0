import type { Socket } from 'node:net';
import { openRawFeed } from './raw-feed.ts';

/**
 * The other end of the fan-out bench: `fanout-readers.ts PORT PATH COUNT HELLO` reads on that many sockets. On 'pause' it
 * stops reading, on 'resume' it goes on, and answers each with the same word.
 */
const [port, path = '', count, hello = ''] = process.argv.slice(2);

const sockets: Socket[] = [];
for (let i = 0; i < Number(count); i += 100) {
  const some = Math.min(100, Number(count) - i);
  sockets.push(...(await Promise.all(Array.from({ length: some }, () => openRawFeed(Number(port), path, hello)))));
}
process.on('message', (word: 'pause' | 'resume') => {
  for (const socket of sockets) socket[word]();
  process.send?.(word);
});
process.send?.('open');
process.on('disconnect', () => process.exit(0));
