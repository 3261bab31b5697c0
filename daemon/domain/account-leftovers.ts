import type { LogRecord } from '../../protocol/record.ts';
import type { AccountsState } from './account-state.ts';
import { keptUnder, keys } from './account-state.ts';
import { remainsOf } from './decide-account.ts';

/** After this nothing that should have followed a removal is coming any more, ms. */
const overdue = 60_000;
/**
 * Sessions are erased this long after their end, ms. By then every token given in them has expired, so that nobody
 * needs to know any more that they were ended.
 */
const forgetAfter = 3_600_000;

/** What is known of a consumer by now; the topics of a log have no common order, so a new one may not be here yet, ms. */
const arriving = 60_000;

/**
 * Erasures that are due: sessions that are over or whose consumer was erased, links that have expired, and what a crash left of removed accounts.
 * Appending them a second time, at another daemon too, is harmless.
 */
export function leftovers(
  state: AccountsState,
  now: number,
  isConsumer: (agency: string, id: string) => boolean,
): LogRecord[] {
  const records: LogRecord[] = [];
  for (const [agency, world] of state.agencies) {
    const erase = (id: string) => records.push({ topic: 'accounts', agency, id, value: null });
    for (const [key, value] of world.values) {
      switch (value.kind) {
        case 'session': {
          const end = keptUnder(world, keys.sessionEnd(value.id), 'session-end');
          const over = Math.min(value.expiresAt, end?.at ?? Infinity, endOfGeneration(world, value));
          // Whoever is erased leaves no session behind either.
          const erased = value.role === 'CUSTOMER' && !isConsumer(agency, value.subject);
          if (now - over > forgetAfter || (erased && now - value.createdAt > arriving)) erase(key);
          break;
        }
        case 'session-end':
          if (!world.values.has(keys.session(value.id)) && now - value.at > forgetAfter) erase(key);
          break;
        case 'invitation':
          if (now - value.until > forgetAfter) erase(key);
      }
    }
    for (const [id, { removed, changedAt }] of world.accounts) {
      if (!removed || now - changedAt < overdue) continue;
      records.push(
        ...remainsOf(agency, id).filter(({ topic, id: key = '' }) =>
          topic === 'people' ? world.profiles.has(id) : world.values.has(key),
        ),
      );
    }
  }
  return records;
}

/** When a sign-out everywhere ended a session is not kept: it is old enough when nothing was refreshed for long. */
function endOfGeneration(
  world: { versions: ReadonlyMap<string, number> },
  session: { role: string; subject: string; generation: number; rotatedAt: number },
): number {
  if (session.role === 'CUSTOMER') return Infinity;
  return (world.versions.get(`sign-in:${session.subject}`) ?? 0) > session.generation ? session.rotatedAt : Infinity;
}
