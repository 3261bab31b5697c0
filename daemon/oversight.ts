import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Watch } from './domain/condition-watch.ts';
import { alertNews } from './effects/webhook-alerts.ts';
import { webhookPost } from './effects/webhook-post.ts';
import { newWebhookSecret, WebhookSecrets } from './effects/webhook-secrets.ts';
import { WebhookSender, type WebhooksDeps } from './effects/webhooks.ts';
import { alertRuleRoutes } from './http/alert-rules.ts';
import { alertRoutes } from './http/alerts.ts';
import { arrivalRoutes } from './http/arrivals.ts';
import { isColleague } from './http/colleagues.ts';
import { normRoutes } from './http/norm.ts';
import { reportRoutes } from './http/reports.ts';
import { evidenceRoutes } from './http/reports-evidence.ts';
import { webhookRoutes } from './http/webhooks.ts';
import { zoneRoutes } from './http/zones.ts';
import type { Service } from './lifecycle.ts';
import type { Log } from './log/log.ts';
import { Alerts } from './project/alerts.ts';
import { estimateOf, mayStandIn, ZoneNotices } from './project/alerts-joined.ts';
import { ArrivalsClock } from './project/arrivals-told.ts';
import type { Commands } from './project/commands.ts';
import { DayReports } from './project/day-reports.ts';
import { Norm } from './project/norm.ts';
import { OffWay } from './project/off-way.ts';
import { inPortions } from './project/portions.ts';
import type { World } from './project/world.ts';
import type { Projections } from './projections.ts';
import type { RouteCache } from './route/route-cache.ts';

/** What the daemon finds out by itself and says: alerts, the 48-hour clock, reports, webhooks. */
export function oversight(deps: {
  config: Pick<Config, 'webhookPrivate'>;
  log: Log;
  projections: Projections;
  world: World;
  commands: Commands;
  /** a way by road with its line, as far as it is known at once */
  leg: RouteCache['legNow'];
  /** a key of the server's secret */
  keyFor: (purpose: string) => Buffer;
  duties: WebhooksDeps['duties'];
  logger: (part: string) => Logger;
}) {
  const { config, log, projections, world, commands, keyFor, duties, logger } = deps;
  const { registry, accounts, live, health, orders, trails, zones, folds, motion, arrivals, silences } = projections;
  const { alertActs, alertsKept, outcomes, webhooks, projector } = projections;
  const now = Date.now;
  const { view } = registry;

  const alertView = projections.world.alerts;
  const offWay = new OffWay({
    registry: view,
    orders,
    live,
    leg: deps.leg,
    limit: (agency, time) => alertActs.rulesAt(agency, time)['off-route'].metres,
  });
  const notices = new ZoneNotices(zones);
  projector.onChange((change) => notices.note(change));
  const alerts = new Alerts({
    sources: {
      registry: view,
      live,
      health,
      orders,
      watch: (agency, van) => {
        const watch = folds.state(agency, van, 'watch') as Watch | undefined;
        const off = watch && offWay.of(agency, van, now());
        return watch && off ? { ...watch, off } : watch;
      },
      motion: (agency, van, time) => motion.state(agency, van, time),
      zones: (agency, van, time) => notices.of(agency, van, time),
      mayStand: (agency, van) => mayStandIn(zones, agency, van),
      estimate: (agency, order) => estimateOf({ orders, arrivals }, agency, order),
      usualSilence: (...place) => silences.usual(...place),
      log: () => {
        const { problem } = log.status();
        return problem === undefined ? { hears: true } : { problem, hears: false };
      },
    },
    acts: alertActs,
    kept: alertsKept,
    shown: (agency, id) => alertView.alert(agency, id),
    onChange: (listener) => projector.onChange(listener),
    now,
    every: (ms, work) => {
      const timer = setInterval(work, ms);
      return () => clearInterval(timer);
    },
    inPortions,
    onError: (error) => logger('alerts').error({ err: error }, 'a turn of the alerts failed'),
  });

  const norm = new Norm({
    registry: view,
    orders,
    outcomes,
    arrival: (agency, id) => arrivals.stop(agency, id)?.likely,
  });
  const reports = new DayReports({ registry: view, outcomes, trails, motion, now });
  const secrets = new WebhookSecrets(() => keyFor('webhook secrets'));
  const sender = new WebhookSender({
    webhooks,
    commands,
    secrets,
    duties,
    logger: logger('webhooks'),
    post: webhookPost({ inside: config.webhookPrivate }),
    news: alertNews({
      alerts: alertView,
      agencies: () => view.agencies(),
      onChange: (listener) => alerts.onChange(listener),
    }),
  });
  const mayLookAfter = (agency: string, id: string) => {
    const account = accounts.view.account(agency, id);
    return account !== undefined && isColleague(account);
  };
  return {
    onChange: (listener: Parameters<World['onChange']>[0]) => alerts.onChange(listener),
    /** to be started after the projections have caught up, before anybody listens */
    services: [new ArrivalsClock(arrivals), alerts] as Service[],
    /** to be started with the other effects */
    sender,
    plugins: [
      zoneRoutes({ zones, commands, now }),
      arrivalRoutes({ world, arrivals, now }),
      alertRoutes({ world, alerts: alertView, commands, mayLookAfter, now }),
      alertRuleRoutes({ alerts: alertView, commands, now }),
      normRoutes({ norm, now }),
      evidenceRoutes({ world, now }),
      reportRoutes({ world, reports, now, driverName: (agency, id) => accounts.view.account(agency, id)?.name }),
      webhookRoutes({
        webhooks,
        commands,
        inside: config.webhookPrivate,
        now,
        secrets: { make: newWebhookSecret, seal: (...of) => secrets.seal(...of) },
        trouble: (agency, id) => sender.trouble(agency, id),
      }),
    ],
  };
}
