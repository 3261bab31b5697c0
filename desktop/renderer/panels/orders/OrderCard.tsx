import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconHomeOff } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Order } from '../../../../protocol/order.ts';
import { useConsole, useNow, useParts, useSelect, useZone } from '../../console-context.ts';
import { ago, clockTime, count, fullTime, timeSince } from '../../format.ts';
import { selected } from '../../store.ts';
import { words } from '../../words.ts';
import type { OrderEntry } from '../../world/entries.ts';
import { OrderButtons } from './OrderButtons.tsx';
import { DueMark, OrderMark } from './OrderMarks.tsx';
import { OrderStory } from './OrderStory.tsx';
import { useAnswer } from './use-answer.ts';

/** Everything about the selected order. Never its delivery code: that is its consumer's alone. */
export function OrderCard({ id }: { id: string }) {
  const { world } = useParts().console;
  useConsole((state) => state.ordersRevision);
  const entry = world.orders.get(id);
  return entry === undefined ? <OldOrder id={id} /> : <Card entry={entry} />;
}

/** One that ended long ago, or has just been booked: the feed has not told it. */
function OldOrder({ id }: { id: string }) {
  const { desk } = useParts();
  const { value, failed } = useAnswer<Order>(`/api/orders/${encodeURIComponent(id)}`);
  const [cached, setCached] = useState<Order>();
  useEffect(() => {
    if (!failed) return;
    desk?.ask('cache.open', { kind: 'order', id }).then(
      (found) => found !== undefined && setCached(JSON.parse(found.json) as Order),
      () => undefined,
    );
  }, [desk, failed, id]);
  const order = value ?? cached;
  if (order !== undefined) return <Card entry={{ kind: 'order', order, arrival: undefined }} />;
  return (
    <aside className="card" aria-label={words.order.id} data-order-card={id}>
      <header className="card-head">
        <div className="card-title">
          <h2>{id}</h2>
          <p>{failed ? words.changes.gone : words.order.storyLoading}</p>
        </div>
        <Close />
      </header>
    </aside>
  );
}

function Close() {
  const { store } = useParts().console;
  return (
    <CloseButton
      aria-label={words.order.close}
      aria-keyshortcuts="Escape"
      onClick={() => store.setState(selected(store.getState(), undefined))}
    />
  );
}

function Card({ entry }: { entry: OrderEntry }) {
  const { world } = useParts().console;
  useConsole((state) => state.consumersRevision);
  const now = useNow();
  const { order } = entry;
  const consumer = world.consumers.get(order.consumerId)?.consumer;
  const name = consumer?.name ?? words.orders.unknownConsumer;
  return (
    <aside className="card" aria-label={words.orders.orderOf(name)} data-order-card={order.id}>
      <header className="card-head">
        <OrderMark state={order.state} size={30} />
        <div className="card-title">
          <h2>{name}</h2>
          <p>
            <span className="order-word" data-state={order.state}>
              {words.orders.states[order.state]}
            </span>
            {' · '}
            {words.orders.cylinders(order.cylinders)} · <DueMark entry={entry} now={now} />
          </p>
        </div>
        <Close />
      </header>
      <Warnings order={order} />
      <OrderButtons order={order} />
      <Facts entry={entry} now={now} />
      <OrderStory id={order.id} version={order.version} />
    </aside>
  );
}

function Warnings({ order }: { order: Order }) {
  if (order.flags.length === 0 && order.awayOn === undefined) return null;
  return (
    <ul className="card-warnings">
      {order.flags.map((flag) => (
        <li key={flag}>
          <IconAlertTriangle size={15} aria-hidden="true" /> {words.order.flags[flag]}
        </li>
      ))}
      {order.awayOn !== undefined && (
        <li>
          <IconHomeOff size={15} aria-hidden="true" /> {words.order.away(order.awayOn)}
        </li>
      )}
    </ul>
  );
}

function Facts({ entry, now }: { entry: OrderEntry; now: number }) {
  const { world } = useParts().console;
  const zone = useZone();
  const { order, arrival } = entry;
  const consumer = world.consumers.get(order.consumerId)?.consumer;
  const { delivery } = order;
  return (
    <dl className="facts">
      {arrival !== undefined && (
        <Fact name={words.order.arrival} wide>
          <strong>
            {timeSince(arrival.from, now, zone)}–{clockTime(arrival.until, zone)}
          </strong>
          <span className="quiet">{words.order.stopsBefore(arrival.stopsBefore)}</span>
        </Fact>
      )}
      <Fact name={words.order.van}>
        <VanLink vanId={order.vanId} />
      </Fact>
      <Fact name={words.order.consumer}>
        <Go to={{ kind: 'consumer', id: order.consumerId }}>{consumer?.name ?? order.consumerId}</Go>
      </Fact>
      {consumer?.address !== undefined && (
        <Fact name={words.order.address} wide>
          {[consumer.address, consumer.pincode].filter(Boolean).join(', ')}
        </Fact>
      )}
      {consumer?.phone !== undefined && (
        <Fact name={words.order.phone}>
          <a href={`tel:${consumer.phone.replace(/[^\d+]/g, '')}`}>{consumer.phone}</a>
        </Fact>
      )}
      {consumer?.notes !== undefined && (
        <Fact name={words.notes.title} wide>
          {consumer.notes}
        </Fact>
      )}
      <Fact name={words.order.booked}>
        <time dateTime={new Date(order.bookedAt).toISOString()} title={fullTime(order.bookedAt, zone)}>
          {timeSince(order.bookedAt, now, zone)}
        </time>
        <span className="quiet">{ago(order.bookedAt, now)}</span>
      </Fact>
      <Fact name={words.order.due}>
        <time dateTime={new Date(order.dueAt).toISOString()} title={fullTime(order.dueAt, zone)}>
          {timeSince(order.dueAt, now, zone)}
        </time>
      </Fact>
      {delivery !== undefined && (
        <Fact name={words.order.handOver} wide>
          {[
            words.order.confirmation[delivery.confirmation],
            words.orders.cylinders(delivery.full),
            words.order.empties(delivery.empties),
            delivery.metresFromDoor === undefined ? '' : words.order.fromDoor(count(delivery.metresFromDoor)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Fact>
      )}
      {order.reason !== undefined && (
        <Fact name={words.order.reason} wide>
          {order.reason}
        </Fact>
      )}
      {order.attempt > 1 && <Fact name={words.order.attempt}>{order.attempt}</Fact>}
      <Fact name={words.order.id}>
        <span className="mono">{order.id}</span>
      </Fact>
    </dl>
  );
}

function VanLink({ vanId }: { vanId: string | undefined }) {
  const { vans } = useParts().console.world;
  if (vanId === undefined) return <span className="quiet">{words.order.noVan}</span>;
  return <Go to={{ kind: 'van', id: vanId }}>{vans.get(vanId)?.van.name ?? vanId}</Go>;
}

/** Leads to the card of something else. */
function Go({ to, children }: { to: { kind: 'van' | 'consumer' | 'order'; id: string }; children: ReactNode }) {
  const select = useSelect();
  return (
    <button type="button" className="go" onClick={() => select(to)}>
      {children}
    </button>
  );
}

function Fact({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? 'fact wide' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
