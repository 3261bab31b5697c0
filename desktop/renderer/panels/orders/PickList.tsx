import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';

interface PickItem {
  id: string;
  line: ReactNode;
}

interface PickListProps {
  label: string;
  placeholder: string;
  listLabel: string;
  /** said where there are no items */
  empty: string;
  query: string;
  onQuery: (query: string) => void;
  items: readonly PickItem[];
  onPick: (id: string) => void;
}

/** One of many by typing a part of it: a field that keeps the focus, and a list that its arrow keys move in. */
export function PickList({ label, placeholder, listLabel, empty, query, onQuery, items, onPick }: PickListProps) {
  const of = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const active = Math.min(at, items.length - 1);
  const field = useRef<HTMLInputElement>(null);
  // At once, and not when the dialog gets to it: whoever types on after the key means this field.
  useLayoutEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(items.length - 1, active + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const item = items[active];
      if (item !== undefined) onPick(item.id);
    }
  };
  return (
    <>
      <TextInput
        ref={field}
        data-autofocus
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={`${of}-list`}
        aria-activedescendant={items[active] === undefined ? undefined : `${of}-${active}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={query}
        onChange={(event) => {
          setAt(0);
          onQuery(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${of}-list`} className="pick-list" role="listbox" aria-label={listLabel} tabIndex={-1}>
        {items.map(({ id, line }, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field holds the focus and names this line
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the field
          <div
            key={id}
            id={`${of}-${i}`}
            className="pick-item"
            role="option"
            aria-selected={i === active}
            data-pick={id}
            onClick={() => onPick(id)}
          >
            {line}
          </div>
        ))}
      </div>
      {items.length === 0 && (
        <p className="quiet" role="status">
          {empty}
        </p>
      )}
    </>
  );
}
