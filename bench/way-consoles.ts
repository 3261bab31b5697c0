import { decodePositions } from '../protocol/feed-frame.ts';

/**
 * The consoles of the way bench, as a process of their own: `way-consoles.ts URL TOKEN COUNT`. All read everything;
 * one of them notes for each position how long it took from the tracker. Answers 'ready', then on 'report' the delays.
 */
const [url = '', token = '', count = '0'] = process.argv.slice(2);
let delays: number[] = [];
let waiting = Number(count);

for (let i = 0; i < Number(count); i++) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', token, format: 'binary' }));
  socket.onerror = () => process.exit(1);
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) {
      if (i > 0) return;
      const now = Date.now();
      for (const { fixTime } of decodePositions(new Uint8Array(data)).positions) delays.push(now - fixTime);
    } else if (String(data).includes('"last":true') && --waiting === 0) {
      process.send?.('ready');
    }
  };
}
process.on('message', (message) => {
  if (message === 'clear') delays = [];
  else process.send?.(delays.toSorted((a, b) => a - b));
});
process.on('disconnect', () => process.exit(0));
