import type { Viewer } from '../../protocol/claims.ts';
import { why } from '../../protocol/refusal-text.ts';
import type { Device } from '../../protocol/registry.ts';
import { type RegistryView, vanAt } from '../domain/registry-view.ts';
import { Problem } from './problem.ts';

/** The agency a bearer of a token may send positions for: a driver for himself, a service with the scope for that. */
export function mayWrite(viewer: Viewer): string {
  if (viewer.role === 'DELIVERY_PARTNER') return viewer.agency;
  if (viewer.role !== 'INTERNAL_SERVICE')
    throw new Problem(403, 'forbidden', why('may-not-send', { role: viewer.role }));
  if (!viewer.scopes.has('positions:write')) {
    throw new Problem(403, 'forbidden', why('scope-lacking', { scope: 'positions:write' }));
  }
  return viewer.agency;
}

/**
 * The device a driver's positions are kept under: the phone registered for him (`driver-{his id}`), else a phone that
 * is on the van he drives now. Positions are of devices, so without one there is nowhere to put them.
 */
export function driverPhone(
  registry: Pick<RegistryView, 'device' | 'vanOfDriver' | 'devicesOfVan'>,
  agency: string,
  driver: string,
  now: number,
): Device {
  const own = registry.device(agency, `driver-${driver}`);
  if (own !== undefined && isPhone(own)) return own;
  const van = registry.vanOfDriver(agency, driver);
  const aboard = van === undefined ? [] : registry.devicesOfVan(agency, van.id);
  const phone = aboard.find((device) => isPhone(device) && vanAt(device, now) === van?.id);
  if (phone === undefined) throw new Problem(404, 'no-phone', why('no-phone'));
  return phone;
}

const isPhone = (device: Device): boolean => device.type === 'phone' && device.enabled;
