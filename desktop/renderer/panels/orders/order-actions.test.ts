import { describe, expect, it } from 'vitest';
import { createConsoleStore, selected } from '../../store.ts';
import { meantOrders } from './order-actions.ts';

describe('the orders that a key means', () => {
  const store = createConsoleStore(0);
  const open = (id: string) => store.setState(selected(store.getState(), { kind: 'order', id }));
  it('are those selected together while the board shows them, and else the one whose card is open', () => {
    store.setState({ panel: 'orders', picked: new Set(['a', 'b']) });
    open('a');
    expect(meantOrders(store.getState())).toEqual(['a', 'b']);
    store.setState({ panel: 'vans' });
    expect(meantOrders(store.getState())).toEqual(['a']);
  });
  it('are no others than one that was opened by itself', () => {
    store.setState({ panel: 'orders', picked: new Set(['a', 'b']) });
    open('c');
    expect(meantOrders(store.getState())).toEqual(['c']);
  });
  it('are none where a van is looked at', () => {
    store.setState({ picked: new Set(), selection: { kind: 'van', id: 'v' } });
    expect(meantOrders(store.getState())).toEqual([]);
  });
});
