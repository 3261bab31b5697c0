import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface PhonesOptions {
  /** of loopback; 0 takes any free one */
  port: number;
  /** shared with the daemon (`--notify-secret`) */
  secret: string;
  /** the daemon, http://host:port */
  url: string;
  /** told each link that comes to a telephone */
  onLink?: (url: string) => void;
  fetch?: typeof fetch;
}

/** Bytes of a message at most; an SMS is far shorter. */
const mostBytes = 16_384;

/**
 * The telephones of the simulated consumers: the daemon posts its messages here, as it would to an SMS provider. When the
 * van is at the door, the consumer opens the link that came and reads the delivery code out.
 */
export class Phones {
  readonly #options: PhonesOptions;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** the newest link that came to each telephone, by its number */
  readonly #links = new Map<string, string>();

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  /** Resolves with the port. */
  async start(): Promise<number> {
    this.#server.listen(this.#options.port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The delivery code of an order as its consumer sees it; undefined: no link came, or it shows none. */
  async codeOf(orderId: string, phone: string): Promise<string | undefined> {
    const link = this.#links.get(phone);
    if (link === undefined) return undefined;
    const { url, fetch: ask = fetch } = this.#options;
    const opened = await ask(`${url}/api/links/${link}/session`, { method: 'POST' });
    if (!opened.ok) return undefined;
    const { accessToken } = (await opened.json()) as { accessToken: string };
    const orders = await ask(`${url}/api/me/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
    const { items } = (await orders.json()) as { items: { id: string; code?: string }[] };
    return items.find(({ id }) => id === orderId)?.code;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) {
      text += chunk;
      if (text.length > mostBytes) return void response.writeHead(413).end();
    }
    const signature = String(request.headers['x-vantrail-signature']);
    if (!this.#isRight(`${request.headers['x-vantrail-timestamp']}.${text}`, signature)) {
      return void response.writeHead(403).end();
    }
    const { to, text: said } = JSON.parse(text) as { to: { phone: string }; text: string };
    const [url, link] = /https?:\/\/\S+\/t\/([\w-]+)/.exec(said) ?? [];
    if (url !== undefined && link !== undefined) {
      this.#links.set(to.phone, link);
      this.#options.onLink?.(url);
    }
    response.writeHead(204).end();
  }

  #isRight(text: string, signature: string): boolean {
    const right = `v1=${createHmac('sha256', this.#options.secret).update(text).digest('hex')}`;
    return signature.length === right.length && timingSafeEqual(Buffer.from(signature), Buffer.from(right));
  }
}
