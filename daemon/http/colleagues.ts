import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import { Account, AccountId } from '../../protocol/account.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import type { PeopleDeps } from './people.ts';
import type { App } from './validation.ts';

const Colleague = Type.Object({ id: AccountId, name: Account.properties.name }, { $id: 'Colleague' });

/** Whether somebody works at the console now: alerts are given to such accounts and to no others. */
export function isColleague({ role, enabled }: Pick<Account, 'role' | 'enabled'>): boolean {
  return enabled && staff.includes(role);
}

/** The names of those who work at the console. Their accounts are the administrator's business. */
export function colleagueRoutes({ accounts, now }: Pick<PeopleDeps, 'accounts' | 'now'>) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/staff',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['accounts'],
          summary: 'Who may look after alerts: the enabled administrators and dispatchers, by name alone',
          querystring: Type.Object(pageQuery(1000, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(Colleague), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { cursor, limit = 1000 } = request.query;
        reply.header('cache-control', 'no-store');
        const { see } = rightsOn(viewer, { kind: 'staff', agency: viewer.agency }, now());
        const page = pageOf(accounts.accounts(viewer.agency), {
          after: readCursor(cursor),
          limit,
          keep: (account) => see && isColleague(account),
        });
        return { items: page.items.map(({ id, name }) => ({ id, name })), next: page.next };
      },
    );
  };
}
