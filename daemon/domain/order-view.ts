import type { Order, OrderState, Run } from '../../protocol/order.ts';

/** Which orders a list is to have; what is left out does not matter. */
export interface OrderQuery {
  states?: readonly OrderState[];
  vanId?: string;
  consumerId?: string;
  day?: string;
  late?: boolean;
}

/** Orders and runs as everyone reads them. Each call names an agency; what is unknown answers undefined or nothing. */
export interface OrdersView {
  order(agency: string, id: string): Order | undefined;
  /** one that nobody planned is empty and of version 0 */
  run(agency: string, vanId: string, day: string): Run;
  /** open orders, those that ended within the last two days, and those with a refused act that nobody has settled */
  recent(agency: string): Iterable<Order>;
  /** the same of one consumer, and of those that are or were on a van last */
  recentOf(agency: string, of: { consumerId: string } | { vanId: string }): Iterable<Order>;
  /** all that match, of any age, that have an id after `after`: at least `atLeast` of them with the smallest ids */
  find(agency: string, query: OrderQuery, page: { after?: string; atLeast: number; now: number }): Iterable<Order>;
  /** of `order:ID` or `run:VAN/DAY`; 0: it never was */
  count(agency: string, subject: string): number;
}

/** Where there are no orders. */
export const noOrders: OrdersView = {
  order: () => undefined,
  run: (_agency, vanId, day) => ({ vanId, day, stops: [], version: 0 }),
  recent: () => [],
  recentOf: () => [],
  find: () => [],
  count: () => 0,
};
