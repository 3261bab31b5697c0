import { logContract } from './contract.ts';
import { folderForTest } from './embedded.fixture.ts';
import { MemoryBrokers, MemoryRemote } from './memory-remote.ts';
import { openSpool } from './spool.fixture.ts';

let lives = 0;

logContract('shared log in memory', async () => {
  const brokers = new MemoryBrokers({ life: `life${lives++}` });
  let log = new MemoryRemote({ brokers, origin: 'one' });
  await log.start();
  return {
    log,
    reopen: async () => {
      await log.stop();
      log = new MemoryRemote({ brokers, origin: 'one' });
      await log.start();
      return log;
    },
    cleanup: () => log.stop(),
  };
});

for (const [name, options] of [
  ['spooled log', {}],
  ['spooled log that acknowledges when the shared log has it', { ack: { fallback: 'refuse' } }],
] as const) {
  logContract(name, async () => {
    const { folder, remove } = await folderForTest();
    const brokers = new MemoryBrokers({ life: `life${lives++}` });
    let spool = await openSpool(brokers, folder, options);
    return {
      log: spool.log,
      reopen: async () => {
        await spool.log.stop();
        spool = await openSpool(brokers, folder, options);
        return spool.log;
      },
      cleanup: async () => {
        await spool.log.stop();
        await remove();
      },
    };
  });
}
