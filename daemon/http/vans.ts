import { Type } from 'typebox';
import { mayManage, type Rights, shows } from '../../protocol/access.ts';
import type { Viewer } from '../../protocol/claims.ts';
import { Position } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Id, Van, VanCapacity, VanKind } from '../../protocol/registry.ts';
import { vanStatus } from '../../protocol/status.ts';
import { addVan, changeVan, removeVan } from '../domain/decide-van.ts';
import { vanShown } from '../domain/order-shown.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import { motionShown, VanMotionView } from './motion-view.ts';
import { Problem } from './problem.ts';
import type { App } from './validation.ts';
import { rolesThatManage, vanFor, vanRights } from './visible.ts';

const VanView = Type.Object(
  {
    ...Van.properties,
    status: Type.Union([Type.Literal('moving'), Type.Literal('stopped'), Type.Literal('silent'), Type.Literal('new')], {
      description: 'silent: it should have spoken by now; new: it never has',
    }),
    position: Type.Union([Position, Type.Null()]),
    interval: Type.Optional(Type.Number({ description: 'usual ms between fixes lately' })),
    motion: Type.Optional(VanMotionView),
    address: Type.Optional(
      Type.String({
        description: 'of its position, for staff; absent until it was looked up, a moment after the first look',
      }),
    ),
  },
  { $id: 'VanView' },
);

const Name = Type.String({ minLength: 1, maxLength: 120 });
const NewVan = Type.Object(
  {
    id: Id,
    name: Type.Optional(Name),
    kind: Type.Optional(VanKind),
    driverId: Type.Optional(Id),
    capacity: Type.Optional(VanCapacity),
  },
  { additionalProperties: false },
);
const VanChange = Type.Object(
  {
    name: Type.Optional(Name),
    driverId: Type.Optional(Type.Union([Id, Type.Null()])),
    capacity: Type.Optional(Type.Union([VanCapacity, Type.Null()])),
  },
  { additionalProperties: false },
);

const readers: Access = {
  roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'],
  scope: 'positions:read',
};
const writers: Access = { roles: rolesThatManage('vans') };
const params = Type.Object({ id: Id });
const tags = ['vans'];

/** The vans of the agency: where each is, and what it is doing. */
export function vanRoutes(deps: {
  world: World;
  commands: Pick<Commands, 'execute'>;
  /** the address of where a van is, as far as it is known; it names streets that are known by consumers' doors */
  addressOf?: (agency: string, vanId: string, at: Position) => string | undefined;
  now: () => number;
}) {
  const { world, commands } = deps;

  const viewOf = (viewer: Viewer, van: Van, rights: Rights, now: number) => {
    const { agency, role } = viewer;
    const live = world.live.van(agency, van.id);
    const position = live !== undefined && shows(rights, live.fixTime) ? live : null;
    const interval = position === null ? undefined : world.health.device(agency, position.device)?.interval;
    const motion = motionShown(world.motion?.state(agency, van.id, now), rights, viewer);
    const address = position === null || !staff.includes(role) ? undefined : deps.addressOf?.(agency, van.id, position);
    return {
      ...van,
      status: vanStatus(position, interval, now),
      position,
      ...(interval === undefined ? {} : { interval }),
      ...(motion === undefined ? {} : { motion }),
      ...(address === undefined ? {} : { address }),
    };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/vans',
      {
        config: { access: readers },
        schema: {
          tags,
          summary: 'The vans that the caller may see',
          querystring: Type.Object(pageQuery(1000, 1000), { additionalProperties: false }),
          response: { 200: Type.Object({ items: Type.Array(VanView), next }) },
        },
      },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { cursor, limit = 1000 } = request.query;
        const page = pageOf(world.registry.vans(viewer.agency), {
          after: readCursor(cursor),
          limit,
          keep: (van) => vanRights(world, viewer, van, now).see,
        });
        reply.header('cache-control', 'no-store');
        const items = page.items.map((van) =>
          viewOf(viewer, vanShown(viewer, van), vanRights(world, viewer, van, now), now),
        );
        return { items, next: page.next };
      },
    );

    app.get(
      '/api/vans/:id',
      { config: { access: readers }, schema: { tags, summary: 'One van', params, response: { 200: VanView } } },
      async (request, reply) => {
        const now = deps.now();
        const viewer = signedIn(request);
        const { thing, rights } = vanFor(world, viewer, request.params.id, now);
        return tagged(reply, viewOf(viewer, thing, rights, now));
      },
    );

    app.post(
      '/api/vans',
      {
        config: { access: writers },
        schema: { tags, summary: 'Add a van', body: NewVan, response: { 201: Van } },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const van = await carryOut(commands, addVan(agency, request.body), byOf(request));
        return reply.code(201).header('location', `/api/vans/${van.id}`).send(tagged(reply, van));
      },
    );

    app.patch(
      '/api/vans/:id',
      {
        config: { access: { roles: rolesThatManage('drivers') } },
        schema: {
          tags,
          summary: 'Change a van; a dispatcher changes who drives it',
          params,
          body: VanChange,
          response: { 200: Van },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { driverId: _driver, ...more } = request.body;
        if (Object.keys(more).length > 0 && !mayManage(viewer, 'vans', viewer.agency, deps.now())) {
          throw new Problem(403, 'forbidden', why('only-driver'));
        }
        const { id } = vanFor(world, viewer, request.params.id, deps.now()).thing;
        return tagged(
          reply,
          await carryOut(commands, changeVan(viewer.agency, { id, ...request.body }), byOf(request)),
        );
      },
    );

    app.delete(
      '/api/vans/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Remove a van; its devices are on no van from then on',
          params,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = vanFor(world, viewer, request.params.id, deps.now()).thing;
        await carryOut(commands, removeVan(viewer.agency, id, world.orders), byOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
