import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Service } from './lifecycle.ts';
import type { Commands } from './project/commands.ts';
import type { Projector } from './project/projector.ts';
import type { SharedLog } from './shared-log.ts';

/**
 * Resolves when the projections are where the log is. With Kafka out of reach, what they had saved has to do: trackers can
 * be known by it, and go on being acknowledged; readiness says what is missing.
 */
export async function caughtUp(projector: Projector, shared: SharedLog | undefined): Promise<void> {
  let over = false;
  const done = projector.caughtUp.finally(() => {
    over = true;
  });
  const outOfReach = async () => {
    while (!over && (shared?.log.counts().unreachableSince === undefined || projector.savedCursors() === undefined)) {
      await setTimeout(200);
    }
  };
  await (shared === undefined ? done : Promise.race([done, outOfReach()]));
}

/** Finishes what a crash cut off, without making the start wait for a Kafka that does not answer. */
export function finishErasures(commands: Commands, logger: Logger): void {
  commands.finishErasures().catch((error) => logger.error({ err: error }, 'unfinished erasures were not finished'));
}

/** Starts a service that waits for Kafka without making the others wait. */
export function inBackground(service: Service, logger: Logger): Service {
  return {
    name: service.name,
    start: async () =>
      void service.start().catch((error) => logger.error({ err: error }, `${service.name} did not start`)),
    stop: () => service.stop(),
  };
}
