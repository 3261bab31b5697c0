import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import { Position, UtcMilliseconds } from '../../protocol/position.ts';
import { Device, DeviceType, Id } from '../../protocol/registry.ts';
import { addDevice, enableDevice, moveDevice, removeDevice, rotateKey } from '../domain/decide-device.ts';
import { hashKey, newKey, newOsmandToken } from '../domain/device-key.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import type { Access } from './access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import type { App } from './validation.ts';
import { deviceFor, rolesThatManage } from './visible.ts';

const Health = Type.Object(
  {
    lastSeen: UtcMilliseconds,
    lastFixTime: Type.Optional(UtcMilliseconds),
    interval: Type.Optional(Type.Number({ description: 'usual ms between fixes lately' })),
    rate: Type.Number({ description: 'messages per minute lately' }),
    battery: Type.Optional(Type.Number({ description: '%' })),
    clockAhead: Type.Optional(Type.Number({ description: 'ms its clock was ahead when it last was refused for it' })),
    gaps: Type.Integer({ description: 'silences longer than five usual intervals' }),
    positions: Type.Integer(),
    rejected: Type.Integer(),
    duplicates: Type.Integer(),
  },
  { $id: 'DeviceHealth' },
);
const DeviceView = Type.Object(
  {
    ...Device.properties,
    vanId: Type.Union([Id, Type.Null()], { description: 'the van it is on now' }),
    health: Type.Union([Health, Type.Null()], { description: 'null: it has never sent anything' }),
    position: Type.Union([Position, Type.Null()]),
  },
  { $id: 'DeviceView' },
);
const NewDevice = Type.Object(
  {
    id: Id,
    type: Type.Optional(DeviceType),
    vanId: Type.Optional(Id),
    gatewayId: Type.Optional(Id),
    from: Type.Optional({ ...UtcMilliseconds, description: 'since when it is on the van; default: always' }),
  },
  { additionalProperties: false },
);
const DeviceChange = Type.Object(
  {
    vanId: Type.Optional(Type.Union([Id, Type.Null()])),
    from: Type.Optional({ ...UtcMilliseconds, description: 'since when it is on that van; default: now' }),
    enabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, dependentRequired: { from: ['vanId'] } },
);
const Credential = Type.Object({
  id: Id,
  username: Type.String(),
  key: Type.String({ description: 'shown this once; kept as a hash' }),
  osmandToken: Type.String({ description: 'the `id` for /osmand (Traccar Client, OsmAnd); shown this once as well' }),
});

const readers: Access = { roles: ['ADMIN', 'DISPATCHER', 'INTERNAL_SERVICE'], scope: 'positions:read' };
const writers: Access = { roles: rolesThatManage('devices') };
const params = Type.Object({ id: Id });
const tags = ['devices'];

export interface DeviceRoutesDeps {
  world: World;
  commands: Pick<Commands, 'execute'>;
  now: () => number;
}

/** The trackers and phones of the agency: how they do, on which van they are, and their keys. */
export function deviceRoutes(deps: DeviceRoutesDeps) {
  const { world, commands } = deps;

  const viewOf = (agency: string, device: Device) => {
    const { deviceId: _id, ...health } = world.health.device(agency, device.id) ?? { deviceId: '' };
    return {
      ...device,
      vanId: device.assignments.at(-1)?.vanId ?? null,
      health: 'lastSeen' in health ? health : null,
      position: world.live.device(agency, device.id) ?? null,
    };
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/devices',
      {
        config: { access: readers },
        schema: {
          tags,
          summary: 'The devices of the agency',
          querystring: Type.Object(
            { ...pageQuery(200, 1000), vanId: Type.Optional(Id) },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ items: Type.Array(DeviceView), next }) },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        const { cursor, limit = 200, vanId } = request.query;
        const now = deps.now();
        const page = pageOf(world.registry.devices(agency), {
          after: readCursor(cursor),
          limit,
          keep: ({ id, assignments }) =>
            (vanId === undefined || assignments.at(-1)?.vanId === vanId) &&
            rightsOn(viewer, { kind: 'device', agency, id }, now).see,
        });
        reply.header('cache-control', 'no-store');
        return { items: page.items.map((device) => viewOf(agency, device)), next: page.next };
      },
    );

    app.get(
      '/api/devices/:id',
      { config: { access: readers }, schema: { tags, summary: 'One device', params, response: { 200: DeviceView } } },
      async (request, reply) => {
        const viewer = signedIn(request);
        return tagged(reply, viewOf(viewer.agency, deviceFor(world, viewer, request.params.id, deps.now())));
      },
    );

    app.post(
      '/api/devices',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Add a device; the answer shows its key this once',
          body: NewDevice,
          response: { 201: Type.Object({ ...Credential.properties, ...Device.properties }) },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const [key, osmandToken] = [newKey(), newOsmandToken()];
        const hashes = { keyHash: hashKey(key), tokenHash: hashKey(osmandToken) };
        const device = await carryOut(commands, addDevice(agency, { ...request.body, ...hashes }), byOf(request));
        const answer = tagged(reply, { ...device, key, osmandToken });
        return reply.code(201).header('location', `/api/devices/${device.id}`).send(answer);
      },
    );

    app.post(
      '/api/devices/:id/key',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Make a new key; the old one is refused from now on',
          params,
          response: { 201: Credential },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id, username } = deviceFor(world, viewer, request.params.id, deps.now());
        const [key, osmandToken] = [newKey(), newOsmandToken()];
        const command = rotateKey(viewer.agency, id, hashKey(key), hashKey(osmandToken));
        await carryOut(commands, command, byOf(request));
        return reply.code(201).header('cache-control', 'no-store').send({ id, username, key, osmandToken });
      },
    );

    app.patch(
      '/api/devices/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Put a device on another van (null: on none), or disable it',
          params,
          body: DeviceChange,
          response: { 200: DeviceView },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        let device = deviceFor(world, viewer, request.params.id, deps.now());
        const { vanId, from, enabled } = request.body;
        let by = byOf(request);
        if (vanId !== undefined) {
          device = await carryOut(commands, moveDevice(agency, device.id, vanId, from), by);
          // The second step builds on the first; If-Match was about the state before both.
          if (by.ifMatch !== undefined) by = { ...by, ifMatch: device.version };
        }
        if (enabled !== undefined) device = await carryOut(commands, enableDevice(agency, device.id, enabled), by);
        return tagged(reply, viewOf(agency, device));
      },
    );

    app.delete(
      '/api/devices/:id',
      {
        config: { access: writers },
        schema: { tags, summary: 'Remove a device; its trail stays', params, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = deviceFor(world, viewer, request.params.id, deps.now());
        await carryOut(commands, removeDevice(viewer.agency, id), byOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
