import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../protocol/claims.ts';
import { type Why, why } from '../../protocol/refusal-text.ts';
import type { Device } from '../../protocol/registry.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Intake } from '../ingest/intake.ts';
import { parseJson } from '../ingest/json.ts';
import { stripCredentials } from '../ingest/strip-credentials.ts';
import type { Access } from './access.ts';
import { answerOf, keep, type Sent, takeBatch } from './intake-batch.ts';
import { documented, emptyList, osmandQuery, positionsBody, updates } from './intake-schemas.ts';
import { readUpdate } from './intake-update.ts';
import { driverPhone, mayWrite } from './intake-who.ts';
import { notFound, Problem } from './problem.ts';

/** Who sends, proven by credentials. */
export type Caller = { kind: 'device'; agency: string; device: Device } | { kind: 'viewer'; viewer: Viewer };

export interface IntakeDeps {
  intake: Intake;
  /** null: no credentials, or wrong ones */
  authenticate(request: FastifyRequest): Promise<Caller | null>;
  /** the device an OsmAnd token belongs to */
  osmandDevice(token: string): { agency: string; device: Device } | null;
  registry: Pick<RegistryView, 'device' | 'vanOfDriver' | 'devicesOfVan'>;
  /** UTC ms */
  now?: () => number;
}

/** bytes; a thousand positions in full need a fifth of it */
const bodyLimit = 1_048_576;

const people: Access = { roles: ['DELIVERY_PARTNER', 'INTERNAL_SERVICE'], scope: 'positions:write' };
const everyone: Access = { ...people, device: true };

/**
 * Positions over HTTP. 202 once everything in the request is durable, item by item. A device is answered 2xx also for
 * what can never be right: that is kept as a dead letter, and sending it again would not mend it. People and services
 * are told by a 400 when the whole of it cannot be read.
 */
export const intakeRoutes: FastifyPluginAsync<IntakeDeps> = async (app, deps) => {
  const now = deps.now ?? Date.now;

  // Bodies are taken as bytes: what a device sends broken is kept as it came. Schemas here only document.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
  app.setValidatorCompiler(() => () => true);
  // Trackers call their bodies anything or nothing; a name that cannot be parsed would be a 415 they repeat for ever.
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = 'application/octet-stream';
  });

  app.post(
    '/api/positions',
    { bodyLimit, config: { access: everyone }, schema: documented('Positions, one or many', { body: positionsBody }) },
    async (request, reply) => {
      const caller = await known(request);
      const sent: Sent = { bytes: bytesOf(request), receivedAt: now(), via: 'POST /api/positions' };
      if (caller.kind === 'device') {
        const outcome = await keep(deps.intake, { door: 'http', subtopic: '', ...sent }, { ...caller, via: sent.via });
        return accepted(reply, answerOf(outcome));
      }
      const agency = mayWrite(caller.viewer);
      const json = readJson(sent.bytes);
      if (caller.viewer.role === 'INTERNAL_SERVICE') {
        return accepted(reply, await takeBatch(deps, agency, json, sent));
      }
      const device = driverPhone(deps.registry, agency, caller.viewer.subject, sent.receivedAt);
      const outcome = await keep(
        deps.intake,
        { door: 'http', subtopic: '', bytes: sent.bytes, receivedAt: sent.receivedAt, json },
        { agency, device, via: sent.via },
      );
      return accepted(reply, answerOf(outcome));
    },
  );

  for (const update of updates) {
    app.post(
      update.path,
      { bodyLimit, config: { access: people }, schema: documented(update.summary, { body: update.body }) },
      async (request, reply) => {
        const caller = await known(request);
        if (caller.kind === 'device') throw forbidden(why('wrong-door', { how: 'devices send to /api/positions' }));
        const agency = mayWrite(caller.viewer);
        const receivedAt = now();
        const { driver, fix } = readUpdate(readJson(bytesOf(request)), update.names, receivedAt);
        // Another driver's id answers like one that does not exist.
        if (caller.viewer.role === 'DELIVERY_PARTNER' && driver !== caller.viewer.subject) throw notFound();
        const device = driverPhone(deps.registry, agency, driver, receivedAt);
        const outcome = await keep(
          deps.intake,
          { door: 'http', subtopic: '', bytes: Buffer.from(JSON.stringify(fix)), receivedAt, json: fix },
          { agency, device, via: `POST ${update.path}` },
        );
        return accepted(reply, answerOf(outcome));
      },
    );
  }

  app.route({
    method: ['GET', 'POST'],
    url: '/osmand',
    exposeHeadRoute: false,
    bodyLimit,
    config: { access: 'public' }, // the token in the message is the credential, and is checked here
    schema: documented('OsmAnd and Traccar Client', { querystring: osmandQuery }),
    handler: async (request, reply) => {
      const body = bytesOf(request);
      const address = request.raw.url ?? '';
      const text = address.includes('?') ? address.slice(address.indexOf('?') + 1) : '';
      const { id, deviceid, ...query } = Object.fromEntries(new URLSearchParams(text));
      const token = onlyToken([id, deviceid, ...tokensOf(body)]);
      const sender = token === undefined ? null : deps.osmandDevice(token);
      if (sender === null)
        throw unauthorized(why('wrong-door', { how: 'the id is not the token of a device' }), 'Bearer');
      // The token ends here: what goes on, and may be kept, is without it.
      const bytes = stripCredentials(body.length > 0 ? body : Buffer.from(text));
      const via = `${request.method} /osmand`;
      const input = { door: 'osmand' as const, subtopic: '', bytes, query, receivedAt: now() };
      const outcome = await keep(deps.intake, input, { agency: sender.agency, device: sender.device, via });
      return accepted(reply, answerOf(outcome));
    },
  });

  app.post(
    '/owntracks',
    {
      bodyLimit,
      config: { access: { device: true } },
      schema: documented('OwnTracks in HTTP mode', { answer: emptyList }),
    },
    async (request, reply) => {
      const caller = await known(request);
      if (caller.kind !== 'device')
        throw forbidden(why('wrong-door', { how: 'OwnTracks signs in with the username and key of a device' }));
      const input = { door: 'owntracks' as const, subtopic: '', bytes: bytesOf(request), receivedAt: now() };
      await keep(deps.intake, input, { ...caller, via: 'POST /owntracks' });
      return accepted(reply, []); // the list of friends and commands the app looks for
    },
  );

  async function known(request: FastifyRequest): Promise<Caller> {
    const caller = await deps.authenticate(request);
    if (caller !== null) return caller;
    const scheme = /^bearer /i.test(request.headers.authorization ?? '') ? 'Bearer' : 'Basic';
    throw unauthorized(why('not-signed-in'), scheme);
  }
};

