import { connect, type Socket } from 'node:net';

/** A masked text frame of at most 65535 bytes, mask zero (RFC 6455 §5.3). */
function clientFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, 0, 0]);
  if (body.length >= 126) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}

/**
 * Opens a WebSocket on a bare socket, says hello where there is one to say, and throws away what comes: for benches,
 * where reading is to cost as little as it can. Resolves once the server has answered the upgrade.
 */
export function openRawFeed(port: number, path: string, hello: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
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
