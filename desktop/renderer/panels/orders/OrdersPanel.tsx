import { Button, Kbd } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { searchFieldId } from '../../actions.ts';
import { useConsole, useNow, useParts, useSelect, useZone } from '../../console-context.ts';
import { count, dayStart } from '../../format.ts';
import { words } from '../../words.ts';
import { boardOf, type OrderFilter, OrdersByAge, orderFilters } from '../../world/order-list.ts';
import { SearchField } from '../SearchField.tsx';
import { BoardRows } from './board-rows.ts';
import { OrderBoard, type OrderBoardHandle } from './OrderBoard.tsx';
import { PanelTabs } from './PanelTabs.tsx';
import { PickedBar } from './PickedBar.tsx';

/** Lateness is told to the minute: more often the board is not sorted into its groups, ms. */
const step = 60_000;

/** The list at the left as the board of orders. */
export function OrdersPanel() {
  const { store, world } = useParts().console;
  const query = useConsole((state) => state.query);
  const filter = useConsole((state) => state.orderFilter);
  const loaded = useConsole((state) => state.loaded);
  const ordersRevision = useConsole((state) => state.ordersRevision);
  const vansRevision = useConsole((state) => state.vansRevision);
  const consumersRevision = useConsole((state) => state.consumersRevision);
  const select = useSelect();
  const zone = useZone();
  const now = useNow();
  const minute = Math.floor(now / step) * step;
  const list = useRef<OrderBoardHandle>(null);
  const [byAge] = useState(() => new OrdersByAge());
  // Typing stays quick with 60,000 orders: the results follow when there is time.
  const wanted = useDeferredValue(query);
  const named = wanted === '' ? 0 : consumersRevision;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revisions stand for it
  const board = useMemo(
    () => boardOf(byAge.look(world.orders), world, { filter, query: wanted }, minute, dayStart(minute, zone)),
    [byAge, world, filter, wanted, minute, zone, ordersRevision, vansRevision, named],
  );
  const rows = useMemo(() => new BoardRows(board.groups), [board]);

  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.enter();
    } else if (event.key === 'Enter') {
      const row = rows.at(1);
      if (row?.kind !== 'order') return;
      store.setState({ picked: new Set([row.entry.order.id]) });
      select({ kind: 'order', id: row.entry.order.id });
    } else if (event.key === 'Escape') {
      // First the search goes, then the field is left, so that keys are actions again.
      event.stopPropagation();
      if (query === '') event.currentTarget.blur();
      store.setState({ query: '' });
    }
  };

  return (
    <nav className="panel" aria-label={words.orders.label}>
      <PanelTabs />
      <div className="panel-head">
        <SearchField
          label={words.orders.search}
          placeholder={words.orders.searchPlaceholder}
          list="order-board"
          onKeyDown={onSearchKey}
        />
        <fieldset className="chips order-chips">
          <legend className="visually-hidden">{words.orders.filter}</legend>
          {orderFilters.map((each) => (
            <Chip
              key={each}
              filter={each}
              count={board.counts[each]}
              isOn={filter === each}
              set={(orderFilter) => store.setState({ orderFilter })}
            />
          ))}
        </fieldset>
      </div>
      <div id="panel-body" className="panel-body" role="tabpanel" aria-labelledby="tab-orders">
        {rows.length > 0 ? (
          <OrderBoard
            ref={list}
            rows={rows}
            now={now}
            focusSearch={() => document.getElementById(searchFieldId)?.focus()}
          />
        ) : (
          <div className="empty" role="status">
            <p className="empty-title">
              {!loaded ? words.panel.loading : wanted === '' ? words.orders.none : words.orders.noMatch}
            </p>
            {loaded && wanted === '' && filter === 'open' && <p className="quiet">{words.orders.noneHint}</p>}
          </div>
        )}
        <PickedBar />
        <div className="panel-foot">
          <Button
            fullWidth
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden="true" />}
            rightSection={
              <Kbd size="xs" aria-hidden="true">
                T
              </Kbd>
            }
            aria-keyshortcuts="T"
            onClick={() => store.setState({ orderDialog: { kind: 'book' } })}
          >
            {words.orders.book}
          </Button>
        </div>
      </div>
    </nav>
  );
}

interface ChipProps {
  filter: OrderFilter;
  count: number;
  isOn: boolean;
  set: (filter: OrderFilter) => void;
}

function Chip({ filter, count: of, isOn, set }: ChipProps) {
  return (
    <button
      type="button"
      className="chip"
      data-filter={filter}
      data-some={of > 0}
      aria-pressed={isOn}
      onClick={() => set(isOn ? 'open' : filter)}
    >
      <span className="chip-count">{count(of)}</span>
      {words.orders.filters[filter]}
    </button>
  );
}
