import { CloseButton } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { useConsole, useParts } from '../console-context.ts';
import { selected } from '../store.ts';
import { words } from '../words.ts';
import { placeOf } from '../world/entries.ts';
import { ConsumerNotes } from './orders/ConsumerNotes.tsx';
import { ConsumerOrders } from './orders/ConsumerOrders.tsx';
import { Coordinates } from './VanCard.tsx';

export function ConsumerCard({ id }: { id: string }) {
  const { console } = useParts();
  const { store, world } = console;
  useConsole((state) => state.consumersRevision);
  const entry = world.consumers.get(id);
  if (entry === undefined) return null;
  const { name, number, address, pincode, phone } = entry.consumer;
  const place = placeOf(entry);
  return (
    <aside className="card" aria-label={words.consumer.label(name)} data-consumer-id={id}>
      <header className="card-head">
        <IconMapPin className="consumer-mark" size={28} aria-hidden="true" />
        <div className="card-title">
          <h2>{name}</h2>
          <p>{entry.position === null ? id : words.consumer.sharing}</p>
        </div>
        <CloseButton
          aria-label={words.van.close}
          onClick={() => store.setState(selected(store.getState(), undefined))}
        />
      </header>
      <dl className="facts">
        {number !== undefined && (
          <div className="fact wide">
            <dt>{words.notes.number}</dt>
            <dd>{number}</dd>
          </div>
        )}
        {address !== undefined && (
          <div className="fact wide">
            <dt>{words.consumer.address}</dt>
            <dd>{[address, pincode].filter(Boolean).join(', ')}</dd>
          </div>
        )}
        {phone !== undefined && (
          <div className="fact wide">
            <dt>{words.consumer.phone}</dt>
            <dd>
              <a href={`tel:${phone.replace(/[^\d+]/g, '')}`}>{phone}</a>
            </dd>
          </div>
        )}
        {place === undefined ? <p className="card-empty">{words.consumer.noPlace}</p> : <Coordinates at={place} />}
      </dl>
      <ConsumerOrders consumerId={id} />
      <ConsumerNotes consumer={entry.consumer} />
    </aside>
  );
}
