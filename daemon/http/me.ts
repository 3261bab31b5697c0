import { Type } from 'typebox';
import { Account } from '../../protocol/account.ts';
import { Role, type Viewer } from '../../protocol/claims.ts';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { Agency, Consumer, Van } from '../../protocol/registry.ts';
import type { AccountsView } from '../domain/account-view.ts';
import { consumerShown } from '../domain/order-shown.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

const Me = Type.Object({
  role: Role,
  subject: Type.String(),
  scopes: Type.Array(Type.String()),
  expiresAt: UtcMilliseconds,
  agency: Agency,
  account: Type.Optional(Type.Union([Account, Type.Null()], { description: 'of who works here; null: a token alone' })),
  van: Type.Optional(Type.Union([Van, Type.Null()], { description: 'of a driver: the van he drives now' })),
  consumer: Type.Optional(Type.Union([Consumer, Type.Null()], { description: 'of a consumer: his own profile' })),
});

/** The caller's own world. */
export function meRoutes({ world, accounts }: { world: World; accounts?: AccountsView | undefined }) {
  const profileOf = (viewer: Viewer) => {
    const consumer = world.registry.consumer(viewer.agency, viewer.subject);
    return consumer === undefined ? null : consumerShown(viewer, consumer);
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/me',
      {
        config: { access: { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'] } },
        schema: { tags: ['me'], summary: 'Who the token speaks for', response: { 200: Me } },
      },
      async (request) => {
        const viewer = signedIn(request);
        const { role, subject, scopes, expiresAt, agency: agencyId } = viewer;
        const agency = world.registry.agency(agencyId);
        if (agency === undefined) throw notFound();
        return {
          role,
          subject,
          scopes: [...scopes],
          expiresAt,
          agency,
          ...(role === 'CUSTOMER' ? {} : { account: accounts?.account(agencyId, subject) ?? null }),
          ...(role === 'DELIVERY_PARTNER' ? { van: world.registry.vanOfDriver(agencyId, subject) ?? null } : {}),
          ...(role === 'CUSTOMER' ? { consumer: profileOf(viewer) } : {}),
        };
      },
    );
  };
}
