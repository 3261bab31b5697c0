import type { Role, Scope, Viewer } from '../../protocol/claims.ts';
import type { Device } from '../../protocol/registry.ts';

/**
 * Who may call a route. Every route says so in its `config`; the server does not start while one is silent.
 *
 *   { config: { access: 'public' } }                               anyone (it checks by itself, or has nothing to hide)
 *   { config: { access: 'operator' } }                             who holds the data directory's key (`npm run agency`)
 *   { config: { access: { roles: ['ADMIN', 'DISPATCHER'] } } }     a bearer token with one of these roles
 *   { config: { access: { roles: [...], scope: 'positions:read' } } }  an INTERNAL_SERVICE needs this scope as well
 *   { config: { access: { device: true } } }                       a device with its username and key (Basic)
 */
export type Access = 'public' | 'operator' | { roles?: readonly Role[]; scope?: Scope; device?: true };

/** `sub` of the short tokens that `npm run agency` makes for itself; see `daemon/agency.ts`. */
export const operatorSubject = 'operator';

/** A device that has shown its username and key. */
export interface DeviceCaller {
  agency: string;
  device: Device;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** who the bearer token speaks for; null: none, or not a good one */
    viewer: Viewer | null;
    /** the device whose username and key came as Basic; null: none, or wrong ones */
    caller: DeviceCaller | null;
  }
}

/** People of an agency who see all of it. */
export const staff: readonly Role[] = ['ADMIN', 'DISPATCHER'];

/** Whether a caller may use a route at all; what in it he may see, `protocol/access.ts` decides. */
export function mayCall(access: Access, viewer: Viewer | null, caller: DeviceCaller | null): boolean {
  if (access === 'public') return true;
  if (access === 'operator') return viewer?.role === 'ADMIN' && viewer.subject === operatorSubject;
  if (caller !== null && access.device === true) return true;
  if (viewer === null || access.roles?.includes(viewer.role) !== true) return false;
  return viewer.role !== 'INTERNAL_SERVICE' || access.scope === undefined || viewer.scopes.has(access.scope);
}
