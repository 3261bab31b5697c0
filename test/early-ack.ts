import { main } from '../daemon/main.ts';

/**
 * The control of the crash test: the daemon, but acknowledging before the log has the message, as it would if the
 * append stood in Aedes' `published` hook. It must lose what it acknowledged when it is killed.
 */
await main({
  aroundIntake: (intake) => ({
    take(input, sender, settled) {
      settled(undefined, { accepted: 0, duplicates: 0, rejected: [] });
      setImmediate(() => intake.take(input, sender, () => {}));
    },
  }),
});
