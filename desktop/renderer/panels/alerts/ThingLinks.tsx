import { IconClipboardText, IconTruck } from '@tabler/icons-react';
import { useParts, useSelect } from '../../console-context.ts';
import type { Selection } from '../../store.ts';
import { words } from '../../words.ts';

/** Selects a thing that is here, and shows it on the map. */
export function useShow(): (thing: Selection) => void {
  const select = useSelect();
  const { world } = useParts().console;
  return (thing) => {
    if (thing.kind === 'van' && !world.vans.has(thing.id)) return;
    select(thing);
  };
}

/** The van and the order that something is about. */
export function ThingLinks({ vanId, orderId }: { vanId: string | undefined; orderId: string | undefined }) {
  const { world } = useParts().console;
  const show = useShow();
  const van = vanId === undefined ? undefined : world.vans.get(vanId)?.van;
  const hasOrder = orderId !== undefined && world.orders.has(orderId);
  if (van === undefined && !hasOrder) return null;
  return (
    <p className="things">
      {van !== undefined && (
        <button
          type="button"
          className="thing"
          title={words.alerts.showOnMap(van.name)}
          onClick={() => show({ kind: 'van', id: van.id })}
        >
          <IconTruck size={14} aria-hidden="true" />
          {van.name}
        </button>
      )}
      {hasOrder && (
        <button
          type="button"
          className="thing"
          title={words.alerts.showOnMap(words.alerts.order(orderId))}
          onClick={() => show({ kind: 'order', id: orderId })}
        >
          <IconClipboardText size={14} aria-hidden="true" />
          {words.alerts.order(orderId)}
        </button>
      )}
    </p>
  );
}
