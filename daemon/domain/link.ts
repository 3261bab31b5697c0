import { createHash, randomBytes } from 'node:crypto';
import type { LinkClaim } from '../../protocol/claims.ts';
import type { LinkCredential, Order } from '../../protocol/order.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { why } from '../../protocol/refusal-text.ts';
import { type Decide, refuse } from './decision.ts';
import { linkAfterlife } from './order.ts';
import type { OrdersView } from './order-view.ts';

/** Nobody needs a link to one order for longer, ms. */
const longestLife = 7 * 86_400_000;
/** Links long dead that a new one takes out of the log with it. */
const sweptAtOnce = 10;

/** The share links of all agencies, as everyone reads them. */
export interface LinksView {
  /** by the token in its address, in whatever agency it is */
  byToken(token: string): (LinkCredential & { agency: string }) | undefined;
  link(agency: string, id: string): LinkCredential | undefined;
  ofOrder(agency: string, orderId: string): Iterable<LinkCredential>;
  /** oldest first */
  links(agency: string): Iterable<LinkCredential>;
}

/** A new token: 144 random bits, base64url (24 characters). */
export function newLinkToken(): string {
  return randomBytes(18).toString('base64url');
}

/** What is kept of it. Random bits need nothing slower than a plain hash. */
export function hashLinkToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** UTC ms at which a link is dead, as things stand: 15 minutes after the order's end, or in a week. */
export function deadAt(link: LinkCredential, order: Order | undefined): number {
  if (order === undefined || link.madeAt < (order.linksFrom ?? 0)) return 0;
  return Math.min(link.expiresAt, order.endedAt === undefined ? link.expiresAt : order.endedAt + linkAfterlife);
}

export interface MakeLink {
  orderId: string;
  /** it will be sent to the consumer, and never be in an answer */
  own: boolean;
  tokenHash: string;
}

/** A link to one order. No event: it is a credential, and credentials have newest values. */
export function makeLink(
  views: { orders: OrdersView; links: LinksView },
  agency: string,
  { orderId, own, tokenHash }: MakeLink,
): Decide<LinkCredential> {
  return (_view, { now, newId }) => {
    const order = views.orders.order(agency, orderId);
    if (order === undefined) return refuse('missing', `order ${orderId} does not exist`);
    const id = newId();
    const link: LinkCredential = {
      kind: 'link',
      id,
      orderId,
      tokenHash,
      own,
      madeAt: now,
      expiresAt: now + longestLife,
    };
    if (deadAt(link, order) <= now) return refuse('stale', why('order-ended', { id: orderId }), order);
    const records: LogRecord[] = [{ topic: 'accounts', agency, id: linkKey(id), value: link }];
    for (const old of views.links.links(agency)) {
      if (records.length > sweptAtOnce) break;
      // A failed order may be booked again: its links are kept until nothing can bring them back.
      if (old.expiresAt <= now) records.push({ topic: 'accounts', agency, id: linkKey(old.id), value: null });
    }
    return { ok: true, records, value: { ...link, expiresAt: deadAt(link, order) } };
  };
}

/** A revoked link is no more, at once. */
export function revokeLink(views: { links: LinksView }, agency: string, orderId: string, id: string): Decide<null> {
  return () => {
    if (views.links.link(agency, id)?.orderId !== orderId) return refuse('missing', `link ${id} does not exist`);
    return { ok: true, records: [{ topic: 'accounts', agency, id: linkKey(id), value: null }], value: null };
  };
}

export function claimOf({ id, orderId, own }: LinkCredential): LinkClaim {
  return { id, order: orderId, own };
}

function linkKey(id: string): string {
  return `link:${id}`;
}

/** The link of a key in the topic `accounts`; undefined: it is something else's. */
export function linkOfKey(key: string | undefined): string | undefined {
  return key?.startsWith('link:') === true ? key.slice('link:'.length) : undefined;
}
