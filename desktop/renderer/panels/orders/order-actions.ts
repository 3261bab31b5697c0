import type { Action } from '../../actions.ts';
import type { ConsoleParts } from '../../console-context.ts';
import type { ConsoleState } from '../../store.ts';
import { words } from '../../words.ts';
import { copyLink } from './copy-link.ts';

/** The orders that a key means: those selected together, while they are seen to be; else the one whose card is open. */
export function meantOrders({
  panel,
  picked,
  selection,
}: Pick<ConsoleState, 'panel' | 'picked' | 'selection'>): string[] {
  if (panel === 'orders' && picked.size > 0) return [...picked];
  return selection?.kind === 'order' ? [selection.id] : [];
}

/** What can be done with orders by a key, or found by its name. */
export function orderActions({ console: { store, changes } }: ConsoleParts): Action[] {
  const isDesk = (state: ConsoleState) => state.screen === 'desk';
  const hasOrders = (state: ConsoleState) => isDesk(state) && meantOrders(state).length > 0;
  const hasOne = (state: ConsoleState) => isDesk(state) && meantOrders(state).length === 1;
  const meant = () => meantOrders(store.getState());
  const ask = (kind: 'assign' | 'fail' | 'cancel') => () => store.setState({ orderDialog: { kind, ids: meant() } });
  const show = (panel: 'vans' | 'orders') => () => store.setState({ panel, panelOpen: true });
  const names = words.orderKeys;
  return [
    { id: 'show-vans', name: names.vans, keys: ['v'], can: isDesk, run: show('vans') },
    { id: 'show-orders', name: names.orders, keys: ['o'], can: isDesk, run: show('orders') },
    {
      id: 'new-order',
      name: names.book,
      keys: ['t'],
      can: isDesk,
      run() {
        const { selection } = store.getState();
        const consumer = selection?.kind === 'consumer' ? { consumerId: selection.id } : {};
        store.setState({ orderDialog: { kind: 'book', ...consumer } });
      },
    },
    { id: 'assign-orders', name: names.assign, keys: ['e'], can: hasOrders, run: ask('assign') },
    {
      id: 'unassign-orders',
      name: names.unassign,
      keys: ['u'],
      can: hasOrders,
      run: () => void changes.assign(meant(), null),
    },
    {
      id: 'reattempt-orders',
      name: names.reattempt,
      keys: ['r'],
      can: hasOrders,
      run: () => void changes.reattempt(meant()),
    },
    { id: 'fail-order', name: names.fail, keys: ['x'], can: hasOne, run: ask('fail') },
    { id: 'cancel-orders', name: names.cancel, keys: ['Delete'], can: hasOrders, run: ask('cancel') },
    {
      id: 'copy-order-link',
      name: names.link,
      keys: ['l'],
      can: hasOne,
      run() {
        const [id] = meant();
        if (id !== undefined) void copyLink(changes, id);
      },
    },
    {
      id: 'undo-change',
      name: names.undo,
      keys: ['z'],
      can: (state) => isDesk(state) && state.changeWord?.undo !== undefined,
      run: () => void changes.undo(),
    },
  ];
}
