import { pauseAfter, type Reach } from './kafka-reach.ts';
import type { Reading } from './kafka-reading.ts';
import { type OnGap, resumeAtOldest } from './kafka-resume.ts';
import { type Wire, wireErrorOf } from './kafka-wire.ts';
import { type LogBatch, LogError } from './log.ts';

export interface PagesDeps {
  wire: Wire;
  /** with an end */
  reading: Reading;
  /** the parts to read */
  parts: readonly number[];
  reach: Reach;
  isClosed: () => boolean;
  onGap: OnGap;
}

/** ms an answer may wait; there is something to answer, unless compaction took it */
const shortPoll = 50;

/** Reads what there is up to the end of `reading`, broker by broker in turn. Waits while none answers. */
export async function* pages(deps: PagesDeps): AsyncGenerator<LogBatch> {
  const { wire, reading, parts, reach, isClosed } = deps;
  let leaders: (number | undefined)[] = [];
  let last: number | undefined;
  for (let failures = 0; ; ) {
    if (isClosed()) throw new LogError('closed', 'the log was closed while it was read');
    const open = reading.open(parts);
    if (open.length === 0) return;
    const nodes = [...new Set(open.map((part) => leaders[part]))].filter((node) => node !== undefined).sort();
    const node = nodes.find((each) => last === undefined || each > last) ?? nodes[0];
    try {
      if (node === undefined) {
        if (failures > 0) await pause(failures);
        failures++;
        leaders = await wire.leaders();
        continue;
      }
      last = node;
      const wanted = reading.wanted(open.filter((part) => leaders[part] === node));
      const { fetched, error } = await wire.fetch(node, wanted, shortPoll);
      reach.answered();
      const batch = reading.take(fetched);
      if (batch !== undefined && batch.records.length > 0) yield batch;
      if (error !== undefined) throw error;
      failures = 0;
    } catch (caught) {
      const error = wireErrorOf(caught);
      if (error.kind === 'denied') throw new LogError('io', error.message, { cause: error });
      reach.failed(error);
      leaders = [];
      if (error.kind !== 'range') continue;
      await resumeAtOldest(deps, parts, error).catch((failed: unknown) => reach.failed(wireErrorOf(failed)));
    }
  }
}

function pause(failures: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseAfter(failures)));
}
