import { main } from '../daemon/main.ts';

/** The daemon, with an error in it that nothing catches as soon as its parent asks for it. */
process.on('message', (how) => {
  const error = new Error('nobody was ready for this');
  if (how === 'reject') void Promise.reject(error);
  else
    setImmediate(() => {
      throw error;
    });
});
await main();
