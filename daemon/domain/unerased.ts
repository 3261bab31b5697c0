import type { LogRecord } from '../../protocol/record.ts';
import type { RegistryState } from './registry-state.ts';
import { credentialId } from './subject.ts';

/** After this an erasure that should have followed a removal is not coming any more, ms. */
const overdue = 60_000;

/**
 * The erasures that a crash cut off: personal fields of a removed consumer and keys of a removed device that are still
 * there. Appending them a second time is harmless.
 */
export function unerased(state: RegistryState, now: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (const [agency, world] of state.agencies) {
    for (const [id, { fields, changedAt, present, version }] of world.consumers) {
      if (present || fields === undefined || changedAt === undefined) continue;
      if (now - changedAt > overdue && fields.version <= version) {
        records.push({ topic: 'people', agency, id, value: null });
      }
    }
    for (const deviceId of world.credentials.keys()) {
      const removedAt = world.devices.get(deviceId)?.removedAt;
      if (removedAt !== undefined && now - removedAt > overdue) {
        records.push({ topic: 'accounts', agency, id: credentialId(deviceId), value: null });
      }
    }
  }
  return records;
}
