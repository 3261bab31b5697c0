import { WebSocket } from 'ws';
import type { ServerMessage } from '../protocol/feed.ts';

/** For tests: somebody who listens to a feed in JSON, with every byte he was sent. */
export interface FeedListener {
  messages: ServerMessage[];
  /** every byte as text */
  text(): string;
  /** resolves with the first message, from the beginning on, that is so */
  hears(so: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  close(): void;
}

export async function listenToFeed(url: string, token: string): Promise<FeedListener> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/feed`);
  const messages: ServerMessage[] = [];
  const listeners = new Set<() => void>();
  let text = '';
  let ended: string | undefined;
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token, format: 'json' })));
  const wake = () => {
    for (const listener of listeners) listener();
  };
  socket.on('message', (data) => {
    text += String(data);
    messages.push(JSON.parse(String(data)) as ServerMessage);
    wake();
  });
  socket.on('close', (code, reason) => {
    ended = `the feed was closed with ${code} ${reason}`;
    wake();
  });
  const hears = (so: (message: ServerMessage) => boolean) =>
    new Promise<ServerMessage>((resolve, reject) => {
      const look = () => {
        const found = messages.find(so);
        if (found === undefined && ended === undefined) return;
        listeners.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(ended));
      };
      listeners.add(look);
      look();
    });
  await hears((message) => message.type === 'snapshot' && message.last);
  return { messages, text: () => text, hears, close: () => socket.close() };
}
