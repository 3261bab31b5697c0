import { type Static, Type } from 'typebox';
import { mayReport } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { consumerDevice } from '../../protocol/order.ts';
import { Fix, UtcMilliseconds } from '../../protocol/position.ts';
import type { Device } from '../../protocol/registry.ts';
import { endSharing, startSharing } from '../domain/decide-sharing.ts';
import { isSharing } from '../domain/sharing.ts';
import type { SharingView } from '../domain/sharing-view.ts';
import type { Intake } from '../ingest/intake.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut } from './change.ts';
import { answerOf, keep } from './intake-batch.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';

export interface SharingDeps {
  world: World;
  sharing: SharingView;
  commands: Pick<Commands, 'execute'>;
  intake: Intake;
  /** UTC ms */
  now: () => number;
}

const access = { roles: ['CUSTOMER'] } as const;
const SharingAnswer = Type.Object({ from: UtcMilliseconds, until: UtcMilliseconds });
const { deviceId: _deviceId, fixTime: _fixTime, ...measured } = Fix.properties;
const OwnFix = Type.Object(
  { fixTime: Type.Optional(UtcMilliseconds), ...measured },
  { additionalProperties: false, description: 'without fixTime: now' },
);
const tags = ['me'];
/** How far a phone's clock may be ahead, ms; as for devices. */
const maxAhead = 5 * 60_000;

/** A consumer shares the own location for a time that he chooses. Seen by staff and by the driver who comes to him. */
export function sharingRoutes(deps: SharingDeps) {
  const { world, sharing, commands, intake } = deps;

  /** A share link that was not sent to the consumer does not speak for him. */
  const himself = (viewer: Viewer) => {
    if (viewer.link?.own === false || world.registry.consumer(viewer.agency, viewer.subject) === undefined) {
      throw notFound();
    }
    return viewer;
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/me/sharing',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Until when the own location is shared; empty while it is not',
          response: { 200: SharingAnswer, 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { agency, subject } = himself(signedIn(request));
        const shared = sharing.of(agency, subject);
        reply.header('cache-control', 'no-store');
        // An ordinary state of the own affairs, and no secret: not sharing is no error.
        return isSharing(shared, deps.now()) ? { from: shared.from, until: shared.until } : reply.code(204).send(null);
      },
    );

    app.put(
      '/api/me/sharing',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Share the own location with the agency and the driver who comes; it ends by itself',
          body: Type.Object(
            { minutes: Type.Integer({ minimum: 1, maximum: 24 * 60, description: 'from now' }) },
            { additionalProperties: false },
          ),
          response: { 200: SharingAnswer },
        },
      },
      async (request, reply) => {
        const { agency, subject } = himself(signedIn(request));
        reply.header('cache-control', 'no-store');
        const { actor } = byOf(request);
        return carryOut(commands, startSharing(sharing, agency, subject, request.body.minutes), { actor });
      },
    );

    app.delete(
      '/api/me/sharing',
      { config: { access }, schema: { tags, summary: 'Share it no more', response: { 204: Type.Null() } } },
      async (request, reply) => {
        const { agency, subject } = himself(signedIn(request));
        await carryOut(commands, endSharing(sharing, agency, subject), { actor: byOf(request).actor });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/me/location',
      {
        config: { access },
        schema: {
          tags,
          summary: 'The own position, or several, while it is shared',
          body: Type.Union([OwnFix, Type.Array(OwnFix, { minItems: 1, maxItems: 1000 })]),
          response: {
            202: Type.Object({
              accepted: Type.Integer(),
              duplicates: Type.Integer(),
              rejected: Type.Array(
                Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() }),
              ),
            }),
          },
        },
      },
      async (request, reply) => {
        const viewer = himself(signedIn(request));
        const now = deps.now();
        const { agency, subject } = viewer;
        const shared = sharing.of(agency, subject);
        if (
          !isSharing(shared, now) ||
          !mayReport(viewer, { kind: 'consumer', agency, id: subject, sharing: shared }, now)
        ) {
          throw notFound();
        }
        const sent = [request.body].flat();
        const rejected: { index: number; reason: string; detail: string }[] = [];
        const fixes: Static<typeof Fix>[] = [];
        for (const [index, { fixTime = now, ...fix }] of sent.entries()) {
          // Turned away here, so that nothing of a person ever lies among the dead letters.
          const wrong = whyNot({ fixTime, ...fix }, shared, now);
          if (wrong === undefined) fixes.push({ fixTime, ...fix });
          else rejected.push({ index, ...wrong });
        }
        reply.code(202).header('cache-control', 'no-store');
        if (fixes.length === 0) return { accepted: 0, duplicates: 0, rejected };
        const input = { door: 'http' as const, subtopic: '', bytes: noBytes, receivedAt: now, json: fixes };
        const via = 'POST /api/me/location';
        const outcome = await keep(intake, input, { agency, device: deviceOf(subject), via });
        const answer = answerOf(outcome);
        return {
          accepted: answer.accepted,
          duplicates: answer.duplicates,
          rejected: [...rejected, ...answer.rejected],
        };
      },
    );
  };
}

const noBytes = new Uint8Array();

function whyNot(
  fix: { fixTime: number; latitude: number; longitude: number },
  shared: { from: number },
  now: number,
): { reason: string; detail: string } | undefined {
  if (fix.fixTime < shared.from) return { reason: 'too-old', detail: 'fixTime lies before the location was shared' };
  if (fix.fixTime > now + maxAhead) return { reason: 'clock-ahead', detail: 'fixTime lies in the future' };
  if (fix.latitude === 0 && fix.longitude === 0) return { reason: 'no-fix', detail: 'the receiver has no fix' };
  return undefined;
}

/** What the intake knows a consumer's phone by. It is registered nowhere: nothing but this route speaks for it. */
function deviceOf(consumerId: string): Device {
  const id = consumerDevice(consumerId);
  return { id, username: id, type: 'phone', enabled: true, assignments: [], version: 1 };
}
