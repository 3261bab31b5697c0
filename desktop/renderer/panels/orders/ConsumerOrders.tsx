import { Button, Kbd } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useConsole, useNow, useParts, useSelect } from '../../console-context.ts';
import { words } from '../../words.ts';
import { isOpen } from '../../world/order-list.ts';
import { DueMark, OrderMark } from './OrderMarks.tsx';

/** What this consumer waits for, and a booking. */
export function ConsumerOrders({ consumerId }: { consumerId: string }) {
  const { store, world } = useParts().console;
  useConsole((state) => state.ordersRevision);
  const now = useNow();
  const select = useSelect();
  const open = [...world.orders.values()].filter(
    (entry) => entry.order.consumerId === consumerId && (isOpen(entry) || entry.order.state === 'failed'),
  );
  return (
    <section className="card-section" aria-label={words.notes.open}>
      <div className="section-head">
        <h3>{words.notes.open}</h3>
        <Button
          size="compact-xs"
          variant="default"
          aria-keyshortcuts="T"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          rightSection={<Kbd size="xs">T</Kbd>}
          onClick={() => store.setState({ orderDialog: { kind: 'book', consumerId } })}
        >
          {words.orders.book}
        </Button>
      </div>
      {open.length === 0 && <p className="quiet">{words.notes.noOpen}</p>}
      <ul className="small-orders">
        {open.map((entry) => {
          const { id, state, vanId, cylinders } = entry.order;
          const van = vanId === undefined ? undefined : (world.vans.get(vanId)?.van.name ?? vanId);
          return (
            <li key={id}>
              <button type="button" onClick={() => select({ kind: 'order', id })}>
                <OrderMark state={state} />
                <span>
                  {words.orders.states[state]}
                  {van !== undefined && ` ${words.orders.onVan(van)}`} · {words.orders.cylinders(cylinders)}
                </span>
                <DueMark entry={entry} now={now} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
