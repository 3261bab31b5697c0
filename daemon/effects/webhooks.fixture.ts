import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { WebhookNews } from '../../protocol/webhook.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { bookOrder, cancelOrder } from '../domain/decide-order.ts';
import { addWebhook } from '../domain/decide-webhook.ts';
import type { Decide } from '../domain/decision.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Commands } from '../project/commands.ts';
import { OrdersProjection } from '../project/orders.ts';
import { Projector } from '../project/projector.ts';
import { RegistryProjection } from '../project/registry.ts';
import { WebhooksProjection } from '../project/webhooks.ts';
import type { Post } from './webhook-post.ts';
import { newWebhookSecret, WebhookSecrets } from './webhook-secrets.ts';
import { WebhookSender, type WebhooksDeps } from './webhooks.ts';

/** Ten in the morning in Pune. */
export const ten = Date.UTC(2026, 0, 5, 4, 30);
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

const secrets = new WebhookSecrets(() => Buffer.alloc(32, 7));

/** For tests: time that goes on when it is told to, shared by the daemons of a story. */
export class Clock {
  now = ten;
  readonly #pauses = new Set<{ until: number; end: () => void }>();

  readonly pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const one = {
        until: this.now + ms,
        end: () => {
          this.#pauses.delete(one);
          resolve();
        },
      };
      this.#pauses.add(one);
      signal.addEventListener('abort', one.end, { once: true });
    });

  /** Lets that much time go by, each pause ending when it is due. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await settled();
    for (;;) {
      const next = [...this.#pauses].sort((a, b) => a.until - b.until)[0];
      if (next === undefined || next.until > until) break;
      this.now = Math.max(this.now, next.until);
      next.end();
      await settled();
    }
    this.now = until;
  }
}

/** Everything that goes on by itself, without time passing, has come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** For tests: as much of a daemon as sends to webhooks; several may share a log and a clock. */
export class WebhookDaemon {
  readonly log: Log;
  readonly clock: Clock;
  readonly folder: string;
  readonly registry: RegistryProjection;
  readonly orders: OrdersProjection;
  readonly webhooks: WebhooksProjection;
  readonly commands: Commands;
  readonly sender: WebhookSender;
  readonly secrets = secrets;
  readonly #projector: Projector;
  /** nothing of it reaches the world or the log any more, as after `kill -9` */
  #dead = false;

  constructor(of: { log?: Log; clock?: Clock; post: Post; folder?: string } & Pick<WebhooksDeps, 'duties' | 'news'>) {
    const { log = new MemoryLog(), clock = new Clock(), post, folder, ...deps } = of;
    this.log = log;
    this.clock = clock;
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'vantrail-webhooks-'));
    const now = () => clock.now;
    this.registry = new RegistryProjection({ now });
    this.orders = new OrdersProjection({ verdicts: this.registry.verdicts, now });
    this.webhooks = new WebhooksProjection({ verdicts: this.registry.verdicts, now });
    this.#projector = new Projector({
      log,
      file: join(this.folder, 'projections.sqlite'),
      projections: [this.registry, this.orders, this.webhooks],
      logger: pino({ level: 'silent' }),
      saveEveryMs: 2 ** 31 - 1,
    });
    this.commands = new Commands({ log, registry: this.registry, now });
    const nothingMore = () => new Promise<never>(() => {});
    this.sender = new WebhookSender({
      ...deps,
      webhooks: this.webhooks,
      commands: { execute: (decide, by) => (this.#dead ? nothingMore() : this.commands.execute(decide, by)) },
      post: async (url, headers, body, signal) => {
        await (this.#dead ? nothingMore() : post(url, headers, body, signal));
        // The receiver has it, and the daemon does not live to hear so.
        if (this.#dead) await nothingMore();
      },
      secrets,
      logger: pino({ level: 'silent' }),
      now,
      random: () => 0.5,
      pause: clock.pause,
    });
  }

  async start(): Promise<this> {
    await this.log.start();
    await this.#projector.start();
    await this.#projector.caughtUp;
    await this.sender.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.sender.stop();
    await this.#projector.stop();
  }

  /** Writes what the projections have to the disk. */
  save(): void {
    this.#projector.saveNow();
  }

  /** Ends without a word. Answers a folder with what was on its disk. */
  kill(): string {
    this.#dead = true;
    const left = mkdtempSync(join(tmpdir(), 'vantrail-webhooks-'));
    cpSync(this.folder, left, { recursive: true });
    return left;
  }

  async remove(): Promise<void> {
    // What is dead never comes to an end.
    if (this.#dead) void this.sender.stop();
    else await this.sender.stop();
    await this.#projector.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async does<T>(decide: Decide<T>): Promise<T> {
    const done = await this.commands.execute(decide, { actor: 'ADMIN:anu' });
    if (!done.ok) throw new Error(`${done.kind}: ${done.detail}`);
    return done.value;
  }

  /** An agency with one consumer. */
  async agency(id = 'pune'): Promise<void> {
    await this.does(addAgency({ id }));
    await this.does(addConsumer(id, { id: 'c1', name: 'Name of c1', phone: '+91 20 555 0001' }));
  }

  /** Answers the secret. */
  async subscribe(id: string, url: string, events: WebhookNews[], agency = 'pune'): Promise<string> {
    const secret = newWebhookSecret();
    const seal = (webhookId: string, number: number) => secrets.seal(secret, agency, webhookId, number);
    await this.does(addWebhook(this.webhooks, agency, { id, url, events }, { inside: true, seal }));
    return secret;
  }

  async book(id: string, agency = 'pune'): Promise<void> {
    await this.does(bookOrder(this.orders, agency, { id, consumerId: 'c1' }));
  }

  async cancel(id: string, agency = 'pune'): Promise<void> {
    await this.does(cancelOrder(this.orders, agency, id));
  }
}

/** How a receiver answers one request. */
export type Answer = number | 'hang' | 'close' | { status: number; headers: http.OutgoingHttpHeaders; body?: string };

/** For tests: a program that webhooks are posted to; it answers as told, then 200. */
export class Receiver {
  readonly answers: Answer[] = [];
  readonly received: { headers: http.IncomingHttpHeaders; body: string; path: string }[] = [];
  readonly #server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      this.received.push({ headers: request.headers, body, path: request.url ?? '' });
      const answer = this.answers.shift() ?? 200;
      for (const listener of this.#listeners) listener();
      if (answer === 'hang') return;
      if (answer === 'close') request.socket.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end('not read');
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  readonly #listeners = new Set<() => void>();

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** The ids and types of what has come, once so much has. */
  async got(count: number): Promise<string[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
    return this.received.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { id: string } };
      return `${type} ${data.id}`;
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
