import { splitChunks } from '../../../protocol/chunk-stream.ts';
import type { Stretch } from '../../shared/bridge.ts';
import type { CacheCalls } from './calls.ts';

/** The two questions to the cache that filling needs. */
type FillCall = 'missing' | 'keep' | 'vans';
interface FillDeps {
  cache: { call<C extends FillCall>(name: C, input: CacheCalls[C]['input']): Promise<CacheCalls[C]['output']> };
  /** GET from the daemon, as whoever is signed in; the body. Rejects when there is none. */
  read: (path: string) => Promise<Uint8Array>;
  /** the daemon's clock as it was last heard, UTC ms */
  now: () => number;
}

/** The daemon answers about so long a period at a time, ms. */
const longest = 31 * 86_400_000;

/** Asks the daemon for exactly what is missing of a van's trail. Answers how many points came. */
export async function fill(deps: FillDeps, vanId: string, period: Stretch): Promise<number> {
  let points = 0;
  for (const stretch of await deps.cache.call('missing', { vanId, ...period })) {
    for (let { from } = stretch; from < stretch.to; from += longest) {
      const asked = { from, to: Math.min(stretch.to, from + longest) };
      const askedAt = deps.now();
      const path = `/api/vans/${encodeURIComponent(vanId)}/trail?format=chunks&from=${asked.from}&to=${asked.to}`;
      const chunks = splitChunks(await deps.read(path));
      points += await deps.cache.call('keep', { vanId, asked, chunks, askedAt });
    }
  }
  return points;
}

/** Vans asked about in the background after a break; the others when somebody opens them. */
const mostVans = 200;

/**
 * After a break: what every van did meanwhile. `told` is called for each van of which something came. Ends early, and
 * quietly, when the daemon goes away again: then there is another break.
 */
export async function fillAll(deps: FillDeps, period: Stretch, told: (vanId: string) => void): Promise<void> {
  const vans = (await deps.cache.call('vans', null)).slice(0, mostVans);
  for (const vanId of vans) if ((await fill(deps, vanId, period)) > 0) told(vanId);
}
