import { batch, minute, morning, openCache, second, snapshot, times, welcome } from './cache.fixture.ts';

/** Writes as fast as it can until it is killed, and says after each write what is on the disk now. */
const { cache } = openCache(process.argv[2] ?? '');
const start = cache.picture(undefined)?.asOf ?? morning;
cache.take(batch({ link: start, at: start, messages: [welcome, snapshot({ vans: ['v1', 'v2', 'v3'] })] }));
for (let at = start; ; at += minute) {
  const fixTimes = times(at, at + minute, 5 * second);
  cache.take(batch({ link: start, at: at + minute, fixes: { v1: fixTimes, v2: fixTimes, v3: fixTimes } }));
  cache.flush();
  process.send?.({ written: at + minute });
}
