import { connect, type Socket } from 'node:net';

/**
 * The other end of the fan-out bench: `fanout-readers.ts PORT PATH COUNT HELLO` opens that many WebSockets, says hello
 * where there is one to say, and throws away what comes. Bare sockets, so that reading costs as little as it can.
 */
const [port, path, count, hello] = process.argv.slice(2);

/** A masked text frame of at most 65535 bytes, mask zero (RFC 6455 §5.3). */
function clientFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, 0, 0]);
  if (body.length >= 126) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    socket.once('data', () => {
      if (hello) socket.write(clientFrame(hello));
      socket.on('data', () => {});
      resolve(socket);
    });
  });
}

for (let i = 0; i < Number(count); i += 100) {
  await Promise.all(Array.from({ length: Math.min(100, Number(count) - i) }, open));
}
process.send?.('open');
process.on('disconnect', () => process.exit(0));
