import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { toldBy } from './effects/order-messages.ts';
import type { Log } from './log/log.ts';
import { AccountsProjection } from './project/accounts.ts';
import { AuditProjection } from './project/audit.ts';
import { DeadLettersProjection } from './project/dead-letters.ts';
import { HealthProjection } from './project/health.ts';
import { LinksProjection } from './project/links.ts';
import { Live } from './project/live.ts';
import { NoticesProjection } from './project/notices.ts';
import { OrdersProjection } from './project/orders.ts';
import { PlacesProjection } from './project/places.ts';
import { Projector } from './project/projector.ts';
import { RegistryProjection } from './project/registry.ts';
import { Replays } from './project/replay.ts';
import { SharingProjection } from './project/sharing.ts';
import { Trails } from './project/trails.ts';
import type { World } from './project/world.ts';

const day = 86_400_000;

/** All that is derived from the log, in the order in which each record is given to them. */
export function projectionsOf(deps: {
  log: Log;
  /** the SQLite file of all of them */
  file: string;
  config: Pick<Config, 'trailsKeptDays' | 'deadLettersKeptDays'>;
  logger: (part: string) => Logger;
}) {
  const { log, file, config, logger } = deps;
  const registry = new RegistryProjection();
  // One for all: whoever waits for the verdict on an event need not know which of them gives it.
  const { view, verdicts } = registry;
  const accounts = new AccountsProjection({ verdicts });
  const orders = new OrdersProjection({ verdicts });
  const sharing = new SharingProjection({ registry: view, verdicts });
  const links = new LinksProjection({ orders, registry: view });
  const notices = new NoticesProjection({
    verdicts,
    now: Date.now,
    doneBy: toldBy,
  });
  const audit = new AuditProjection();
  const places = new PlacesProjection({ verdicts });
  const newTrails = () => new Trails({ registry: view, keep: config.trailsKeptDays * day });
  const trails = newTrails();
  const live = new Live({ registry: view, trails });
  const health = new HealthProjection();
  const newDeadLetters = () => new DeadLettersProjection({ keptMs: config.deadLettersKeptDays * day });
  const deadLetters = newDeadLetters();
  const projector = new Projector({
    log,
    file,
    projections: [
      ...[registry, accounts, orders, sharing, links, notices, audit, places],
      ...[trails, live, health, deadLetters],
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
    projector,
    replays,
    world,
  };
}
export type Projections = ReturnType<typeof projectionsOf>;
