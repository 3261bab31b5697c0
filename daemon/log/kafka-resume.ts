import type { Reading } from './kafka-reading.ts';
import type { Wire, WireError } from './kafka-wire.ts';

/** Told when the place of a part was no longer there, and reading went on at `to`. */
export type OnGap = (part: number, from: number, to: number) => void;

/** Goes on at the oldest record there is where a part no longer has our place: it expired, or the part lost its end. */
export async function resumeAtOldest(
  { wire, reading, onGap }: { wire: Wire; reading: Reading; onGap: OnGap },
  parts: readonly number[],
  { part }: WireError,
): Promise<void> {
  const { first, next } = await wire.ends();
  for (const each of part === undefined ? parts : [part]) {
    const at = reading.position[each] ?? 0;
    const oldest = first[each] ?? 0;
    if (at >= oldest && at <= (next[each] ?? 0)) continue;
    reading.jump(each, oldest);
    onGap(each, at, oldest);
  }
}
