import { IconFlag, IconNote } from '@tabler/icons-react';
import type { Order } from '../../../../protocol/order.ts';
import { ago, clockRange, timeSince } from '../../format.ts';
import { words } from '../../words.ts';
import type { ConsumerEntry, OrderEntry } from '../../world/entries.ts';
import { DueMark, OrderMark } from './OrderMarks.tsx';

interface OrderRowProps {
  entry: OrderEntry;
  consumer: ConsumerEntry | undefined;
  now: number;
  zone: string;
}

/** One order in a list: for whom, where, how much, and how it stands with the time. */
export function OrderRow({ entry, consumer, now, zone }: OrderRowProps) {
  const { order, arrival } = entry;
  const { address, pincode, notes } = consumer?.consumer ?? {};
  const flagged = order.flags.map((flag) => words.order.flags[flag]).join(', ');
  return (
    <>
      <OrderMark state={order.state} />
      <span className="row-main">
        <span className="row-top">
          <span className="row-name">{consumer?.consumer.name ?? words.orders.unknownConsumer}</span>
          <DueMark entry={entry} now={now} />
        </span>
        <span className="row-top">
          <span className="row-more">
            {order.cylinders > 1 && <strong className="cylinders">{words.orders.cylinders(order.cylinders)} · </strong>}
            {[address, pincode].filter(Boolean).join(', ') || order.id}
          </span>
          <span className="row-when">
            {notes !== undefined && (
              <span title={notes}>
                <IconNote size={13} aria-hidden="true" />
                <span className="visually-hidden">{words.notes.title}</span>
              </span>
            )}
            {flagged !== '' && (
              <span className="flagged" title={flagged}>
                <IconFlag size={13} aria-hidden="true" />
                <span className="visually-hidden">{flagged}</span>
              </span>
            )}
            {arrival === undefined ? stood(order, now, zone) : clockRange(arrival.from, arrival.until, zone)}
          </span>
        </span>
      </span>
    </>
  );
}

/** Where no arrival is expected: since when it waits, or when and how it ended. */
function stood(order: Order, now: number, zone: string): string {
  if (order.state === 'booked') return ago(order.bookedAt, now);
  const state = words.orders.states[order.state];
  return order.endedAt === undefined ? state : `${state} ${timeSince(order.endedAt, now, zone)}`;
}
