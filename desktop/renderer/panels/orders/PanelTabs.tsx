import type { KeyboardEvent } from 'react';
import { useConsole, useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { words } from '../../words.ts';
import { isOpen } from '../../world/order-list.ts';

const tabs = ['vans', 'orders'] as const;

/** What the list at the left shows. While orders are dragged, holding them over `Vans` brings the vans. */
export function PanelTabs() {
  const { store, world } = useParts().console;
  const panel = useConsole((state) => state.panel);
  useConsole((state) => state.ordersRevision);
  useConsole((state) => state.vansRevision);
  let open = 0;
  for (const entry of world.orders.values()) if (isOpen(entry)) open++;
  const counts = { vans: world.vans.size, orders: open };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = panel === 'vans' ? 'orders' : 'vans';
    store.setState({ panel: other });
    // The tabs are made anew with the panel below them.
    requestAnimationFrame(() => document.getElementById(`tab-${other}`)?.focus());
  };
  return (
    <div className="panel-tabs" role="tablist" aria-label={words.tabs.label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={panel === tab}
          aria-controls="panel-body"
          tabIndex={panel === tab ? 0 : -1}
          data-tab={tab}
          onClick={() => store.setState({ panel: tab, panelOpen: true })}
        >
          {words.tabs[tab]} <span className="tab-count">{count(counts[tab])}</span>
        </button>
      ))}
    </div>
  );
}
