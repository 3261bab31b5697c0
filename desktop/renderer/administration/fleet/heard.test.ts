import { expect, it } from 'vitest';
import type { DeviceView } from './fleet-things.ts';
import { heardOf } from './heard.ts';

const health = (positions: number, rejected = 0) => ({ lastSeen: 1, gaps: 0, duplicates: 0, positions, rejected });
const device = (of: DeviceView['health']): DeviceView => ({
  ...{ id: 'a', username: 'a', type: 'tracker', enabled: true, assignments: [], version: 1, vanId: 'v1' },
  health: of,
  position: null,
});

it('waits until something comes that was not there before, and tells a refusal from a point', () => {
  expect(heardOf(null, device(null)).is).toBe('waiting');
  expect(heardOf(null, device(health(1)))).toMatchObject({ is: 'received', vanId: 'v1' });
  expect(heardOf(null, device(health(0, 1))).is).toBe('refused');
  expect(heardOf(health(5, 2), device(health(5, 2))).is).toBe('waiting');
  expect(heardOf(health(5, 2), device(health(6, 2))).is).toBe('received');
  // A point after a refusal is what one waits for.
  expect(heardOf(null, device(health(1, 3))).is).toBe('received');
});
