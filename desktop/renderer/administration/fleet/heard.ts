import type { DeviceView } from './fleet-things.ts';

/** What became of a device since somebody began to wait for it. */
export type Heard =
  | { is: 'waiting' }
  | { is: 'received'; position: DeviceView['position']; vanId: string | null }
  | { is: 'refused'; letter?: { reason: string; detail: string } };

/** `before`: what was known of it then; null: it had never sent anything. */
export function heardOf(before: DeviceView['health'], { health, position, vanId }: DeviceView): Heard {
  if (health === null) return { is: 'waiting' };
  if (health.positions > (before?.positions ?? 0)) return { is: 'received', position, vanId };
  if (health.rejected > (before?.rejected ?? 0)) return { is: 'refused' };
  return { is: 'waiting' };
}
