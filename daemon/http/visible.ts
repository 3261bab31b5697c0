import { type Managed, mayManage, type Rights, rightsOn } from '../../protocol/access.ts';
import { Role, type Viewer } from '../../protocol/claims.ts';
import type { Consumer, Device, Van } from '../../protocol/registry.ts';
import type { World } from '../project/world.ts';
import { notFound } from './problem.ts';

/**
 * Looks a thing up for a viewer. What is not there and what he may not see end in the same 404; access.ts says what
 * that is.
 */
export interface Seen<T> {
  thing: T;
  rights: Rights;
}

export function vanFor(world: World, viewer: Viewer, id: string, now: number): Seen<Van> {
  const thing = world.registry.van(viewer.agency, id);
  const rights = thing === undefined ? undefined : vanRights(viewer, thing, now);
  if (thing === undefined || rights?.see !== true) throw notFound();
  return { thing, rights };
}

export function vanRights(viewer: Viewer, { id, driverId }: Van, now: number): Rights {
  const driver = driverId === undefined ? {} : { driverId };
  return rightsOn(viewer, { kind: 'van', agency: viewer.agency, id, ...driver }, now);
}

export function consumerFor(world: World, viewer: Viewer, id: string, now: number): Seen<Consumer> {
  const thing = world.registry.consumer(viewer.agency, id);
  const rights = rightsOn(viewer, { kind: 'consumer', agency: viewer.agency, id }, now);
  if (thing === undefined || !rights.see) throw notFound();
  return { thing, rights };
}

export function deviceFor(world: World, viewer: Viewer, id: string, now: number): Device {
  const device = world.registry.device(viewer.agency, id);
  if (device === undefined || !rightsOn(viewer, { kind: 'device', agency: viewer.agency, id }, now).see) {
    throw notFound();
  }
  return device;
}

/** The roles that may change such things at all, as access.ts has it; for the `access` of routes. */
export function rolesThatManage(what: Managed): Role[] {
  const agency = 'any';
  return roles.filter((role) =>
    mayManage({ role, agency, subject: '', scopes: new Set(), expiresAt: Number.POSITIVE_INFINITY }, what, agency, 0),
  );
}
const roles = Role.anyOf.map((one) => one.const);
