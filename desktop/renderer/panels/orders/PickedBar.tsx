import { Button, CloseButton, Kbd } from '@mantine/core';
import { useConsole, useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { words } from '../../words.ts';

/** What can be done with several orders at once, while several are selected. */
export function PickedBar() {
  const { store, world, changes } = useParts().console;
  const picked = useConsole((state) => state.picked);
  useConsole((state) => state.ordersRevision);
  if (picked.size < 2) return null;
  const states = new Set(Array.from(picked, (id) => world.orders.get(id)?.order.state));
  const isOnVans = states.has('assigned') || states.has('out-for-delivery');
  const hasOpen = isOnVans || states.has('booked');
  return (
    <div className="picked-bar" role="toolbar" aria-label={words.orders.picked(count(picked.size))}>
      <strong>{words.orders.picked(count(picked.size))}</strong>
      {hasOpen && (
        <Button
          size="compact-xs"
          className="strong-button"
          aria-keyshortcuts="E"
          rightSection={<Kbd size="xs">E</Kbd>}
          onClick={() => store.setState({ orderDialog: { kind: 'assign', ids: [...picked] } })}
        >
          {isOnVans ? words.order.reassign : words.order.assign}
        </Button>
      )}
      {isOnVans && (
        <Button size="compact-xs" variant="default" onClick={() => void changes.assign(picked, null)}>
          {words.order.unassign}
        </Button>
      )}
      {states.has('failed') && (
        <Button size="compact-xs" variant="default" onClick={() => void changes.reattempt(picked)}>
          {words.order.reattempt}
        </Button>
      )}
      <CloseButton size="sm" aria-label={words.orders.clear} onClick={() => store.setState({ picked: new Set() })} />
    </div>
  );
}
