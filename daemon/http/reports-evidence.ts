import { Type } from 'typebox';
import { Id } from '../../protocol/registry.ts';
import { deliveryEvidence } from '../project/delivery-evidence.ts';
import type { World } from '../project/world.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';
import { orderFor } from './visible.ts';

const time = Type.Integer({ minimum: 0, description: 'UTC ms' });
const metres = Type.Integer({ minimum: 0, description: 'm' });

/** What the trail of the van says about a delivery. */
export const EvidenceAnswer = Type.Object(
  {
    orderId: Id,
    vanId: Type.Optional(Id),
    at: Type.Integer({ minimum: 0, description: 'UTC ms; when it was handed over' }),
    verdict: Type.Enum(['fine', 'ghost', 'unknown'], {
      description: 'ghost: without the code, or with no stay of the van at the door; unknown: it cannot be said',
    }),
    withoutCode: Type.Boolean(),
    stayed: Type.Enum(['yes', 'no', 'unknown'], { description: 'at the door: within 150 m for 60 s' }),
    metresFromDoor: Type.Optional(
      Type.Integer({ minimum: 0, description: 'm; where the app was when the button was pressed' }),
    ),
    nearest: Type.Optional(Type.Object({ metres, at: time }, { description: 'how near the van came' })),
    dwell: Type.Optional(Type.Integer({ minimum: 0, description: 's of its longest stay at the door' })),
    unseen: Type.Optional(
      Type.Object({ from: time, until: time }, { description: 'a silence in which it could have been there' }),
    ),
  },
  { $id: 'DeliveryEvidence' },
);

/** The evidence on one delivery. */
export function evidenceRoutes({ world, now }: { world: World; now: () => number }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/orders/:id/evidence',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['orders'],
          summary: 'What the trail of the van says about a delivery, with what came late',
          params: Type.Object({ id: Id }),
          response: { 200: EvidenceAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const order = orderFor(world, viewer, request.params.id, now());
        const evidence = deliveryEvidence(world, viewer.agency, order);
        if (evidence === undefined) throw notFound();
        reply.header('cache-control', 'no-store');
        return evidence;
      },
    );
  };
}
