import { useMemo, useState } from 'react';
import { useConsole, useParts, useStatusTime } from '../../console-context.ts';
import { words } from '../../words.ts';
import { statusOf } from '../../world/entries.ts';
import { byName, listVans } from '../../world/fleet-list.ts';
import { isOpen } from '../../world/order-list.ts';
import { StatusMark } from '../StatusMark.tsx';
import { PickList } from './PickList.tsx';

/** Which van: by a few letters and Enter. */
export function AssignForm({ ids, close }: { ids: readonly string[]; close: () => void }) {
  const { world, changes } = useParts().console;
  const [query, setQuery] = useState('');
  const judgedAt = useStatusTime();
  const ordersRevision = useConsole((state) => state.ordersRevision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revision stands for it
  const stops = useMemo(() => {
    const counts = new Map<string, number>();
    for (const entry of world.orders.values()) {
      const { vanId } = entry.order;
      if (vanId !== undefined && isOpen(entry)) counts.set(vanId, (counts.get(vanId) ?? 0) + 1);
    }
    return counts;
  }, [world, ordersRevision]);
  const vans = listVans(byName(world.vans.values()), { query, status: 'all', sort: 'name' }, judgedAt);
  const items = vans.map((entry) => ({
    id: entry.van.id,
    line: (
      <>
        <StatusMark status={statusOf(entry, judgedAt)} />
        <span className="pick-name">{entry.van.name}</span>
        <span className="pick-more">{words.orders.stopsLeft(stops.get(entry.van.id) ?? 0)}</span>
      </>
    ),
  }));
  return (
    <PickList
      label={words.assign.search}
      placeholder={words.assign.placeholder}
      listLabel={words.assign.list}
      empty={words.assign.none}
      query={query}
      onQuery={setQuery}
      items={items}
      onPick={(vanId) => {
        close();
        void changes.assign(ids, vanId);
      }}
    />
  );
}
