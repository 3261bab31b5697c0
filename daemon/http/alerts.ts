import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Alert, AlertId, AlertKind, Muted, Severity } from '../../protocol/alert.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import type { AlertPlace, AlertsView } from '../domain/alert-view.ts';
import { acknowledgeAlert, assignAlert, muteVan, snoozeAlert } from '../domain/decide-alert.ts';
import type { Decide } from '../domain/decision.ts';
import { seesAlert } from '../project/alerts-view.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { cursorOf, next, pageQuery, readCursor } from './keyset.ts';
import { badField, notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage, vanFor } from './visible.ts';

export interface AlertDeps {
  world: World;
  alerts: AlertsView;
  commands: Pick<Commands, 'execute'>;
  /** whether an account of the agency may look after alerts; absent: not asked */
  mayLookAfter?: (agency: string, account: string) => boolean;
  /** UTC ms */
  now: () => number;
}

const query = Type.Object(
  {
    ...pageQuery(100, 1000),
    state: Type.Optional(Type.Enum(['open', 'closed'])),
    kind: Type.Optional(AlertKind),
    severity: Type.Optional(Severity),
    van: Type.Optional(Id),
  },
  { additionalProperties: false },
);
const params = Type.Object({ id: AlertId });
const vanParams = Type.Object({ id: Id });
const MutedAnswer = Type.Object({ muted: Type.Array(Muted), version: Type.Integer({ minimum: 0 }) });
const access = { roles: staff };
const writers = { roles: rolesThatManage('alerts') };
const tags = ['alerts'];

/** What the dispatcher must be told, and what people do with it. */
export function alertRoutes(deps: AlertDeps) {
  const { world, alerts, commands, now } = deps;

  const alertFor = (viewer: Viewer, id: string): Alert => {
    const alert = alerts.alert(viewer.agency, id);
    if (alert === undefined || !seesAlert(viewer, viewer.agency, alert, now())) throw notFound();
    return alert;
  };

  const act = async (request: FastifyRequest, reply: FastifyReply, decide: Decide<Alert>) =>
    tagged(reply, await carryOut(commands, decide, byOf(request)));

  return async (app: App): Promise<void> => {
    app.get(
      '/api/alerts',
      {
        config: { access },
        schema: {
          tags,
          summary: 'The alerts of the agency, newest first; closed ones of the last 90 days',
          querystring: query,
          response: { 200: Type.Object({ items: Type.Array(Alert), next }) },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const viewer = signedIn(request);
        const { cursor, limit = 100, van, ...wanted } = request.query;
        const items: Alert[] = [];
        const found = alerts.find(
          viewer.agency,
          van === undefined ? wanted : { ...wanted, vanId: van },
          placeOf(cursor),
        );
        for (const alert of found) {
          if (!seesAlert(viewer, viewer.agency, alert, now())) continue;
          // One more than a page: it tells whether another page follows.
          if (items.length === limit) return { items, next: cursorAfter(items.at(-1)) };
          items.push(alert);
        }
        return { items, next: null };
      },
    );

    app.get(
      '/api/alerts/:id',
      { config: { access }, schema: { tags, summary: 'One alert', params, response: { 200: Alert } } },
      async (request, reply) => tagged(reply, alertFor(signedIn(request), request.params.id)),
    );

    app.post(
      '/api/alerts/:id/ack',
      {
        config: { access: writers },
        schema: { tags, summary: 'Somebody has seen it', params, response: { 200: Alert } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = alertFor(viewer, request.params.id);
        return act(request, reply, acknowledgeAlert(alerts, viewer.agency, id));
      },
    );

    app.post(
      '/api/alerts/:id/assign',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Somebody looks after it; null: nobody any more',
          params,
          body: Type.Object({ to: Type.Union([Id, Type.Null()]) }, { additionalProperties: false }),
          response: { 200: Alert },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = alertFor(viewer, request.params.id);
        const { to } = request.body;
        // Whoever may do this may do it himself, also where the operator's token stands for him and no account.
        const isHimself = to === viewer.subject;
        if (to !== null && !isHimself && deps.mayLookAfter?.(viewer.agency, to) === false) {
          const message = `is no account of this agency that sees alerts: ${to}`;
          const reason = why('no-colleague', { to });
          throw new Problem(422, 'cannot-be', reason, { errors: [{ path: '/to', rule: 'state', message, ...reason }] });
        }
        return act(request, reply, assignAlert(alerts, viewer.agency, id, to));
      },
    );

    app.post(
      '/api/alerts/:id/snooze',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Do not press for it until a time (at most 7 days ahead); null: press again',
          params,
          body: Type.Object({ until: Type.Union([UtcMilliseconds, Type.Null()]) }, { additionalProperties: false }),
          response: { 200: Alert },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = alertFor(viewer, request.params.id);
        return act(request, reply, snoozeAlert(alerts, viewer.agency, id, request.body.until));
      },
    );

    app.get(
      '/api/vans/:id/muted-alerts',
      {
        config: { access },
        schema: {
          tags,
          summary: 'The kinds of alerts that are not raised for a van',
          params: vanParams,
          response: { 200: MutedAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { thing: van } = vanFor(world, viewer, request.params.id, now());
        return tagged(reply, alerts.muted(viewer.agency, van.id));
      },
    );

    app.put(
      '/api/vans/:id/muted-alerts',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Set the kinds of alerts that are not raised for a van, for good or until a time',
          params: vanParams,
          body: Type.Object({ muted: Type.Array(Muted, { maxItems: 50 }) }, { additionalProperties: false }),
          response: { 200: MutedAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { thing: van } = vanFor(world, viewer, request.params.id, now());
        const decide = muteVan(alerts, viewer.agency, van.id, request.body.muted);
        return tagged(reply, await carryOut(commands, decide, byOf(request)));
      },
    );
  };
}

function cursorAfter(alert: Alert | undefined): string | null {
  return alert === undefined ? null : cursorOf(`${alert.openedAt} ${alert.id}`);
}

/** The place that a cursor stands for. Throws a 400 for one that is none. */
function placeOf(cursor: string | undefined): AlertPlace | undefined {
  const text = readCursor(cursor);
  if (text === undefined) return undefined;
  const [, openedAt, id] = /^(\d{1,16}) (\S+)$/.exec(text) ?? [];
  if (openedAt !== undefined && id !== undefined) return { openedAt: Number(openedAt), id };
  throw badField('query/cursor', 'format', 'is not one of ours');
}
