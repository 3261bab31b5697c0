import { ActionIcon, Button, Kbd, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconCircleX, IconLink, IconTruckOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Order } from '../../../../protocol/order.ts';
import { useParts } from '../../console-context.ts';
import { words } from '../../words.ts';
import { copyLink } from './copy-link.ts';

/** What can be done with an order in its state. */
export function OrderButtons({ order }: { order: Order }) {
  const { store, changes } = useParts().console;
  const { id, state } = order;
  const ids = [id];
  const isOnVan = state === 'assigned' || state === 'out-for-delivery';
  const isOpen = isOnVan || state === 'booked';
  return (
    <div className="card-buttons">
      {isOpen && (
        <Button
          size="xs"
          className={isOnVan ? undefined : 'strong-button'}
          variant={isOnVan ? 'default' : 'filled'}
          aria-keyshortcuts="E"
          rightSection={<Kbd size="xs">E</Kbd>}
          onClick={() => store.setState({ orderDialog: { kind: 'assign', ids } })}
        >
          {isOnVan ? words.order.reassign : words.order.assign}
        </Button>
      )}
      {state === 'failed' && (
        <Button
          size="xs"
          className="strong-button"
          aria-keyshortcuts="R"
          leftSection={<IconArrowBackUp size={15} aria-hidden="true" />}
          rightSection={<Kbd size="xs">R</Kbd>}
          onClick={() => void changes.reattempt(ids)}
        >
          {words.order.reattempt}
        </Button>
      )}
      <span className="spring" />
      {isOnVan && (
        <Act
          label={words.order.unassign}
          hint="U"
          icon={<IconTruckOff size={17} />}
          run={() => void changes.assign(ids, null)}
        />
      )}
      {state === 'out-for-delivery' && (
        <Act
          label={words.order.fail}
          hint="X"
          icon={<IconCircleX size={17} />}
          run={() => store.setState({ orderDialog: { kind: 'fail', ids } })}
        />
      )}
      {state !== 'delivered' && state !== 'cancelled' && (
        <Act
          label={words.order.cancel}
          hint="Delete"
          icon={<IconBan size={17} />}
          run={() => store.setState({ orderDialog: { kind: 'cancel', ids } })}
        />
      )}
      <Act label={words.order.link} hint="L" icon={<IconLink size={17} />} run={() => void copyLink(changes, id)} />
    </div>
  );
}

function Act({ label, hint, icon, run }: { label: string; hint: string; icon: ReactNode; run: () => void }) {
  return (
    <Tooltip
      label={
        <>
          {label} <Kbd size="xs">{hint}</Kbd>
        </>
      }
    >
      <ActionIcon variant="default" size={30} aria-label={label} aria-keyshortcuts={hint} onClick={run}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
