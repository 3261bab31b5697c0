import type { LinkClaim, Viewer } from './claims.ts';

/**
 * Who may see what: one pure function for HTTP, feed and history alike. It decides on facts that the caller looks up
 * (whose order, since when) and never on ids alone; a fact that is left out grants nothing. What may not be seen is
 * answered exactly like what does not exist.
 *
 *   a consumer   own profile, orders, shared location and its trail; the van that carries an own order, only from
 *                "out for delivery" until "delivered" or "failed", with its fixes since then
 *   a share link the one order it is for and what that order shows; own home; the code only if it was sent to the consumer
 *   a driver     own van, own run, every consumer with an order on that run, with the location shared with him
 *   staff        (dispatcher, administrator) everything of the own agency but delivery codes; of a shared location what
 *                is shared now
 *   a service    what its scopes name
 *   a device     itself
 */

/** A device that has shown its key stands beside the people of claims.ts. */
interface DeviceViewer {
  role: 'DEVICE';
  agency: string;
  subject: string;
  /** as Viewer: UTC ms; a device's key does not expire, so Infinity */
  expiresAt: number;
}
export type AnyViewer = Viewer | DeviceViewer;

type OrderState = 'booked' | 'assigned' | 'out-for-delivery' | 'delivered' | 'failed' | 'cancelled';

/** What matters about an order. Times are those inside the records, UTC ms. */
export interface OrderFacts {
  /** share links see by it; without it they see nothing */
  id?: string;
  consumerId: string;
  state: OrderState;
  /** the driver on whose present run the order is; absent: on none */
  driverId?: string;
  /** since when it is on that run */
  onRunSince?: number;
  /** when it went out for delivery */
  outAt?: number;
  /** when it was delivered or failed */
  endedAt?: number;
}

export type Resource =
  | {
      kind: 'van';
      agency: string;
      id: string;
      driverId?: string;
      /** since when he drives it (UTC ms): the trail before is another's; absent: always */
      driverSince?: number;
      /** orders it carries, or carried */
      orders?: readonly OrderFacts[];
    }
  | {
      kind: 'consumer';
      agency: string;
      id: string;
      orders?: readonly OrderFacts[];
      /** the present or last sharing of the own location, UTC ms */
      sharing?: { from: number; until: number };
    }
  | ({ kind: 'order' | 'delivery-code'; agency: string; id: string } & Pick<OrderFacts, 'consumerId' | 'driverId'>)
  | { kind: 'device' | 'account' | 'zone' | 'alert' | 'dead-letter'; agency: string; id: string }
  /** the agency's name and settings · its stream of events · the gazetteer · the names of who works at the console */
  | { kind: 'agency' | 'events' | 'places' | 'staff'; agency: string };

/** Whether a thing may be seen, and which of its fixes (live and trail alike): `from` ≤ fixTime < `until`, UTC ms. */
export interface Rights {
  readonly see: boolean;
  readonly from: number;
  readonly until: number;
}

export const nothing: Rights = { see: false, from: Infinity, until: Infinity };
export const everything: Rights = { see: true, from: 0, until: Infinity };
/** The thing itself, none of its fixes. */
export const noFixes: Rights = { see: true, from: Infinity, until: Infinity };

/** Whether these rights show a fix of that time (UTC ms). */
export function shows(rights: Rights, fixTime: number): boolean {
  return rights.see && rights.from <= fixTime && fixTime < rights.until;
}

/** What the viewer may see of the resource at `now` (UTC ms). */
export function rightsOn(viewer: AnyViewer, resource: Resource, now: number): Rights {
  if (viewer.agency !== resource.agency || now >= viewer.expiresAt) return nothing;
  switch (viewer.role) {
    case 'ADMIN':
      return staffsRights(resource, now);
    case 'DISPATCHER':
      return resource.kind === 'account' && resource.id !== viewer.subject ? nothing : staffsRights(resource, now);
    case 'DELIVERY_PARTNER':
      return driversRights(viewer.subject, resource, now);
    case 'CUSTOMER':
      return consumersRights(viewer, resource);
    case 'INTERNAL_SERVICE':
      return servicesRights(viewer.scopes, resource);
    case 'DEVICE':
      return resource.kind === 'device' && resource.id === viewer.subject ? everything : nothing;
  }
}

function staffsRights(resource: Resource, now: number): Rights {
  if (resource.kind === 'delivery-code') return nothing;
  if (resource.kind !== 'consumer') return everything;
  const { sharing } = resource;
  if (sharing === undefined || now < sharing.from || now >= sharing.until) return noFixes;
  return { see: true, ...sharing };
}

function driversRights(driver: string, resource: Resource, now: number): Rights {
  switch (resource.kind) {
    case 'van':
      return resource.driverId === driver ? { ...everything, from: resource.driverSince ?? 0 } : nothing;
    case 'consumer': {
      const onRun = (resource.orders ?? []).filter(
        (order) => order.consumerId === resource.id && order.driverId === driver && order.state !== 'cancelled',
      );
      if (onRun.length === 0) return nothing;
      // The shared location serves to find the door: not before the order was his, not after the hand-over.
      const since = onRun.filter((order) => isOpen(order)).map((order) => order.onRunSince ?? order.outAt ?? Infinity);
      const { sharing } = resource;
      if (since.length === 0 || sharing === undefined || now < sharing.from || now >= sharing.until) return noFixes;
      return { see: true, from: Math.max(Math.min(...since), sharing.from), until: sharing.until };
    }
    case 'order':
      return resource.driverId === driver ? everything : nothing;
    case 'account':
      return resource.id === driver ? everything : nothing;
    case 'agency':
    case 'places':
      return everything;
    default:
      return nothing;
  }
}

