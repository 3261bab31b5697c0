import { Button, TextInput } from '@mantine/core';
import { IconMapPin } from '@tabler/icons-react';
import { type FormEvent, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useParts, useSelect } from '../../console-context.ts';
import { words } from '../../words.ts';
import { findConsumers } from '../../world/fleet-list.ts';
import { isOpen } from '../../world/order-list.ts';
import { PickList } from './PickList.tsx';

/** Consumers shown at once; who types on finds the others. */
const most = 50;

/** For whom, and how many cylinders. */
export function BookForm({ consumerId: given, close }: { consumerId: string | undefined; close: () => void }) {
  const { world } = useParts().console;
  const [consumerId, setConsumerId] = useState(given);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const found = useMemo(() => findConsumers(world.consumers.values(), wanted).slice(0, most), [world, wanted]);
  if (consumerId !== undefined) {
    return <Amount consumerId={consumerId} other={() => setConsumerId(undefined)} close={close} />;
  }
  const items = found.map(({ consumer: { id, number, name, address, phone } }) => ({
    id,
    line: (
      <>
        <IconMapPin className="consumer-mark" size={18} aria-hidden="true" />
        <span className="pick-two">
          <span className="pick-name">{name}</span>
          <span className="pick-more">{[number, phone, address].filter(Boolean).join(' · ')}</span>
        </span>
      </>
    ),
  }));
  return (
    <PickList
      label={words.book.search}
      placeholder={words.book.placeholder}
      listLabel={words.book.list}
      empty={query === '' ? words.book.type : words.book.none}
      query={query}
      onQuery={setQuery}
      items={items}
      onPick={setConsumerId}
    />
  );
}

function Amount({ consumerId, other, close }: { consumerId: string; other: () => void; close: () => void }) {
  const { world, changes } = useParts().console;
  const select = useSelect();
  const [cylinders, setCylinders] = useState('1');
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const consumer = world.consumers.get(consumerId)?.consumer;
  const open = [...world.orders.values()].filter(
    (entry) => entry.order.consumerId === consumerId && isOpen(entry),
  ).length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    void changes.book(consumerId, Number(cylinders)).then((id) => {
      if (id !== undefined) select({ kind: 'order', id });
    });
  };
  return (
    <form className="dialog-form" onSubmit={submit}>
      <p>
        <strong>{consumer?.name ?? consumerId}</strong>
        <br />
        <span className="quiet">{[consumer?.address, consumer?.pincode].filter(Boolean).join(', ')}</span>
      </p>
      {open > 0 && <p className="warn-line">{words.book.hasOpen(open)}</p>}
      <TextInput
        ref={field}
        data-autofocus
        type="number"
        min={1}
        max={50}
        step={1}
        required
        label={words.book.cylinders}
        value={cylinders}
        onChange={(event) => setCylinders(event.currentTarget.value)}
      />
      <div className="dialog-buttons">
        <Button variant="default" onClick={other}>
          {words.book.other}
        </Button>
        <Button type="submit" className="strong-button">
          {words.book.submit}
        </Button>
      </div>
    </form>
  );
}
