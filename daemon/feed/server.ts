import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import type { WebSocket } from 'ws';
import type { Viewer } from '../../protocol/claims.ts';
import { ClientMessage, closeCodes, helloTimeout } from '../../protocol/feed.ts';
import type { Audience } from './audience.ts';
import { Connection } from './connection.ts';
import type { Hub } from './hub.ts';

export interface FeedServerDeps {
  hub: Hub;
  /** who a token speaks for, or null */
  verify: (token: string) => Promise<Viewer | null>;
  audienceOf: (viewer: Viewer) => Audience;
  /** origins of pages, beside our own, that may open a feed */
  allowedOrigins: readonly string[];
  /** open feeds one person may have */
  feedsPerViewer?: number;
  /** connections that have not said hello yet, over all */
  waitingConnections?: number;
  now?: () => number;
}

/** A client message is small; more than this is none of ours, bytes. */
const maxMessage = 16 * 1024;
const clientMessage = Compile(ClientMessage);

/** The Fastify plugin that serves `/feed`: origin, hello within 5 s, token, then over to the hub. */
export function feedRoutes(deps: FeedServerDeps) {
  const now = deps.now ?? Date.now;
  const feedsPerViewer = deps.feedsPerViewer ?? 20;
  const waitingConnections = deps.waitingConnections ?? 10_000;
  let waiting = 0;

  return async function feed(app: FastifyInstance): Promise<void> {
    await app.register(websocket, { options: { maxPayload: maxMessage, perMessageDeflate: false }, preClose });
    app.get(
      '/feed',
      {
        websocket: true,
        config: { access: 'public' },
        schema: {
          tags: ['feed'],
          summary: 'The live feed (WebSocket): hello with a token, then welcome, snapshot, batches; see docs/feed.md',
          response: { 101: { description: 'switching to the WebSocket protocol', type: 'null' } },
        },
      },
      (webSocket: WebSocket, request: FastifyRequest) => {
        serve(webSocket, request).catch((error: unknown) => {
          request.log.error({ err: error }, 'feed connection failed');
          webSocket.terminate();
        });
      },
    );
  };

  async function serve(webSocket: WebSocket, request: FastifyRequest): Promise<void> {
    webSocket.on('error', (error) => request.log.debug({ err: error }, 'feed socket'));
    if (!originAllowed(request, deps.allowedOrigins)) {
      webSocket.close(closeCodes.origin, 'this origin may not open a feed');
      return;
    }
    if (waiting >= waitingConnections) {
      webSocket.close(closeCodes.tooMany, 'too many connections are waiting');
      return;
    }
    waiting++;
    let connection: Connection | undefined;
    let greeted = false;
    const timer = setTimeout(() => webSocket.close(closeCodes.noHello, 'no hello within 5 s'), helloTimeout);
    const arrived = () => {
      if (greeted) return;
      greeted = true;
      waiting--;
      clearTimeout(timer);
    };
    webSocket.on('close', (code) => {
      arrived();
      if (connection !== undefined) deps.hub.remove(connection, code);
    });
    webSocket.on('message', (data, binary) => {
      const message = binary ? undefined : readMessage(String(data));
      if (message === undefined || (message.type === 'hello') === greeted) {
        webSocket.close(closeCodes.badMessage, 'expected a hello, then only token messages');
        return;
      }
      arrived();
      void (async () => {
        const viewer = await deps.verify(message.token);
        if (webSocket.readyState !== 1) return;
        if (viewer === null || (message.type === 'token' && !samePerson(viewer, connection?.viewer))) {
          webSocket.close(closeCodes.token, 'the token is missing, wrong or expired');
        } else if (message.type === 'token') {
          if (connection !== undefined) connection.viewer = viewer;
        } else if (deps.hub.countOf(viewer) >= feedsPerViewer) {
          webSocket.close(closeCodes.tooMany, `more than ${feedsPerViewer} feeds are open for this account`);
        } else {
          connection = new Connection({
            viewer,
            audience: deps.audienceOf(viewer),
            format: message.format ?? 'json',
            webSocket,
            socket: request.raw.socket,
            now: now(),
          });
          deps.hub.add(connection, message.resume);
        }
      })().catch((error: unknown) => {
        request.log.error({ err: error }, 'feed message failed');
        webSocket.close(1011, 'internal error');
      });
    });
  }
}

/** A feed whose end of the connection does not answer our goodbye is cut after this, ms. */
const goodbyeTime = 1000;

/**
 * The server is about to close: every feed is told to come back at once. The library's own way tells them nothing, and
 * waits half a minute for whoever does not answer.
 */
function preClose(this: FastifyInstance, done: () => void): void {
  const { clients } = this.websocketServer;
  for (const client of clients) client.close(closeCodes.restarting, 'restarting');
  setTimeout(() => {
    for (const client of clients) client.terminate();
  }, goodbyeTime).unref();
  this.websocketServer.close();
  done();
}

function readMessage(text: string): ClientMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return clientMessage.Check(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** A renewed token must speak for the same person with the same rights; anything else is a new connection. */
function samePerson(a: Viewer, b: Viewer | undefined): boolean {
  if (b === undefined || a.subject !== b.subject || a.agency !== b.agency || a.role !== b.role) return false;
  if (a.link?.id !== b.link?.id) return false;
  return a.scopes.size === b.scopes.size && [...a.scopes].every((scope) => b.scopes.has(scope));
}

/**
 * Browsers send an Origin; it must be our own or one that is configured, else any page a signed-in person visits could
 * listen. Programs send none and prove themselves by their token alone.
 */
function originAllowed(request: FastifyRequest, allowed: readonly string[]): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  return origin === `${request.protocol}://${request.host}` || allowed.includes(origin);
}
