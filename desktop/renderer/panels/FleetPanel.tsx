import { SegmentedControl } from '@mantine/core';

import { type KeyboardEvent, useDeferredValue, useMemo, useRef } from 'react';
import { searchFieldId } from '../actions.ts';
import { useConsole, useNow, useParts, useSelect, useStatusTime } from '../console-context.ts';
import { count } from '../format.ts';
import { words } from '../words.ts';
import { byName, countByStatus, findConsumers, listVans, type SortBy, statusFilters } from '../world/fleet-list.ts';
import { EmptyList } from './EmptyList.tsx';
import { FleetList, type FleetListHandle } from './FleetList.tsx';
import { listRows, selectionOf } from './list-rows.ts';
import { PanelTabs } from './orders/PanelTabs.tsx';
import { useRuns } from './orders/runs.ts';
import { SearchField } from './SearchField.tsx';
import { StatusMark } from './StatusMark.tsx';

export function FleetPanel() {
  const { console } = useParts();
  const { store, world } = console;
  const query = useConsole((state) => state.query);
  const status = useConsole((state) => state.status);
  const sort = useConsole((state) => state.sort);
  const loaded = useConsole((state) => state.loaded);
  const revision = useConsole((state) => state.revision);
  const vansRevision = useConsole((state) => state.vansRevision);
  const consumersRevision = useConsole((state) => state.consumersRevision);
  const now = useNow();
  const judgedAt = useStatusTime();
  const select = useSelect();
  const runs = useRuns();
  const list = useRef<FleetListHandle>(null);
  // Typing stays quick with 100,000 consumers: the results follow when there is time.
  const wanted = useDeferredValue(query);

  const counts = countByStatus(world.vans.values(), judgedAt);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revision stands for it
  const named = useMemo(() => byName(world.vans.values()), [world, vansRevision]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const vans = useMemo(
    () => listVans(named, { query: wanted, status, sort }, judgedAt),
    [named, wanted, status, sort, judgedAt, revision],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const consumers = useMemo(() => findConsumers(world.consumers.values(), wanted), [world, wanted, consumersRevision]);
  const rows = useMemo(() => listRows(vans, consumers, words.panel), [vans, consumers]);

  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.enter();
    } else if (event.key === 'Enter') {
      const first = rows.find((row) => row.kind !== 'heading');
      const selection = selectionOf(first);
      if (selection !== undefined) select(selection);
    } else if (event.key === 'Escape' && query !== '') {
      event.stopPropagation();
      store.setState({ query: '' });
    }
  };

  return (
    <nav className="panel" aria-label={words.panel.label}>
      <PanelTabs />
      <div className="panel-head">
        <SearchField
          label={words.panel.search}
          placeholder={words.panel.searchPlaceholder}
          list="fleet-list"
          onKeyDown={onSearchKey}
        />
        <fieldset className="chips">
          <legend className="visually-hidden">{words.panel.filter}</legend>
          {statusFilters
            .filter((each) => each !== 'new' || counts.new > 0 || status === 'new')
            .map((each) => (
              <button
                key={each}
                type="button"
                className="chip"
                aria-pressed={status === each}
                onClick={() => store.setState({ status: status === each ? 'all' : each })}
              >
                <span className="chip-count">
                  {each !== 'all' && <StatusMark status={each} size={14} />}
                  {count(counts[each])}
                </span>
                {each === 'all' ? words.all : words.status[each]}
              </button>
            ))}
        </fieldset>
        <div className="sort">
          <span className="quiet" id="sort-label">
            {words.panel.sort}
          </span>
          <SegmentedControl
            size="xs"
            aria-labelledby="sort-label"
            value={sort}
            onChange={(value) => store.setState({ sort: value as SortBy })}
            data={[
              { value: 'name', label: words.panel.sortName },
              { value: 'seen', label: words.panel.sortSeen },
            ]}
          />
        </div>
      </div>
      <div id="panel-body" className="panel-body" role="tabpanel" aria-labelledby="tab-vans">
        {rows.length > 0 ? (
          <FleetList
            ref={list}
            rows={rows}
            now={now}
            judgedAt={judgedAt}
            runs={runs}
            label={query === '' ? words.panel.list : words.panel.results}
            focusSearch={() => document.getElementById(searchFieldId)?.focus()}
          />
        ) : (
          <EmptyList loaded={loaded} hasVans={counts.all > 0} />
        )}
      </div>
    </nav>
  );
}
