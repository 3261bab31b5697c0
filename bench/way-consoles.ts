import { decodePositions } from '../protocol/feed-frame.ts';
import { openRawFeed } from './raw-feed.ts';

/**
 * The consoles of the way bench, as a process of their own: `way-consoles.ts PORT COUNT TOKEN…`, COUNT for each token.
 * All are sent everything; one more reads it and notes for each position how long it took from the tracker. Answers
 * 'ready', then on {since} (UTC ms) the delays of the positions sent since then, in order, ms.
 */
const [port = '0', count = '0', ...tokens] = process.argv.slice(2);
const delays: { fixTime: number; delay: number }[] = [];
const hello = (token: string) => JSON.stringify({ type: 'hello', token, format: 'binary' });

for (const [n, token] of tokens.entries()) {
  const silent = Number(count) - (n === 0 ? 1 : 0);
  await Promise.all(Array.from({ length: silent }, () => openRawFeed(Number(port), '/feed', hello(token))));
}
const reader = new WebSocket(`ws://127.0.0.1:${port}/feed`);
reader.binaryType = 'arraybuffer';
reader.onopen = () => reader.send(hello(tokens[0] ?? ''));
reader.onerror = () => process.exit(1);
reader.onmessage = ({ data }) => {
  if (data instanceof ArrayBuffer) {
    const now = Date.now();
    for (const { fixTime } of decodePositions(new Uint8Array(data)).positions)
      delays.push({ fixTime, delay: now - fixTime });
  } else if (String(data).includes('"last":true')) {
    process.send?.('ready');
  }
};
process.on('message', ({ since }: { since: number }) => {
  const measured = delays.filter(({ fixTime }) => fixTime >= since).map(({ delay }) => delay);
  process.send?.(measured.sort((a, b) => a - b));
});
process.on('disconnect', () => process.exit(0));
