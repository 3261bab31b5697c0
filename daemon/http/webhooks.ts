import { Type } from 'typebox';
import { mayManage } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { Id } from '../../protocol/registry.ts';
import {
  mostRecorded,
  NewsKey,
  WantedNews,
  Webhook,
  WebhookChange,
  WebhookNews,
  WebhookUrl,
} from '../../protocol/webhook.ts';
import { addWebhook, changeWebhook, removeWebhook, replayWebhook, setWebhookSecret } from '../domain/decide-webhook.ts';
import type { WebhooksView } from '../domain/webhook-view.ts';
import type { Commands } from '../project/commands.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { cursorOf, next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

export interface WebhookDeps {
  webhooks: WebhooksView;
  commands: Pick<Commands, 'execute'>;
  /** makes secrets, and seals them for the log (`daemon/effects/webhook-secrets.ts`) */
  secrets: { make(): string; seal(secret: string, agency: string, webhookId: string, number: number): string };
  /** why this daemon cannot deliver to it at present (`WebhookSender.trouble`) */
  trouble: (agency: string, id: string) => { since: number; tries: number; why: string; nextTry: number } | undefined;
  /** `--webhook-private`: addresses of the operator's own network are allowed */
  inside: boolean;
  /** UTC ms */
  now: () => number;
}

const count = Type.Integer({ minimum: 0 });
const time = Type.Integer({ minimum: 0, description: 'UTC ms' });
const WebhookAnswer = Type.Object(
  {
    ...Webhook.properties,
    waiting: count,
    failed: Type.Integer({ minimum: 0, description: 'dead letters of the last 30 days' }),
    trouble: Type.Optional(
      Type.Object(
        { since: time, tries: count, why: Type.String(), nextTry: time },
        { description: 'it takes nothing at present, as the daemon knows that sends to it' },
      ),
    ),
  },
  { $id: 'WebhookAnswer' },
);
const Secret = Type.String({ description: 'signs what is sent; shown this once' });
const NewWebhook = Type.Object(
  { id: Type.Optional(Id), url: WebhookUrl, events: WantedNews },
  { additionalProperties: false },
);
const Failure = Type.Object({
  key: NewsKey,
  type: WebhookNews,
  time,
  failedAt: time,
  why: Type.String(),
  body: Type.String({ description: 'the JSON text that was sent' }),
});
const params = Type.Object({ id: Id });
/** Where an agency's data is sent is the administrator's, as accounts are. */
const access = { roles: ['ADMIN'] } as const;
const tags = ['webhooks'];