const accepted = (reply: FastifyReply, answer: unknown): FastifyReply =>
  reply.code(202).header('cache-control', 'no-store').send(answer);

const bytesOf = (request: FastifyRequest): Uint8Array =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

/** The JSON of a person or a service, who is told when it is none. */
function readJson(bytes: Uint8Array): unknown {
  const parsed = parseJson(bytes);
  if ('json' in parsed) return parsed.json;
  throw new Problem(400, parsed.reason, why('fields-wrong', { message: parsed.detail }), {
    errors: [{ path: '', rule: parsed.reason, message: parsed.detail }],
  });
}

/** Every token in an OsmAnd body: JSON of one or more messages, or a form. */
function tokensOf(body: Uint8Array): unknown[] {
  const parsed = parseJson(body);
  if ('json' in parsed) {
    const messages: readonly unknown[] = Array.isArray(parsed.json) ? parsed.json : [parsed.json];
    return messages.map((message) =>
      typeof message === 'object' && message !== null && 'device_id' in message ? message.device_id : undefined,
    );
  }
  const form = new URLSearchParams(Buffer.from(body).toString('latin1'));
  return [form.get('id'), form.get('deviceid')];
}

/** The token, if there is exactly one: a message that names two devices is from neither. */
function onlyToken(candidates: readonly unknown[]): string | undefined {
  const tokens = new Set<unknown>();
  for (const token of candidates) {
    if (token !== undefined && token !== null) tokens.add(typeof token === 'number' ? String(token) : token);
  }
  const [token] = tokens;
  return tokens.size === 1 && typeof token === 'string' ? token : undefined;
}

/** `scheme`: what to try. Never Basic to someone who came with a token: his browser would ask him for a password. */
const unauthorized = (reason: Why, scheme: 'Basic' | 'Bearer'): Problem =>
  new Problem(401, 'unauthorized', reason, { headers: { 'www-authenticate': `${scheme} realm="vantrail"` } });
const forbidden = (reason: Why): Problem => new Problem(403, 'forbidden', reason);
