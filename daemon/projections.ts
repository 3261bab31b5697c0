import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { arrivalStep } from './domain/arrival-step.ts';
import { motionStep } from './domain/motion-step.ts';
import { ZoneStep } from './domain/zone-step.ts';
import { toldBy } from './effects/order-messages.ts';
import type { Log } from './log/log.ts';
import { AccountsProjection } from './project/accounts.ts';
import { AlertActsProjection } from './project/alerts-acts.ts';
import { alertWatch } from './project/alerts-joined.ts';
import { AlertsKept } from './project/alerts-kept.ts';
import { SilencesProjection } from './project/alerts-silences.ts';
import { alertsView } from './project/alerts-view.ts';
import { Arrivals } from './project/arrivals.ts';
import { AuditProjection } from './project/audit.ts';
import { DeadLettersProjection } from './project/dead-letters.ts';
import { HealthProjection } from './project/health.ts';
import { LinksProjection } from './project/links.ts';
import { Live } from './project/live.ts';
import { Motion } from './project/motion.ts';
import { MotionSettingsProjection } from './project/motion-settings.ts';
import { NoticesProjection } from './project/notices.ts';
import { OrdersProjection } from './project/orders.ts';
import { OutcomesProjection } from './project/outcomes.ts';
import { PlacesProjection } from './project/places.ts';
import { Projector } from './project/projector.ts';
import { RegistryProjection } from './project/registry.ts';
import { Replays } from './project/replay.ts';
import { SharingProjection } from './project/sharing.ts';
import { Trails } from './project/trails.ts';
import { VanFolds } from './project/van-folds.ts';
import type { AnyStep } from './project/van-folds-state.ts';
import { WebhooksProjection } from './project/webhooks.ts';
import type { World } from './project/world.ts';
import { ZonesProjection } from './project/zones.ts';
import type { RouteCache } from './route/route-cache.ts';

const day = 86_400_000;

/** All that is derived from the log, in the order in which each record is given to them. */
export function projectionsOf(deps: {
  log: Log;
  /** the SQLite file of all of them */
  file: string;
  config: Pick<Config, 'trailsKeptDays' | 'deadLettersKeptDays'>;
  /** how far it is by road, as far as it is known at once */
  ways: Pick<RouteCache, 'now'>;
  logger: (part: string) => Logger;
  /** UTC ms */
  now?: () => number;
}) {
  const { log, file, config, ways, logger, now = Date.now } = deps;
  const keep = config.trailsKeptDays * day;
  const registry = new RegistryProjection();
  // One for all: whoever waits for the verdict on an event need not know which of them gives it.
  const { view, verdicts } = registry;
  const accounts = new AccountsProjection({ verdicts });
  const orders = new OrdersProjection({ verdicts, now });
  const sharing = new SharingProjection({ registry: view, verdicts });
  const links = new LinksProjection({ orders, registry: view });
  const notices = new NoticesProjection({
    verdicts,
    now,
    doneBy: toldBy,
  });
  const audit = new AuditProjection();
  const places = new PlacesProjection({ verdicts });
  const newTrails = () => new Trails({ registry: view, keep, now });
  const trails = newTrails();
  const live = new Live({ registry: view, trails });
  const health = new HealthProjection();
  const newDeadLetters = () => new DeadLettersProjection({ keptMs: config.deadLettersKeptDays * day });
  const deadLetters = newDeadLetters();

  // What the vans did: one fold over the fixes of each, in the order of fixTime.
  const motionSettings = new MotionSettingsProjection();
  const alertActs = new AlertActsProjection({ verdicts, now });
  const silences = new SilencesProjection();
  const zones = new ZonesProjection({ registry: view, live, orders, verdicts, keep, now });
  const steps: AnyStep[] = [
    motionStep((agency, time) => motionSettings.at(agency, time)),
    new ZoneStep(zones),
    arrivalStep,
    alertWatch(alertActs),
  ];
  const folds = new VanFolds({ registry: view, trails, live, keep, steps, now });
  motionSettings.onChange((agency, from) => folds.changed(agency, from));
  zones.follow(folds, steps.map(({ name, version = 1 }) => `${name}@${version}`).join(' '));
  const motion = new Motion({ folds, settings: motionSettings, registry: view });
  const arrivals = new Arrivals({ orders, registry: view, folds, legs: (...leg) => ways.now(...leg), now });
  const outcomes = new OutcomesProjection({ orders, verdicts });
  const webhooks = new WebhooksProjection({ verdicts });
  const alertsKept = new AlertsKept({ now });
  const alerts = alertsView({ kept: alertsKept, acts: alertActs, registry: view });

  const projector = new Projector({
    log,
    file,
    projections: [
      ...[registry, accounts, orders, sharing, links, notices, audit, places, alertActs, motionSettings],
      ...[trails, live, health, silences, deadLetters, outcomes],
      // What reads facts stands before the folds that are saved with them; visits after, in the same transaction.
      ...[arrivals, folds, zones, webhooks, alertsKept],
    ],
    logger: logger('projections'),
  });
  const replays = new Replays({
    log,
    projector,
    file,
    fresh: {
      registry: () => [new RegistryProjection()],
      // Health counts the fixes that the trails had already.
      health: () => [newTrails(), new HealthProjection()],
      'dead-letters': () => [newDeadLetters()],
      // What an attempt came to is told by the order as it was then, and which of two drivers it was by the registry.
      outcomes: () => {
        const first = new RegistryProjection();
        const { verdicts } = first;
        const second = new OrdersProjection({ verdicts });
        return [first, second, new OutcomesProjection({ orders: second, verdicts })];
      },
    },
    logger: logger('replay'),
  });
  const world = {
    registry: view,
    live,
    trails,
    health,
    deadLetters,
    orders,
    sharing,
    places,
    cursor: () => projector.cursor(),
    onChange: (listener) => projector.onChange(listener),
    motion,
    zones,
    arrivals,
    alerts,
  } satisfies World;
  return {
    registry,
    accounts,
    orders,
    sharing,
    links,
    notices,
    audit,
    places,
    trails,
    live,
    health,
    deadLetters,
    zones,
    folds,
    motion,
    motionSettings,
    arrivals,
    silences,
    alertActs,
    alertsKept,
    outcomes,
    webhooks,
    projector,
    replays,
    world,
  };
}
export type Projections = ReturnType<typeof projectionsOf>;