function consumersRights({ subject: consumer, link }: Viewer, resource: Resource): Rights {
  switch (resource.kind) {
    case 'van': {
      const out = (resource.orders ?? []).filter(
        (order) =>
          order.consumerId === consumer &&
          order.state === 'out-for-delivery' &&
          order.endedAt === undefined &&
          (link === undefined || order.id === link.order),
      );
      const from = Math.min(...out.map((order) => order.outAt ?? Infinity));
      return from === Infinity ? nothing : { see: true, from, until: Infinity };
    }
    case 'consumer':
      if (resource.id !== consumer) return nothing;
      return link === undefined || link.own ? everything : noFixes;
    case 'account':
      return resource.id === consumer && link === undefined ? everything : nothing;
    case 'order':
      return resource.consumerId === consumer && opens(link, resource.id) ? everything : nothing;
    case 'delivery-code':
      return resource.consumerId === consumer && opens(link, resource.id) && link?.own !== false ? everything : nothing;
    case 'agency':
    case 'places':
      return everything;
    default:
      return nothing;
  }
}

function opens(link: LinkClaim | undefined, order: string): boolean {
  return link === undefined || link.order === order;
}

/** Whether the viewer is shown a person's name, phone and address; who came by a share link sees where the home is. */
export function showsProfile(viewer: AnyViewer): boolean {
  return viewer.role === 'DEVICE' || viewer.link === undefined;
}

function servicesRights(scopes: ReadonlySet<string>, resource: Resource): Rights {
  switch (resource.kind) {
    case 'van':
    case 'device':
      return scopes.has('positions:read') ? everything : nothing;
    case 'events':
      return scopes.has('events:read') ? everything : nothing;
    case 'agency':
    case 'places':
      return everything;
    default:
      return nothing;
  }
}

function isOpen(order: OrderFacts): boolean {
  return order.endedAt === undefined && (order.state === 'assigned' || order.state === 'out-for-delivery');
}

/** What people change, as far as a role alone decides it. */
export type Managed =
  | 'accounts'
  | 'vans'
  /** who drives which van */
  | 'drivers'
  | 'devices'
  | 'zones'
  | 'places'
  | 'dead-letters'
  | 'consumers'
  | 'orders'
  | 'runs'
  | 'alerts';

/** The day's work; the rest (who and what there is) is the administrator's. */
const dispatchers: ReadonlySet<Managed> = new Set(['drivers', 'consumers', 'orders', 'runs', 'alerts']);

/** Whether the viewer may add, change and remove such things in an agency. */
export function mayManage(viewer: AnyViewer, what: Managed, agency: string, now: number): boolean {
  if (viewer.agency !== agency || now >= viewer.expiresAt) return false;
  switch (viewer.role) {
    case 'ADMIN':
      return true;
    case 'DISPATCHER':
      return dispatchers.has(what);
    case 'INTERNAL_SERVICE':
      return what === 'places' && viewer.scopes.has('places:write');
    default:
      return false;
  }
}

/** Whether the viewer may carry an order out (start it, hand it over, say that it failed): staff, and whose run it is on. */
export function mayCarryOut(viewer: AnyViewer, order: { agency: string; driverId?: string }, now: number): boolean {
  if (viewer.agency !== order.agency || now >= viewer.expiresAt) return false;
  if (viewer.role === 'DELIVERY_PARTNER') return order.driverId === viewer.subject;
  return mayManage(viewer, 'orders', order.agency, now);
}

/** Whose positions are being sent. */
export type Reported =
  | { kind: 'van'; agency: string; driverId?: string }
  | { kind: 'consumer'; agency: string; id: string; sharing?: { from: number; until: number } }
  | { kind: 'device'; agency: string; id: string };

/** Whether the viewer may send positions for it: nobody speaks for another, only a service with the scope does. */
export function mayReport(viewer: AnyViewer, of: Reported, now: number): boolean {
  if (viewer.agency !== of.agency || now >= viewer.expiresAt) return false;
  switch (viewer.role) {
    case 'DELIVERY_PARTNER':
      return of.kind === 'van' && of.driverId === viewer.subject;
    case 'CUSTOMER':
      return (
        of.kind === 'consumer' &&
        of.id === viewer.subject &&
        viewer.link?.own !== false &&
        of.sharing !== undefined &&
        of.sharing.from <= now &&
        now < of.sharing.until
      );
    case 'INTERNAL_SERVICE':
      return of.kind !== 'consumer' && viewer.scopes.has('positions:write');
    case 'DEVICE':
      return of.kind === 'device' && of.id === viewer.subject;
    default:
      return false;
  }
}
