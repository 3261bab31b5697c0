import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useConsole, useSelect, useZone } from '../console-context.ts';
import { count } from '../format.ts';
import { statusOf } from '../world/entries.ts';
import { type ListRow, nextRow, selectionOf } from './list-rows.ts';
import type { RunLine } from './orders/runs.ts';
import { ConsumerRow, VanRow } from './Rows.tsx';

export interface FleetListHandle {
  /** Takes the focus, on the first line. */
  enter(): void;
}

interface FleetListProps {
  ref: Ref<FleetListHandle>;
  rows: readonly ListRow[];
  now: number;
  /** the moment statuses are told for */
  judgedAt: number;
  /** of today, by van */
  runs: ReadonlyMap<string, RunLine>;
  label: string;
  focusSearch: () => void;
}

/** px; a van on its run says what is next, in one line more. */
const heights = { heading: 34, van: 60, consumer: 54 };
const runHeight = 20;

/**
 * The list, of which only the visible lines exist. The list itself holds the focus and names the active line
 * (aria-activedescendant), so that lines may come and go while one scrolls.
 */
export function FleetList({ ref, rows, now, judgedAt, runs, label, focusSearch }: FleetListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const selection = useConsole((state) => state.selection);
  const select = useSelect();
  const zone = useZone();
  // The line is remembered by its id: sorting must not move it to another van.
  const [activeId, setActiveId] = useState<string>();
  const runOf = (row: ListRow | undefined) => (row?.kind === 'van' ? runs.get(row.entry.van.id) : undefined);
  const heightOf = (index: number) => {
    const row = rows[index];
    return heights[row?.kind ?? 'van'] + ((runOf(row)?.left ?? 0) > 0 ? runHeight : 0);
  };
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const activeAt = rows.findIndex((row) => row.id === activeId);

  const stand = (index: number | undefined) => {
    if (index === undefined) return;
    setActiveId(rows[index]?.id);
    virtual.scrollToIndex(index);
  };
  useImperativeHandle(ref, () => ({
    enter() {
      scroller.current?.focus();
      stand(nextRow(rows, undefined, 'Home'));
    },
  }));
  // What was selected on the map is brought into view here, once.
  const selectedId = selection === undefined ? undefined : `row-${selection.kind}-${selection.id}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection may move the list
  useEffect(() => {
    const at = rows.findIndex((row) => row.id === selectedId);
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    if (at >= 0) setActiveId(selectedId);
  }, [selectedId]);

  const onKeyDown = (event: KeyboardEvent) => {
    const from = activeAt < 0 ? undefined : activeAt;
    if (event.key === 'Enter' || event.key === ' ') {
      const chosen = selectionOf(rows[activeAt]);
      if (chosen === undefined) return;
      event.preventDefault();
      select(chosen);
      return;
    }
    const first = nextRow(rows, undefined, 'Home');
    if (event.key === 'ArrowUp' && (from === undefined || from === first)) {
      event.preventDefault();
      focusSearch();
      return;
    }
    const next = nextRow(rows, from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    stand(next);
  };

  return (
    <div
      id="fleet-list"
      ref={scroller}
      className="list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={activeAt < 0 ? undefined : activeId}
      onKeyDown={onKeyDown}
    >
      <div className="list-body" style={{ height: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const place = { height: item.size, transform: `translateY(${item.start}px)` };
          if (row.kind === 'heading') {
            return (
              <div key={row.id} className="list-heading" style={place} role="presentation">
                {row.text} <span className="chip-count">{count(row.count)}</span>
              </div>
            );
          }
          const of =
            row.kind === 'van' ? { 'data-van-id': row.entry.van.id } : { 'data-consumer-id': row.entry.consumer.id };
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus and names this line
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list
            <div
              key={row.id}
              id={row.id}
              className="row"
              role="option"
              aria-selected={row.id === selectedId}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              data-active={row.id === activeId}
              style={place}
              onClick={() => {
                setActiveId(row.id);
                select(selectionOf(row));
              }}
              {...of}
            >
              {row.kind === 'van' ? (
                <VanRow
                  entry={row.entry}
                  status={statusOf(row.entry, judgedAt)}
                  now={now}
                  zone={zone}
                  run={runOf(row)}
                />
              ) : (
                <ConsumerRow entry={row.entry} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
