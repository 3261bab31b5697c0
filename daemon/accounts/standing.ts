import type { Claims } from '../../protocol/claims.ts';
import type { AccountsView } from '../domain/account-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';

/**
 * Whether whom a well-made token speaks for may still come in: asked for every request and every feed, so that a
 * sign-out, another role or a disabled account holds at once and not when the token expires. Tokens without a session
 * and a generation are the operator's (`npm run token`), the demo's and those of share links; they just expire.
 */
export function standingOf(accounts: AccountsView, registry: Pick<RegistryView, 'consumer'>) {
  return ({ agency, role, sub, sid, gen }: Claims): boolean => {
    if (sid === undefined && gen === undefined) return true;
    if (sid !== undefined && accounts.sessionEnded(agency, sid)) return false;
    if (role === 'CUSTOMER') return registry.consumer(agency, sub) !== undefined;
    const standing = accounts.standing(agency, sub);
    // A generation that is newer than ours was given by another daemon, which is ahead of this one.
    return standing?.enabled === true && standing.role === role && standing.generation <= (gen ?? 0);
  };
}
