import type { OrderState } from '../../../../protocol/order.ts';
import { lasting } from '../../format.ts';
import { words } from '../../words.ts';
import type { OrderEntry } from '../../world/entries.ts';
import { type Due, dueOf } from '../../world/order-list.ts';

/** The sign of an order's state: each a shape of its own, so that colour is never the only sign. */
export function OrderMark({ state, size = 20 }: { state: OrderState; size?: number }) {
  return (
    <svg
      className="order-mark"
      data-state={state}
      width={size}
      height={size}
      viewBox="-10 -10 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {stateShapes[state]}
    </svg>
  );
}

const stateShapes: Record<OrderState, React.ReactNode> = {
  booked: <circle className="ring dashed" r="7" />,
  assigned: (
    <>
      <circle className="ring" r="7" />
      <circle className="fill" r="3.4" />
    </>
  ),
  'out-for-delivery': (
    <>
      <circle className="fill" r="8" />
      <path className="sign" d="M-2.8-4.2 4.2 0-2.8 4.2Z" />
    </>
  ),
  delivered: (
    <>
      <circle className="fill" r="8" />
      <path className="stroke" d="M-3.6.2-.9 3 3.8-2.8" />
    </>
  ),
  failed: (
    <>
      <rect className="fill" x="-7.4" y="-7.4" width="14.8" height="14.8" rx="3.4" />
      <path className="stroke" d="M-3-3 3 3M3-3-3 3" />
    </>
  ),
  cancelled: (
    <>
      <circle className="ring" r="7" />
      <path className="bar" d="M-4.6 4.6 4.6-4.6" />
    </>
  ),
};

/** How an order stands against its 48 hours, in a shape and a few words. */
export function DueMark({ entry, now }: { entry: OrderEntry; now: number }) {
  const due = dueOf(entry, now);
  const { dueAt, state } = entry.order;
  const isOver = state === 'delivered' || state === 'cancelled';
  const text = isOver
    ? due === 'late'
      ? words.orders.wasLate
      : words.orders.inTime
    : now > dueAt
      ? words.orders.lateBy(lasting(now - dueAt))
      : words.orders.left(lasting(dueAt - now));
  if (state === 'cancelled') return null;
  return (
    <span className="due" data-due={due} title={due === 'soon' ? words.orders.soon : undefined}>
      <svg width="12" height="12" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false">
        {dueShapes[due]}
      </svg>
      {text}
    </span>
  );
}

const dueShapes: Record<Due, React.ReactNode> = {
  fine: <circle className="due-ring" r="4.6" />,
  soon: <path className="due-fill" d="M0-5.6 6 5H-6Z" />,
  late: (
    <>
      <path className="due-fill" d="M0-6.6 6.6 0 0 6.6-6.6 0Z" />
      <path className="due-sign" d="M0-3.2V.9M0 2.9v.2" />
    </>
  ),
};
