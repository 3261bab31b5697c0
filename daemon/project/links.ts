import type { Database } from 'better-sqlite3';
import type { Viewer } from '../../protocol/claims.ts';
import type { LinkCredential } from '../../protocol/order.ts';
import type { LogRecord } from '../../protocol/record.ts';
import { deadAt, hashLinkToken, type LinksView, linkOfKey } from '../domain/link.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Cursor } from '../log/log.ts';
import type { Projection } from './projection.ts';

/** The share links, in memory and in a table. */
export class LinksProjection implements Projection, LinksView {
  readonly name = 'links';
  readonly version = 1;
  readonly topics = ['accounts'] as const;
  readonly #orders: Pick<OrdersView, 'order'>;
  readonly #registry: Pick<RegistryView, 'consumer'>;
  readonly #agencies = new Map<string, Map<string, LinkCredential>>();
  readonly #byHash = new Map<string, { agency: string; id: string }>();
  readonly #byOrder = new Map<string, Set<string>>();
  #dirty: { agency: string; id: string }[] = [];
  #saving = 0;

  constructor(deps: { orders: Pick<OrdersView, 'order'>; registry: Pick<RegistryView, 'consumer'> }) {
    this.#orders = deps.orders;
    this.#registry = deps.registry;
  }

  open(db: Database): void {
    this.#agencies.clear();
    this.#byHash.clear();
    this.#byOrder.clear();
    this.#dirty = [];
    db.exec(`CREATE TABLE IF NOT EXISTS links (
      agency TEXT NOT NULL, id TEXT NOT NULL, made INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (agency, id)
    ) STRICT, WITHOUT ROWID`);
    const rows = db.prepare<[], [string, string]>('SELECT agency, document FROM links ORDER BY made').raw();
    for (const [agency, document] of rows.iterate()) this.#put(agency, JSON.parse(document) as LinkCredential);
  }

  reset(db: Database): void {
    db.exec('DROP TABLE IF EXISTS links');
  }

  apply(record: LogRecord): void {
    const id = record.topic === 'accounts' ? linkOfKey(record.id) : undefined;
    if (record.topic !== 'accounts' || id === undefined) return;
    this.#erase(record.agency, id);
    if (record.value?.kind === 'link') this.#put(record.agency, { ...record.value, id });
    this.#dirty.push({ agency: record.agency, id });
  }

  save(db: Database, cursor: Cursor | null): Cursor | null {
    const put = db.prepare('INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)');
    const erase = db.prepare('DELETE FROM links WHERE agency = ? AND id = ?');
    for (const { agency, id } of this.#dirty) {
      const link = this.link(agency, id);
      if (link === undefined) erase.run(agency, id);
      else put.run(agency, id, link.madeAt, JSON.stringify(link));
    }
    this.#saving = this.#dirty.length;
    return cursor;
  }

  saved(): void {
    this.#dirty.splice(0, this.#saving);
    this.#saving = 0;
  }

  byToken(token: string): (LinkCredential & { agency: string }) | undefined {
    const found = this.#byHash.get(hashLinkToken(token));
    const link = found === undefined ? undefined : this.link(found.agency, found.id);
    return found === undefined || link === undefined ? undefined : { ...link, agency: found.agency };
  }

  link(agency: string, id: string): LinkCredential | undefined {
    return this.#agencies.get(agency)?.get(id);
  }

  *ofOrder(agency: string, orderId: string): Generator<LinkCredential> {
    for (const id of this.#byOrder.get(`${agency}/${orderId}`) ?? []) {
      const link = this.link(agency, id);
      if (link !== undefined) yield link;
    }
  }

  links(agency: string): Iterable<LinkCredential> {
    return this.#agencies.get(agency)?.values() ?? [];
  }

  /**
   * Whether a viewer may still be listened to at `now` (UTC ms), as far as share links go: one who came by a link only
   * while it lives. To be asked wherever a token is taken, and of open feeds once a second.
   */
  admits(viewer: Viewer, now: number): boolean {
    if (viewer.link === undefined) return true;
    const link = this.link(viewer.agency, viewer.link.id);
    return link !== undefined && this.livesUntil(viewer.agency, link) > now;
  }

  /** UTC ms */
  livesUntil(agency: string, link: LinkCredential): number {
    const order = this.#orders.order(agency, link.orderId);
    if (order === undefined || this.#registry.consumer(agency, order.consumerId) === undefined) return 0;
    return deadAt(link, order);
  }

  #put(agency: string, link: LinkCredential): void {
    const links = this.#agencies.get(agency) ?? new Map<string, LinkCredential>();
    this.#agencies.set(agency, links.set(link.id, link));
    this.#byHash.set(link.tokenHash, { agency, id: link.id });
    const key = `${agency}/${link.orderId}`;
    this.#byOrder.set(key, (this.#byOrder.get(key) ?? new Set()).add(link.id));
  }

  #erase(agency: string, id: string): void {
    const link = this.link(agency, id);
    if (link === undefined) return;
    this.#agencies.get(agency)?.delete(id);
    this.#byHash.delete(link.tokenHash);
    const key = `${agency}/${link.orderId}`;
    const ids = this.#byOrder.get(key);
    if (ids?.delete(id) === true && ids.size === 0) this.#byOrder.delete(key);
  }
}
