import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the daemon posts for a provider of messages (docs/people.md). */
export interface Message {
  key: string;
  agency: string;
  to: { phone: string };
  template: string;
  text: string;
}

/** For tests: a provider of messages to telephones, which checks the signature and writes down what it was given. */
export async function messageProvider() {
  const secret = 'sixteen characters or more';
  const messages: Message[] = [];
  const listeners = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const time = String(request.headers['x-vantrail-timestamp']);
    const right = `v1=${createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')}`;
    if (request.headers['x-vantrail-signature'] !== right) {
      response.writeHead(403).end();
      return;
    }
    messages.push(JSON.parse(text) as Message);
    response.end();
    for (const listener of listeners) listener();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    messages,
    /** for the daemon */
    args: ['--notify-url', `http://127.0.0.1:${port}/sms`, '--notify-secret', secret],
    /** Resolves with the newest message to a telephone once there is one. */
    to: (phone: string, template: string) =>
      new Promise<Message>((resolve) => {
        const look = () => {
          const found = messages.findLast((message) => message.to.phone === phone && message.template === template);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    close: () => server.close(),
  };
}
