import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a webhook is posted (protocol/webhook.ts). */
interface Delivery {
  id: string;
  type: string;
  time: number;
  agency: string;
  webhook: string;
  data: { id?: string };
}

/** For tests: a program of an agency's own that takes webhooks, once it knows the secret, and writes down what came. */
export async function webhookReceiver() {
  const deliveries: Delivery[] = [];
  let secret = '';
  let refused = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const time = String(request.headers['x-vantrail-timestamp']);
    const right = `v1=${createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')}`;
    const delivery = JSON.parse(text) as Delivery;
    if (request.headers['x-vantrail-signature'] !== right || request.headers['idempotency-key'] !== delivery.id) {
      refused++;
      response.writeHead(403).end();
      return;
    }
    deliveries.push(delivery);
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    deliveries,
    /** those whose signature was not right */
    refused: () => refused,
    knows: (shown: string) => {
      secret = shown;
    },
    close: () => server.close(),
  };
}
