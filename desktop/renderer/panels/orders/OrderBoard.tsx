import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { useConsole, useParts, useSelect, useZone } from '../../console-context.ts';
import { count } from '../../format.ts';
import { words } from '../../words.ts';
import type { OrderGroup } from '../../world/order-list.ts';
import type { BoardRows } from './board-rows.ts';
import { watchForDrag } from './drag-orders.ts';
import { OrderRow } from './OrderRow.tsx';

export interface OrderBoardHandle {
  /** Takes the focus, on the first line. */
  enter(): void;
}

interface OrderBoardProps {
  ref: Ref<OrderBoardHandle>;
  rows: BoardRows;
  now: number;
  focusSearch: () => void;
}

const heights = { heading: 34, order: 56 };

/**
 * The orders, of which only the visible lines exist. Several can be selected: with Ctrl or Shift, by mouse and keys. The
 * list itself holds the focus and names the active line.
 */
export function OrderBoard({ ref, rows, now, focusSearch }: OrderBoardProps) {
  const parts = useParts();
  const { store, world } = parts.console;
  const scroller = useRef<HTMLDivElement>(null);
  const picked = useConsole((state) => state.picked);
  const selection = useConsole((state) => state.selection);
  const select = useSelect();
  const zone = useZone();
  // Lines are remembered by their orders: an order that moves to another group keeps the place of the keys.
  const [active, setActive] = useState<string>();
  const anchor = useRef<string>(undefined);
  const getItemKey = useCallback((line: number) => rows.keyAt(line), [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (line) => (rows.isHeading(line) ? heights.heading : heights.order),
    // The same function as long as the lines are the same: with another one all heights are summed up again.
    getItemKey,
    overscan: 8,
  });

  const lineOf = (orderId: string | undefined) => (orderId === undefined ? undefined : rows.lineOf(orderId));
  const pick = (ids: Iterable<string>) => store.setState({ picked: new Set(ids) });
  const stand = (line: number | undefined): string | undefined => {
    const row = line === undefined ? undefined : rows.at(line);
    if (line === undefined || row?.kind !== 'order') return undefined;
    setActive(row.entry.order.id);
    virtual.scrollToIndex(line);
    return row.entry.order.id;
  };
  const pickTo = (line: number) => pick(rows.between(lineOf(anchor.current) ?? line, line));
  const toggle = (id: string) => {
    const next = new Set(store.getState().picked);
    if (!next.delete(id)) next.add(id);
    anchor.current = id;
    store.setState({ picked: next });
  };
  const choose = (id: string) => {
    anchor.current = id;
    pick([id]);
    select({ kind: 'order', id });
  };
  useImperativeHandle(ref, () => ({
    enter() {
      scroller.current?.focus();
      const id = stand(rows.step(undefined, 'Home'));
      if (id === undefined) return;
      anchor.current = id;
      pick([id]);
    },
  }));
  const selectedId = selection?.kind === 'order' ? selection.id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection may move the list
  useEffect(() => {
    const line = lineOf(selectedId);
    if (line === undefined) return;
    virtual.scrollToIndex(line, { align: 'auto' });
    setActive(selectedId);
  }, [selectedId]);

  // What was moved away by the hand that works here takes the keys not along: they stay where they were.
  const stood = useRef<{ id: string; line: number; group: string }>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new lines may move the keys
  useEffect(() => {
    const line = lineOf(active);
    const group = line === undefined ? undefined : rows.at(line)?.group.key;
    const before = stood.current;
    if (before !== undefined && before.id === active && before.group !== group && picked.size === 0) {
      const row = rows.at(before.line) ?? rows.at(before.line - 1);
      if (row?.kind === 'order') setActive(row.entry.order.id);
    }
    const isOn = active !== undefined && line !== undefined && group !== undefined;
    stood.current = isOn ? { id: active, line, group } : undefined;
  }, [rows, active]);

  const onKeyDown = (event: KeyboardEvent) => {
    const from = lineOf(active);
    const withModifier = event.ctrlKey || event.metaKey;
    if (event.altKey) return;
    if (withModifier && event.key.toLowerCase() === 'a') {
      event.preventDefault();
      pick(rows.between(0, rows.length - 1));
      return;
    }
    if (event.key === ' ' && active !== undefined) {
      event.preventDefault();
      toggle(active);
      return;
    }
    if (event.key === 'Enter' && active !== undefined) {
      event.preventDefault();
      choose(active);
      return;
    }
    if (event.key === 'ArrowUp' && !event.shiftKey && (from === undefined || from === rows.step(undefined, 'Home'))) {
      event.preventDefault();
      focusSearch();
      return;
    }
    const line = rows.step(from, event.key);
    if (line === undefined) return;
    event.preventDefault();
    const id = stand(line);
    if (id === undefined || withModifier) return;
    if (event.shiftKey) {
      anchor.current ??= active ?? id;
      pickTo(line);
      return;
    }
    anchor.current = id;
    pick([id]);
  };

  const onClick = (event: MouseEvent, id: string, line: number) => {
    setActive(id);
    if (event.shiftKey) pickTo(line);
    else if (event.ctrlKey || event.metaKey) toggle(id);
    else choose(id);
  };
  const onPointerDown = (event: PointerEvent, id: string) =>
    watchForDrag(parts, event.nativeEvent, () => {
      const together = store.getState().picked;
      if (together.has(id)) return [...together];
      anchor.current = id;
      pick([id]);
      return [id];
    });

  const activeLine = lineOf(active);
  return (
    <div
      id="order-board"
      ref={scroller}
      className="list orders"
      role="listbox"
      aria-multiselectable="true"
      tabIndex={0}
      aria-label={words.orders.list}
      aria-activedescendant={activeLine === undefined ? undefined : `row-order-${active}`}
      onKeyDown={onKeyDown}
    >
      <div className="list-body" style={{ height: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map((item) => {
          const row = rows.at(item.index);
          if (row === undefined) return null;
          const place = { height: item.size, transform: `translateY(${item.start}px)` };
          if (row.kind === 'heading') {
            return <Heading key={row.id} group={row.group} place={place} />;
          }
          const { order } = row.entry;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus and names this line
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list
            <div
              key={row.id}
              id={row.id}
              className="row order-row"
              role="option"
              aria-selected={picked.has(order.id)}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              data-active={order.id === active}
              data-open={order.id === selectedId}
              data-order-id={order.id}
              style={place}
              onClick={(event) => onClick(event, order.id, item.index)}
              onPointerDown={(event) => onPointerDown(event, order.id)}
            >
              <OrderRow entry={row.entry} consumer={world.consumers.get(order.consumerId)} now={now} zone={zone} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Heading({ group, place }: { group: OrderGroup; place: { height: number; transform: string } }) {
  const { vans } = useParts().console.world;
  const name =
    group.vanId === undefined
      ? words.orders[group.kind === 'van' ? 'unassigned' : group.kind]
      : (vans.get(group.vanId)?.van.name ?? group.vanId);
  const van = group.vanId === undefined ? {} : { 'data-drop-van': group.vanId };
  return (
    <div className="list-heading order-heading" style={place} role="presentation" {...van}>
      {name} <span className="chip-count">{count(group.entries.length)}</span>
    </div>
  );
}