/** Webhooks: where an agency's events are posted to, what was not taken there, and trying that again. */
export function webhookRoutes(deps: WebhookDeps) {
  const { webhooks, commands, secrets, inside } = deps;

  const manager = (viewer: Viewer): Viewer => {
    if (!mayManage(viewer, 'accounts', viewer.agency, deps.now())) throw notFound();
    return viewer;
  };
  const shown = (agency: string, webhook: Webhook) => {
    const trouble = webhook.active ? deps.trouble(agency, webhook.id) : undefined;
    return { ...webhook, ...webhooks.sizes(agency, webhook.id), ...(trouble === undefined ? {} : { trouble }) };
  };
  const webhookFor = (agency: string, id: string): Webhook => {
    const webhook = webhooks.webhook(agency, id);
    if (webhook === undefined) throw notFound();
    return webhook;
  };
  const newSecret = (agency: string) => {
    const secret = secrets.make();
    return { secret, seal: (id: string, number: number) => secrets.seal(secret, agency, id, number) };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/webhooks',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Where the events of the agency are posted to',
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(WebhookAnswer), next }) },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const { cursor, limit = 100 } = request.query;
        reply.header('cache-control', 'no-store');
        const page = pageOf(webhooks.webhooks(agency), { after: readCursor(cursor), limit });
        return { items: page.items.map((webhook) => shown(agency, webhook)), next: page.next };
      },
    );

    app.post(
      '/api/webhooks',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Post events of the agency to an address, from now on',
          description:
            'Each event is sent at least once and in order, as `{id, type, time, agency, webhook, data}`, with the ' +
            'headers `idempotency-key` (the same at every try), `x-vantrail-timestamp` (UTC seconds) and ' +
            '`x-vantrail-signature`: `v1=` and HMAC-SHA256(secret, timestamp "." body) in hex. Any 2xx within 10 s is ' +
            '"taken"; all else is tried again for a day, then kept as a dead letter. Redirects are not followed.',
          body: NewWebhook,
          response: { 201: Type.Object({ ...WebhookAnswer.properties, secret: Secret }) },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const { secret, seal } = newSecret(agency);
        const webhook = await carryOut(
          commands,
          addWebhook(webhooks, agency, request.body, { inside, seal }),
          byOf(request),
        );
        reply.code(201).header('location', `/api/webhooks/${webhook.id}`).header('cache-control', 'no-store');
        return { ...tagged(reply, shown(agency, webhook)), secret };
      },
    );

    app.get(
      '/api/webhooks/:id',
      { config: { access }, schema: { tags, summary: 'One webhook', params, response: { 200: WebhookAnswer } } },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        return tagged(reply, shown(agency, webhookFor(agency, request.params.id)));
      },
    );

    app.patch(
      '/api/webhooks/:id',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Change a webhook; active: false pauses it, true resumes it with what has waited',
          params,
          body: WebhookChange,
          response: { 200: WebhookAnswer },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const decide = changeWebhook(webhooks, agency, request.params.id, request.body, { inside });
        return tagged(reply, shown(agency, await carryOut(commands, decide, byOf(request))));
      },
    );

    app.delete(
      '/api/webhooks/:id',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Send nothing more there; what waits and the dead letters go too',
          params,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        await carryOut(commands, removeWebhook(webhooks, agency, request.params.id), byOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/webhooks/:id/secret',
      {
        config: { access },
        schema: {
          tags,
          summary: 'A new secret; the old one signs nothing more from now on',
          params,
          response: { 200: Type.Object({ id: Id, secret: Secret }) },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const { secret, seal } = newSecret(agency);
        const { id } = request.params;
        await carryOut(commands, setWebhookSecret(webhooks, agency, id, seal), byOf(request));
        reply.header('cache-control', 'no-store');
        return { id, secret };
      },
    );

    app.get(
      '/api/webhooks/:id/failures',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Its dead letters, oldest first',
          params,
          querystring: Type.Object(pageQuery(100, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(Failure), next }) },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const { id } = webhookFor(agency, request.params.id);
        const { cursor, limit = 100 } = request.query;
        const after = Number(readCursor(cursor) ?? 0);
        reply.header('cache-control', 'no-store');
        const items = [];
        let last = after;
        const ordered = [...webhooks.failures(agency, id)].sort((a, b) => a.seq - b.seq);
        for (const { seq, derived: _derived, ...failure } of ordered) {
          if (!(seq > after)) continue;
          if (items.length === limit) return { items, next: cursorOf(String(last)) };
          items.push(failure);
          last = seq;
        }
        return { items, next: null };
      },
    );

    app.post(
      '/api/webhooks/:id/replay',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Try dead letters again, after what waits; without keys all of them',
          params,
          body: Type.Object(
            { keys: Type.Optional(Type.Array(NewsKey, { minItems: 1, maxItems: mostRecorded })) },
            { additionalProperties: false },
          ),
          response: { 202: Type.Object({ replayed: count }) },
        },
      },
      async (request, reply) => {
        const { agency } = manager(signedIn(request));
        const { id } = webhookFor(agency, request.params.id);
        const decide = replayWebhook(webhooks, agency, id, request.body.keys);
        const done = await carryOut(commands, decide, byOf(request));
        return reply.code(202).send(done);
      },
    );
  };
}
