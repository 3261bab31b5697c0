import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 what it cannot know of this program. To be called before the work begins.
 *
 * Not to guess where objects are to live: where many of a kind outlived a collection once (the positions of a commit on
 * its way), it would put all later ones straight into the old generation, and a full collection would have to find the
 * dead ones among them: a sixth of the ingest's processor time.
 *
 * And on a single core not to mark beside the work: four threads of V8 would do that, each with the right of the main
 * thread to the only core. With 5,000 vans a full collection then slowed everything down for about 200 ms; in steps of
 * the main thread itself the last and longest of them takes 20 to 50 ms.
 */
export function tuneCollector(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  if (availableParallelism() === 1) setFlagsFromString('--no-concurrent-marking');
}
